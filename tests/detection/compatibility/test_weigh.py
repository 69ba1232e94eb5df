"""Rules weighed on many cohorts at once, against one cohort at a time."""

import numpy as np
import pandas as pd
import pytest
from rupture_repair.config.criteria import PATTERNS, Criterion
from rupture_repair.detection import batch, detect
from rupture_repair.detection.compatibility import weigh_rules
from rupture_repair.detection.compatibility.processes import draw_families, simulate_ratings
from rupture_repair.detection.compatibility.rules import pattern_counts, rule_grid
from rupture_repair.detection.grid import Grid
from rupture_repair.detection.series import series_of

SAI = Grid(0.0, 5.0, 1 / 6)
NAMED = {
    "two_sds": Criterion(k=2),
    "chart": Criterion(reference="own_mean", scale="moving_range", k=2, max_gap=None),
    "reliable": Criterion(scale="rci", reliability=0.77, k=1, max_gap=None),
}


def test_batched_cohorts_equal_single_cohorts(design, rated):
    rng = np.random.default_rng(8)
    rules = [*NAMED.values(), *rng.choice(np.array(rule_grid(), dtype=object), 25, replace=False)]
    _, ruptures = draw_families(2, 4)
    ratings = simulate_ratings(rated, SAI, ruptures.processes, rng)
    found = pattern_counts(rated, ratings, rules)
    held = design.dropna(subset=["alliance"])
    for cohort, values in enumerate(ratings):
        sessions = held.assign(alliance=values)
        for place, rule in enumerate(rules):
            alone = detect(sessions, rule).patterns["pattern"].value_counts()
            assert list(found[place, cohort]) == [alone.get(name, 0) for name in PATTERNS], rule


def test_the_batch_size_does_not_matter(rated, monkeypatch):
    rules = [*NAMED.values(), *rule_grid()[::97]]
    noise, _ = draw_families(4, 5)
    ratings = simulate_ratings(rated, SAI, noise.processes, np.random.default_rng(9))
    together = pattern_counts(rated, ratings, rules)
    monkeypatch.setattr(batch, "AT_ONCE", 3 * len(rated.rating))
    assert np.array_equal(pattern_counts(rated, ratings, rules), together)


def test_the_tables_say_what_each_rule_finds_and_needs(design):
    published = {"study": np.array([70, 35, 15]), "other": np.array([90, 12, 18])}
    weighed = weigh_rules(design, SAI, published, NAMED, "two_sds", 8, 1)
    rules = weighed.rules
    assert len(rules) == 2 * 2 * (len(NAMED) + len(rule_grid()))
    shares = rules[[f"percent_{pattern}" for pattern in PATTERNS]].sum(axis=1)
    assert np.allclose(shares[rules["k"] > 0], 100)
    assert (rules["log_likelihood"] < 0).all()
    assert rules["share_fitting"].between(0, 1).all()
    assert set(weighed.processes["family"]) == {"noise", "ruptures"}
    inside = weighed.processes
    assert (inside["weighted_low"] <= inside["mean"]).all() and (
        inside["mean"] <= inside["weighted_high"]
    ).all()
    ranges = weighed.ranges
    assert (ranges.groupby(["family", "parameter"])["half"].agg("-".join) == "lower-upper").all()
    assert list(weighed.recovery["family"]) == ["noise", "ruptures"]


def test_the_same_seed_gives_the_same_tables(design):
    published = {"study": np.array([70, 35, 15])}
    first, again = (
        weigh_rules(design, SAI, published, NAMED, "two_sds", 4, 2).rules for _ in range(2)
    )
    pd.testing.assert_frame_equal(first, again)


@pytest.mark.long
def test_a_known_rule_is_recovered(treatments):
    design = treatments(514)
    published = {"study": np.array([297, 169, 48])}
    weighed = weigh_rules(design, SAI, published, NAMED, "two_sds", 128, 3)
    assert (weighed.recovery["n_studies"] >= 60).all()
    # binomial error of 64 studies about 90 %: three standard errors are .11
    assert weighed.recovery["covered"].between(0.78, 1.0).all()
    assert (weighed.recovery["not_ruled_out"] >= 0.95).all()
    # and the set is no list of everything
    assert (weighed.recovery["share_in_set"] < 0.35).all()
    assert (weighed.recovery["share_ruled_out"] > 0.4).all()


def test_a_cohort_of_a_known_rule_prefers_it_to_a_distant_one(design):
    series = series_of(design)
    _, ruptures = draw_families(16, 21)
    ratings = simulate_ratings(series, SAI, ruptures.processes, np.random.default_rng(6))
    rule, distant = Criterion(k=1), Criterion(k=3)
    counts = pattern_counts(series, ratings, [rule])[0].sum(axis=0)
    study = np.rint(counts / counts.sum() * 120).astype(int)
    weighed = weigh_rules(design, SAI, {"s": study}, {"a": rule, "b": distant}, "a", 16, 5).rules
    named = weighed[weighed["criterion"] != ""].groupby("criterion")["log_likelihood"].max()
    assert named["a"] > named["b"] + 5
