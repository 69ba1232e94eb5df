"""The null: what it keeps, what it draws, and the facts of docs/methods.md."""

import numpy as np
import pandas as pd
import pytest
from noisy_courses import noisy
from rating_tables import long_table
from rupture_repair.config.criteria import PATTERNS, Criterion
from rupture_repair.detection import chance, detect
from rupture_repair.detection.chance import BATCH, KINDS, _nulls, chance_by_criterion, chance_table
from rupture_repair.detection.grid import Grid
from rupture_repair.detection.null_model import (
    Moments,
    fit,
    moments_of,
    permuted,
    plausible,
    simulated,
)
from rupture_repair.detection.series import Series, select_ratings, series_of

SIXTHS = Grid(0, 5, 1 / 6)
FREE = Grid(-np.inf, np.inf, None)


def courses(lengths):
    """Series of the given numbers of sessions, all ratings zero."""
    session = np.concatenate([np.arange(1, n + 1) for n in lengths])
    return Series(pd.RangeIndex(len(lengths)), np.asarray(lengths), session, np.zeros(len(session)))


def stable_courses(lengths, ar, rng):
    """Stable level with 65 % of the variance, AR(1) noise with 35 %."""
    series = courses(lengths)
    moments = noisy(series, 3.6, 1.0, 0.35, ar)
    return series.with_ratings(simulated(series, moments, FREE, rng, 1)[0])


def test_permutation_keeps_each_patients_ratings(small_cohort):
    series = series_of(small_cohort.sessions)
    shuffled = permuted(series, np.random.default_rng(1))
    assert not np.array_equal(shuffled.rating, series.rating)
    for patient in range(len(series.patients)):
        own = series.patient == patient
        assert sorted(shuffled.rating[own]) == sorted(series.rating[own])


def test_simulated_ratings_have_the_moments_asked_for():
    series = courses(np.full(4000, 12))
    wanted = noisy(series, 2.0, 1.0, 0.35, 0.4, slope=0.3)
    draw = simulated(series, wanted, FREE, np.random.default_rng(2), 1)[0]
    found = moments_of(series.with_ratings(draw))
    np.testing.assert_allclose(found.array()[:-1], wanted.array()[:-1], atol=0.03)


def test_patients_variances_differ_as_asked_for():
    """In long courses a patient's own variance is known: its logarithm has the stated variance."""
    series = courses(np.full(1500, 80))
    wanted = noisy(series, 2.0, 1.0, 0.35, 0.2, spread=0.8)
    draw = simulated(series, wanted, FREE, np.random.default_rng(6), 1)[0]
    drawn = series.with_ratings(draw)
    logs = np.log(drawn.squares / 79)
    assert np.var(logs) == pytest.approx(0.8, abs=0.1)
    assert drawn.squares.sum() / (79 * 1500) == pytest.approx(0.35, abs=0.03)


def test_noise_decays_over_sessions_without_a_rating():
    every = courses(np.full(6000, 9))
    series = select_ratings(every, np.isin(every.session, [1, 2, 3, 9]))
    ar = 0.7 ** np.abs(np.subtract.outer([1, 2, 3, 9], [1, 2, 3, 9]))
    no_level = Moments(0, 0, 1, 0.3, (4 - ar.sum() / 4) / 3, 0)  # AR .7, variance 1, all noise
    drawn = simulated(series, no_level, FREE, np.random.default_rng(3), 1)[0].reshape(-1, 4)
    found = np.corrcoef(drawn.T)[0]
    np.testing.assert_allclose(found, [1, 0.7, 0.49, 0.7**8], atol=0.04)


def test_the_fit_undoes_rounding_and_the_ends_of_the_scale():
    rng = np.random.default_rng(4)
    series = courses(np.full(1500, 10))
    steep = noisy(series, 4.4, 1.0, 0.35, 0.25, spread=0.6)  # much of it above the maximum
    seen = series.with_ratings(simulated(series, steep, SIXTHS, rng, 1)[0])
    latent = fit(seen, SIXTHS, rng)
    again = series.with_ratings(simulated(series, latent, SIXTHS, rng, 1)[0])
    found, wanted = moments_of(again).array(), moments_of(seen).array()
    np.testing.assert_allclose(found[:-1], wanted[:-1], atol=0.04)
    assert found[-1] == pytest.approx(wanted[-1], abs=0.25)  # of 1500 logarithms
    assert latent.spread == pytest.approx(0.6, abs=0.2)
    assert latent.variance > 1.2 * moments_of(seen).variance


def test_chosen_patients_are_taken_whole_and_as_often_as_named():
    series = courses([2, 0, 3]).with_ratings(np.array([1.0, 2, 3, 4, 5]))
    again = series.of(np.array([2, 0, 2, 1]))
    assert again.rating.tolist() == [3, 4, 5, 1, 2, 3, 4, 5]
    assert again.session.tolist() == [1, 2, 3, 1, 2, 1, 2, 3]
    assert again.counts.tolist() == [3, 2, 3, 0]


def test_plausible_models_differ_as_much_as_cohorts_do():
    """Beside the model of each of many cohorts from one process; tolerances are of 30 and 12."""
    series = courses([8] * 150)
    truth = noisy(series, 2.5, 1.0, 0.35, 0.3, spread=0.4)
    rng = np.random.default_rng(8)
    cohorts = [series.with_ratings(row) for row in simulated(series, truth, SIXTHS, rng, 30)]
    among = np.std([fit(cohort, SIXTHS, rng).array() for cohort in cohorts], axis=0)
    within = np.mean(
        [
            np.std([m.array() for m in plausible(cohort, SIXTHS, rng)], axis=0)
            for cohort in cohorts[:6]
        ],
        axis=0,
    )
    ratio = within / among
    assert ((ratio > 0.6) & (ratio < 1.7)).all(), ratio


def test_simulated_ratings_lie_on_the_grid():
    series = courses([40] * 50)
    moments = noisy(series, 4, 1, 0.4, 0.25, spread=0.5)
    draw = simulated(series, moments, SIXTHS, np.random.default_rng(5), 2)
    assert draw.min() >= 0
    assert draw.max() == 5
    np.testing.assert_allclose(draw * 6, np.rint(draw * 6), atol=1e-9)


def test_table(small_cohort):
    table = chance_table(small_cohort.sessions, Criterion(), SIXTHS, 60, 11)
    again = chance_table(
        small_cohort.sessions.sample(frac=1, random_state=1), Criterion(), SIXTHS, 60, 11
    )
    pd.testing.assert_frame_equal(table, again)
    whole = table[table["length"] == "all"]
    observed = detect(small_cohort.sessions).patterns["pattern"].value_counts(normalize=True) * 100
    for kind in ("permuted", "simulated"):
        rows = whole[whole["kind"] == kind].set_index("pattern")
        np.testing.assert_allclose(rows["observed_percent"], observed[list(PATTERNS)])
        assert rows["expected_percent"].sum() == pytest.approx(100)
        assert (rows["low"] <= rows["expected_percent"]).all()
        assert (rows["expected_percent"] <= rows["high"]).all()
    np.testing.assert_allclose(
        table["excess"], table["observed_percent"] - table["expected_percent"]
    )
    np.testing.assert_allclose(table["excess_low"], table["observed_percent"] - table["high"])
    np.testing.assert_allclose(table["excess_high"], table["observed_percent"] - table["low"])
    bands = table[(table["kind"] == "permuted") & (table["length"] != "all")]
    assert bands.groupby("length")["n_patients"].first().sum() == 80


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("replicates", [1, BATCH, BATCH + 1])
def test_the_number_of_replicates_is_the_one_requested(kind, replicates):
    rng = np.random.default_rng(7)
    series = stable_courses([6] * 5, 0.25, rng)
    nulls = list(_nulls(kind, series, FREE, rng, replicates))
    assert len(nulls) == replicates
    assert len({tuple(null.rating) for null in nulls}) == replicates


@pytest.mark.parametrize(("limit", "drawn"), [(1, {1}), (60, {1, 2}), (10**6, {3, 4})])
def test_ratings_of_many_patients_are_drawn_in_smaller_batches(monkeypatch, limit, drawn):
    """So that memory does not grow with patients × replicates: here there are 30 ratings."""
    series = stable_courses([6] * 5, 0.25, np.random.default_rng(7))
    sizes = []

    def noted(series, latent, grid, rng, n):
        sizes.append(n)
        return simulated(series, latent, grid, rng, n)

    monkeypatch.setattr(chance, "BATCH_RATINGS", limit)
    monkeypatch.setattr(chance, "simulated", noted)
    assert len(list(_nulls("simulated", series, FREE, np.random.default_rng(1), 40))) == 40
    assert sum(sizes) == 40
    assert set(sizes) == drawn


def test_each_criterion_is_compared_as_if_alone(small_cohort, criteria):
    chosen = {name: criteria[name] for name in ("igra2025_style", "shewhart_2sigma", "rci")}
    together = chance_by_criterion(small_cohort.sessions, chosen, SIXTHS, 50, 3)
    assert len(together) == 2 * 3 * 3
    assert list(together.columns[:3]) == ["kind", "criterion", "pattern"]
    for name, rule in chosen.items():
        alone = chance_table(small_cohort.sessions, rule, SIXTHS, 50, 3)
        alone = alone[alone["length"] == "all"].drop(columns="length").reset_index(drop=True)
        own = together[together["criterion"] == name].drop(columns="criterion")
        pd.testing.assert_frame_equal(own.reset_index(drop=True), alone)


@pytest.mark.parametrize(("course", "none", "side"), [([4, 1], 50, -1), ([1, 4], 100, 1)])
def test_permutation_destroys_only_the_order(course, none, side):
    """40 patients who all fall, or all rise, and 40 calm ones: at random half of the 40 fall."""
    courses = {f"{kind}{i}": own for i in range(40) for kind, own in (("C", [4, 4]), ("M", course))}
    rows = chance_table(long_table(**courses), Criterion(scale="absolute"), SIXTHS, 60, 2)
    found = rows.set_index(["kind", "length", "pattern"]).loc[("permuted", "all", "none")]
    assert found["observed_percent"] == none
    assert found["expected_percent"] == pytest.approx(75, abs=2)
    assert np.sign(found["excess_low"]) == np.sign(found["excess_high"]) == side


def test_chance_is_missing_without_classified_patients():
    table = pd.DataFrame({"patient_id": ["A", "B"], "session": [1, 1], "alliance": [3.0, 4.0]})
    rows = chance_table(table, Criterion(), SIXTHS, 50, 1)
    assert rows[["expected_percent", "low", "high", "observed_percent"]].isna().all(axis=None)


def test_a_cohort_without_ruptures_lies_inside_its_interval():
    rng = np.random.default_rng(6)
    lengths = rng.integers(3, 30, 400)
    series = stable_courses(lengths, 0.25, rng)
    sessions = pd.DataFrame(
        {"patient_id": series.patient, "session": series.session, "alliance": series.rating}
    )
    rows = chance_table(sessions, Criterion(), FREE, 200, 1)
    rows = rows[(rows["kind"] == "simulated") & (rows["length"] == "all")]
    # three shares that add up to 100: at a 95 % interval one may fall just outside
    assert (rows["excess"].abs() < (rows["high"] - rows["low"])).all()


@pytest.mark.filterwarnings("error")
def test_patients_without_any_rating_are_no_part_of_the_null():
    """One of ten is rated: models are fitted to that one, never to nobody."""
    unrated = {f"B{n}": [np.nan] * 3 for n in range(9)}
    series = series_of(long_table(A=[4.0, 3.0, 4.0, 2.0], **unrated), SIXTHS)
    for model in plausible(series, SIXTHS, np.random.default_rng(1)):
        assert 2 < model.level < 5
