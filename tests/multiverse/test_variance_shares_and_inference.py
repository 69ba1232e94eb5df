"""What matters is found to matter; nothing is found where there is nothing."""

import multiverse_tables as made
import numpy as np
import pandas as pd
import pytest
from rupture_repair.detection import null_model
from rupture_repair.detection.grid import Grid
from rupture_repair.detection.series import series_of
from rupture_repair.modelling.engine import Designs
from rupture_repair.multiverse.fits import multiverse_rows, table_of
from rupture_repair.multiverse.inference import joint_inference, resampled_rows
from rupture_repair.multiverse.jobs import BlockSettings
from rupture_repair.multiverse.resampling import resampled
from rupture_repair.multiverse.stages import Stages
from rupture_repair.multiverse.tables import of_all_jobs
from rupture_repair.multiverse.variance_shares import variance_shares

SEED = 5


def job_of(tool, specifications, *replicates):
    return BlockSettings(
        specifications=tuple(specifications),
        at_session=10,
        fewest_patients=1,
        seed=SEED,
        alliance=tool,
        replicates=replicates,
    )


def shares(estimates, specifications):
    table = made.multiverse(estimates, np.full(len(estimates), 0.5))
    found = variance_shares(table, specifications)
    return found[found["outcome"] == "moderation"].set_index("choice")["share"]


def test_an_injected_dependence_is_found():
    specifications = made.specifications(300)
    noise = np.random.default_rng(2).normal(size=300)
    window = specifications["repair_window"].isna()
    found = shares(2.0 * window + 0.5 * noise, specifications)
    assert found.drop("residual").idxmax() == "repair_window"
    assert found["repair_window"] == pytest.approx(0.8, abs=0.06)  # 1 of 1.25
    assert found.drop(["residual", "repair_window"]).max() < 0.03
    nothing = shares(noise, specifications)
    assert nothing["residual"] > 0.9


def test_a_combination_of_choices_is_left_to_the_residual():
    specifications = made.specifications(300)
    both = (specifications["time"] == "log") == (specifications["baseline"] == "none")
    assert shares(both * 1.0, specifications)["residual"] > 0.9


def test_shares_are_those_of_sums_of_squares_without_each_choice():
    specifications = made.specifications(120)
    estimates = np.random.default_rng(4).normal(size=120) + (specifications["k"] > 1.6)
    coded = pd.get_dummies(
        specifications.drop(columns=["id", "origin"]).astype("object").fillna("none").astype(str),
        drop_first=True,
    )
    design = np.column_stack([np.ones(120), coded.to_numpy(dtype=float)])

    def left(columns):
        fitted = columns @ np.linalg.lstsq(columns, estimates, rcond=None)[0]
        return ((estimates - fitted) ** 2).sum()

    without = design[:, [True, *(not name.startswith("k_") for name in coded)]]
    total = ((estimates - estimates.mean()) ** 2).sum()
    expected = (left(without) - left(design)) / total
    assert shares(estimates, specifications)["k"] == pytest.approx(expected, rel=1e-8)


def test_added_specifications_and_lost_ones_take_no_part():
    specifications = made.specifications(100)
    estimates = np.random.default_rng(6).normal(size=100)
    fewer = shares(estimates[:90], specifications.iloc[:90])
    added = specifications.assign(origin=["own", *["drawn"] * 89, *["also"] * 10])
    pd.testing.assert_series_equal(shares(estimates, added), fewer)
    assert variance_shares(made.multiverse(estimates, estimates, reasons=100), specifications).empty


def curves(medians, share=0.2, kind="permuted"):
    """Replicates with the given medians of ten specifications, and share of p < .05."""
    return pd.DataFrame(
        {
            "id": f"{i:012x}",
            "kind": kind,
            "replicate": replicate,
            "estimate": median + (i - 4.5) / 10,
            "p": 0.01 if i < 10 * share else 0.5,
        }
        for replicate, median in enumerate(medians)
        for i in range(10)
    )


def inferred(observed, medians, **shares_of):
    table = made.multiverse(observed + (np.arange(10) - 4.5) / 10, [0.01] * 6 + [0.5] * 4)
    found = joint_inference(table, curves(medians, **shares_of))
    return found.set_index(["kind", "statistic"]).loc["permuted"]


def test_a_curve_of_some_specifications_is_compared_with_its_own_part():
    """The first four of ten lie lower: beside their own replicates they are nothing special."""
    table = made.multiverse(np.r_[-3.0, -3, -3, -3, np.full(6, 5.0)], [0.01] * 4 + [0.5] * 6)
    again = curves(np.linspace(-4, -2, 99))
    again = again[again["id"].isin(table["id"][:4])]
    found = joint_inference(table, again).set_index(["kind", "statistic"]).loc["permuted"]
    assert (found["specifications"] == 4).all()
    assert found.loc["median_estimate", "observed"] == -3
    assert found.loc["median_estimate", "p"] > 0.5
    assert found.loc["share_significant", "observed"] == 1


def test_an_extreme_curve_is_distinguished_from_a_usual_one():
    medians = np.linspace(-1, 1, 99)
    assert inferred(-3.0, medians).loc["median_estimate", "p"] == pytest.approx(0.01)
    assert inferred(3.0, medians).loc["median_estimate", "p"] == pytest.approx(0.01)
    assert inferred(0.0, medians).loc["median_estimate", "p"] == 1
    middle = inferred(0.5, medians).loc["median_estimate"]
    assert middle["p"] == pytest.approx((1 + (np.abs(medians) >= 0.5).sum()) / 100)
    assert (middle["expected"], middle["observed"]) == pytest.approx((0, 0.5), abs=1e-12)
    assert inferred(0.0, medians).loc["share_significant", "p"] == pytest.approx(0.01)
    assert inferred(0.0, medians, share=0.6).loc["share_significant", "p"] == 1


def test_without_resampling_only_the_observed_is_known():
    table = made.multiverse(np.full(10, -1.0), np.full(10, 0.01))
    found = joint_inference(table, curves([]).reindex(columns=["id", "kind", "replicate"]))
    assert (found["replicates"] == 0).all() and found["p"].isna().all()
    assert found["observed"].tolist() == [-1.0, 1.0] * 2


@pytest.mark.parametrize("estimable", [True, False])
def test_a_job_may_have_nothing_that_can_be_estimated(tmp_path, estimable):
    """As in a small clinic: its file has no rows, and must not change the types of the others."""
    table = made.multiverse(np.full(10, -1.0), np.full(10, 0.01))
    parts = [resampled_rows([])]
    if estimable:
        rows = {"id": table["id"].iloc[0], "kind": "permuted", "replicate": 0}
        parts.append(resampled_rows([rows | {"estimate": -1.0, "statistic": -2.0, "p": 0.04}]))
    for n, part in enumerate(parts):
        part.to_parquet(tmp_path / f"{n}.parquet", index=False)
    files = sorted(tmp_path.glob("*.parquet"))
    found = joint_inference(table, of_all_jobs(map(pd.read_parquet, files)))
    replicates = found.groupby("kind")["replicates"].first()
    assert replicates.to_dict() == {"no_rupture": 0, "permuted": int(estimable)}


@pytest.fixture(scope="module")
def replicates(stages, few, instruments):
    """Rows of 12 replicates through 6 specifications."""
    parts = resampled(stages, job_of(instruments["alliance"], few[:6], 0, 12))
    return pd.DataFrame([row for part in parts for row in part])


def test_replicates_do_not_depend_on_the_job(stages, few, replicates, instruments):
    parts = resampled(stages, job_of(instruments["alliance"], few[2:4], 7, 8))
    alone = pd.DataFrame([row for part in parts for row in part])
    same = replicates[(replicates["replicate"] == 7) & replicates["id"].isin(alone["id"])]
    # how many are refitted at once changes the last digits
    pd.testing.assert_frame_equal(alone, same.reset_index(drop=True), rtol=1e-9, atol=0)


def test_replicates_are_the_same_refitted_one_by_one(
    stages, few, replicates, instruments, monkeypatch
):
    """Also where in one of them a column depends on others."""
    monkeypatch.setattr(Designs, "independent", lambda self: np.zeros(len(self.covariates), bool))
    parts = resampled(stages, job_of(instruments["alliance"], few[:6], 0, 3))
    alone = pd.DataFrame([row for part in parts for row in part])
    same = replicates[replicates["replicate"] < 3].reset_index(drop=True)
    pd.testing.assert_frame_equal(alone, same, rtol=1e-7)


def test_the_data_are_no_replicate_and_are_left_as_they_were(stages, few, replicates, small_cohort):
    table = table_of(multiverse_rows(stages, few[:6], 10, 1))
    fresh = Stages(small_cohort.patients, small_cohort.sessions)
    again = table_of(multiverse_rows(fresh, few[:6], 10, 1))
    pd.testing.assert_frame_equal(table, again)
    assert replicates.groupby(["kind", "id"])["estimate"].nunique().min() > 6


def test_a_refit_is_a_fit_of_the_permuted_cohort(few, replicates, small_cohort, instruments):
    patients, grid = small_cohort.patients, Grid.of(instruments["alliance"])
    series = series_of(small_cohort.sessions, grid)
    moments = null_model.fit(series, grid, np.random.default_rng([SEED, 0]))
    rng = np.random.default_rng([SEED, 1, 3])
    # the ratings are drawn first, from the same generator
    null_model.simulated(series, moments, grid, rng, 1)
    shuffled = patients.assign(iip=rng.permutation(patients["iip"].to_numpy()))
    table = table_of(
        multiverse_rows(Stages(shuffled, small_cohort.sessions), few[:6], 10, 1)
    ).set_index("id")
    rows = replicates[(replicates["kind"] == "permuted") & (replicates["replicate"] == 3)]
    rows = rows.set_index("id")
    exact = table.loc[rows.index]
    # refits stop where a Newton step promises little: a small part of a standard error is left
    distance = (rows["estimate"] - exact["estimate"]).abs() / exact["model_se"]
    assert distance.notna().sum() > 2 and distance.max() < 0.01
    statistic = (exact["estimate"] / exact["model_se"]).dropna()
    np.testing.assert_allclose(rows["statistic"][statistic.index], statistic, atol=0.02)


def test_inference_is_calibrated_where_there_is_nothing(stages, few, replicates):
    """Each replicate in the place of the data: p is as if drawn evenly."""
    n = replicates["replicate"].nunique()
    p = []
    for chosen in range(n):
        mine = replicates[(replicates["kind"] == "permuted") & (replicates["replicate"] == chosen)]
        rest = replicates[replicates["replicate"] != chosen]
        found = joint_inference(mine.rename(columns={"p": "model_p"}), rest).set_index(
            ["kind", "statistic"]
        )
        p.append(found.loc[("permuted", "median_estimate"), "p"])
    assert 0.3 < np.mean(p) < 0.75
    assert sum(value <= 0.2 for value in p) <= 5  # 2.4 expected, P(more) = .02
