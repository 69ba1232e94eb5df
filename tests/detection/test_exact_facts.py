"""Exact facts of the rules in docs/methods.md."""

import itertools

import numpy as np
import pytest
from rating_tables import long_table
from rupture_repair.config.criteria import Criterion
from rupture_repair.detection import detect

OWN_2SD = Criterion(scale="own_sd", k=2)


def pattern(found):
    return found.patterns["pattern"].tolist()


def test_fall_and_full_return():
    found = detect(long_table(A=[4, 4, 2, 4]), OWN_2SD)
    assert pattern(found) == ["repaired"]
    event = found.events.iloc[0]
    assert event["session"] == 3
    assert event["drop"] == 2
    assert event["threshold"] == pytest.approx(2.0, abs=1e-12)  # own SD is exactly 1
    assert event["repaired_at"] == 4
    assert event["sessions_to_repair"] == 1
    assert event["repair_observable"]


@pytest.mark.parametrize(("tolerance", "expected"), [(0, "unrepaired"), (0.5, "repaired")])
def test_half_way_back(tolerance, expected):
    rule = Criterion(scale="own_sd", k=2, repair_tolerance=tolerance)
    assert pattern(detect(long_table(A=[4, 4, 2, 3]), rule)) == [expected]


def test_rupture_in_the_last_session_cannot_be_repaired():
    found = detect(long_table(A=[4, 4, 4, 2]), OWN_2SD)
    assert pattern(found) == ["unrepaired"]
    assert found.events["repair_observable"].tolist() == [False]
    assert found.events["repaired_at"].isna().all()
    assert found.patterns["n_unobservable"].tolist() == [1]


# 1.1, 2.3 and 3.6 have no exact binary form: their mean, and so the SD, is off by a last digit
@pytest.mark.parametrize("value", [0, 1.1, 2.3, 3.6, 3.83, 4.17, 5])
@pytest.mark.parametrize(
    "scale", ["own_sd", "own_see", "pooled_within_sd", "moving_range", "stricter", "diff_sd"]
)
@pytest.mark.parametrize("reference", ["previous", "decline_start", "running_mean", "own_mean"])
def test_constant_series_has_no_rupture(value, scale, reference):
    rule = Criterion(scale=scale, reference=reference, k=1)
    for n in (3, 6, 7, 11):
        found = detect(long_table(A=[value] * n, B=[value] * 5), rule)
        assert pattern(found) == ["none", "none"]
        assert found.events.empty


@pytest.mark.parametrize("slope", [-0.1, -0.3, -1.1])
def test_falling_straight_line_has_no_residual_sd_and_no_rupture(slope):
    line = [9.7 + slope * t for t in range(7)]
    assert pattern(detect(long_table(A=line), Criterion(scale="own_see", k=1))) == ["none"]


@pytest.mark.parametrize(("n", "largest"), [(3, 2.0), (4, 2.449), (9, 4.0), (2, 1.414)])
def test_largest_drop_in_own_sds_is_reached(n, largest):
    limit = np.sqrt(2 * (n - 1))
    assert limit == pytest.approx(largest, abs=5e-4)
    extreme = [3.5, 2.5] + [3.0] * (n - 2)
    found = detect(long_table(A=extreme), Criterion(scale="own_sd", k=limit))
    assert len(found.events) == 1
    event = found.events.iloc[0]
    assert limit * event["drop"] / event["threshold"] == pytest.approx(limit, abs=1e-12)
    beyond = Criterion(scale="own_sd", k=limit * (1 + 1e-6))
    assert detect(long_table(A=extreme), beyond).events.empty


@pytest.mark.parametrize("n", [2, 3, 4, 9])
def test_no_random_series_passes_the_largest_drop(n):
    rng = np.random.default_rng(n)
    # every scale of noise, and series near the extreme one, where the bound is tight
    near = np.r_[1.0, -1.0, np.zeros(n - 2)] + rng.normal(size=(1000, n)) * rng.uniform(0, 0.5)
    series = np.vstack([near, rng.normal(size=(1000, n)), rng.integers(0, 6, (1000, n))])
    table = long_table(**{f"P{i:04d}": row for i, row in enumerate(series)})
    limit = np.sqrt(2 * (n - 1))
    assert detect(table, Criterion(scale="own_sd", k=limit * (1 + 1e-6))).events.empty
    near_the_limit = detect(table, Criterion(scale="own_sd", k=limit * 0.9)).events
    assert len(near_the_limit) > 100


def test_more_than_two_own_sds_is_impossible_in_three_sessions():
    grid = np.arange(0, 5.01, 0.5)
    every = {f"P{i}": row for i, row in enumerate(itertools.product(grid, repeat=3))}
    table = long_table(**every)
    assert len(detect(table, OWN_2SD).events) > 0  # exactly 2 is possible …
    assert detect(table, Criterion(scale="own_sd", k=2.000001)).events.empty  # … more is not


def test_equality_counts_whatever_the_last_binary_digit():
    # 0.3 − 0.1 falls short of 0.2 in binary arithmetic
    found = detect(long_table(A=[0.3, 0.1]), Criterion(scale="absolute", k=0.2))
    assert len(found.events) == 1
    assert detect(long_table(A=[0.3, 0.1]), Criterion(scale="absolute", k=0.2001)).events.empty


TANG = Criterion(rule="tang_derubeis", scale="absolute", k=1, repair_tolerance=0.5)


@pytest.mark.parametrize(
    ("series", "ruptures"),
    [
        ([4, 4, 4, 2, 2, 2], [4]),  # all three rules met, no scatter on either side
        ([4, 4, 2, 2], [3]),  # two ratings on each side suffice; the first interval is 2 to 3
        ([4, 2, 2, 2], []),  # one rating before
        ([4, 4, 4, 2], []),  # one rating after
        ([5, 5, 5, 3.8, 3.8, 3.8], []),  # 1.2 of 5 is less than a quarter …
        ([5, 5, 5, 3.75, 3.75, 3.75], [4]),  # … 1.25 is a quarter
        ([4, 4, 4, 3.2, 3, 3], []),  # less than the cut-off of one point
        # means 4 and 2, squares 2 and 0: t × pooled SD = 2.776 × sqrt(2 / 4) = 1.96 …
        ([3, 4, 5, 2, 2, 2], [4]),
        # … and with squares 2 and 0.5, 2.776 × sqrt(2.5 / 4) = 2.19
        ([3, 4, 5, 2.5, 1.5, 2], []),
    ],
)
def test_each_rule_of_tang_and_derubeis(series, ruptures):
    assert detect(long_table(A=series), TANG).events["session"].tolist() == ruptures


def test_half_of_the_drop_reverses_it():
    half, less = [4, 4, 4, 2, 2, 2, 3], [4, 4, 4, 2, 2, 2, 2.9]
    assert pattern(detect(long_table(A=half, B=less), TANG)) == ["repaired", "unrepaired"]


def test_tang_and_derubeis_cannot_judge_three_sessions():
    assert pattern(detect(long_table(A=[4, 4, 1]), TANG)) == ["unclassifiable"]


def test_sides_are_counted_in_sessions_not_in_ratings():
    # the rating of session 1 lies outside the three sessions up to session 4
    assert detect(long_table(A=[0, None, 4, 4, 2, 2]), TANG).events["session"].tolist() == [5]
    assert detect(long_table(A=[4, None, None, 4, 2, 2]), TANG).events.empty
