"""Ratings as rounded in a file are compared as the scores that they stand for."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rating_tables import long_table
from rupture_repair.config.criteria import Criterion
from rupture_repair.detection import detect
from rupture_repair.detection.agreement import patterns_by_criterion
from rupture_repair.detection.exposure import exposure
from rupture_repair.detection.grid import Grid
from rupture_repair.detection.scales import scale_of
from rupture_repair.detection.series import series_of

SIXTHS = Grid(0, 5, 1 / 6, items=6)
# eight steps of a sixth each are 1.3333: written with two decimals, 1.34 and 1.33
EIGHT_STEPS = {"A": [3.67, 3.67, 2.33, 3.67], "B": [4.83, 4.83, 3.5, 4.83]}


def cut_off(values):
    return np.floor(values * 100 + 1e-9) / 100


@pytest.mark.parametrize("threshold", [1.327, 4 / 3, 1.3334])
@pytest.mark.parametrize("reference", ["previous", "decline_start"])
def test_drops_of_equal_steps_are_equal(instruments, threshold, reference):
    rule = Criterion(scale="absolute", k=threshold, reference=reference)
    found = detect(long_table(**EIGHT_STEPS), rule, instrument=instruments["alliance"])
    assert found.patterns["n_ruptures"].tolist() == [1, 1] if threshold < 1.3334 else [0, 0]
    np.testing.assert_allclose(found.events["drop"], 4 / 3)
    as_they_stand = detect(long_table(**EIGHT_STEPS), Criterion(scale="absolute", k=4 / 3))
    assert as_they_stand.patterns["n_ruptures"].tolist() == [1, 0]


def test_a_full_return_does_not_depend_on_the_last_decimal(instruments):
    """Two thirds, once written as .67 and once as .66."""
    table = long_table(A=[3.67, 3.67, 1.5, 3.66])
    rule = Criterion(scale="absolute", k=2)
    assert detect(table, rule).patterns["pattern"].tolist() == ["unrepaired"]
    found = detect(table, rule, instrument=instruments["alliance"])
    assert found.patterns["pattern"].tolist() == ["repaired"]


@pytest.mark.parametrize(
    ("scale", "more"),
    [("own_sd", {}), ("pooled_within_sd", {}), ("moving_range", {}), ("between_sd", {}),
     ("own_see", {}), ("diff_sd", {}), ("stricter", {}), ("rci", {"reliability": 0.8})],
)  # fmt: skip
def test_scales_differ_from_unrounded_ones_by_rounding_only(scale, more):
    table = long_table(**EIGHT_STEPS, C=[3.4, 2.17, 2.83, 4.0])
    rule = Criterion(scale=scale, k=1, **more)
    found, written = (scale_of(series_of(table, grid), rule) for grid in (SIXTHS, None))
    assert not np.array_equal(found, written)
    np.testing.assert_allclose(found, written, atol=0.01 * (4 if scale == "rci" else 1))


def test_drops_of_two_own_sds_are_treated_alike(instruments):
    """Eight steps down, four up: exactly two own SDs, however the three ratings are rounded."""
    rule = Criterion(scale="own_sd", k=2)
    table = long_table(A=[3.67, 2.33, 3.0], B=[4.83, 3.5, 4.17], C=[4.5, 3.17, 3.83])
    assert detect(table, rule).patterns["n_ruptures"].tolist() != [1, 1, 1]
    found = detect(table, rule, instrument=instruments["alliance"])
    assert found.patterns["n_ruptures"].tolist() == [1, 1, 1]


def full(minimum, maximum, step):
    return minimum + step * np.arange(round((maximum - minimum) / step) + 1)


@pytest.mark.parametrize(
    ("grid", "decimals"),
    [
        (SIXTHS, 1),
        (SIXTHS, 2),
        (SIXTHS, 3),
        (Grid(1, 5, 1 / 12, items=12), 2),
        (Grid(1, 7, 1 / 36), 2),
        (Grid(19, 114, 1, items=19), 0),
        (Grid(0, 126, 2, items=21), 0),
    ],
)
def test_every_rounded_score_is_recovered(grid, decimals):
    scores = full(grid.minimum, grid.maximum, grid.step)
    np.testing.assert_allclose(grid.unrounded(np.round(scores, decimals)), scores, atol=1e-12)
    np.testing.assert_allclose(grid.unrounded(scores), scores, atol=1e-12)


def test_scores_cut_off_after_the_second_decimal():
    scores = full(0, 5, 1 / 6)
    np.testing.assert_allclose(SIXTHS.unrounded(cut_off(scores)), scores, atol=1e-12)


@given(
    n_answered=st.integers(3, 6),
    answers=st.lists(st.integers(0, 5), min_size=6, max_size=6),
    score=st.sampled_from(["mean", "sum"]),
)
def test_scores_of_some_of_the_items_are_left_on_their_own_grid(n_answered, answers, score):
    """Proration: the mean of the answered items stands for the others."""
    times = 6 if score == "sum" else 1
    grid = Grid(0, 5 * times, times / 6, items=6)
    prorated = times * np.mean(answers[:n_answered])
    exact = np.array([prorated, times * 11 / 6, times * 7 / 3])
    np.testing.assert_allclose(grid.unrounded(exact), exact, atol=1e-12)
    written = np.round(exact, 2)
    np.testing.assert_allclose(grid.unrounded(written), exact, atol=1e-9)


@pytest.mark.parametrize(
    "grid", [Grid(0, 40, None, items=4), Grid(0, 5, None), Grid(0, 5, 0.5, items=10)]
)
def test_ratings_off_every_grid_stay_unchanged(grid):
    """No smallest step; or marks on a line where the questionnaire has steps."""
    written = np.array([3.317, 2.913, 4.071, 0.123])
    np.testing.assert_array_equal(grid.unrounded(written), written)
    table = long_table(A=written)
    np.testing.assert_array_equal(series_of(table, grid).rating, written)


def test_computed_scores_beside_typed_ones():
    """One clinic computes, one types two decimals; both go into one file."""
    mixed = np.array([11 / 6, 1.83, 3.5, 10 / 3, 3.33, 3.4])
    expected = [11 / 6, 11 / 6, 3.5, 10 / 3, 10 / 3, 3.4]
    np.testing.assert_allclose(SIXTHS.unrounded(mixed), expected, atol=1e-12)


def test_whole_scores_stay_unchanged():
    assert len(SIXTHS.unrounded(np.array([]))) == 0
    empty = long_table(A=[None, None])
    assert len(series_of(empty, SIXTHS).rating) == 0


def test_all_parts_of_detection_agree_on_a_rounded_file(small_cohort, instruments):
    """Breakdown, comparison of criteria and hazards see the ruptures of the unrounded file."""
    tool = instruments["alliance"]
    rounded = small_cohort.sessions  # two decimals
    written = rounded["alliance"].to_numpy()
    exact = rounded.assign(alliance=np.where(np.isnan(written), np.nan, np.rint(written * 6) / 6))
    rule = Criterion(scale="absolute", k=1 / 3)  # many drops are just as large
    expected = detect(exact, rule).patterns
    assert not detect(rounded, rule).patterns["n_ruptures"].equals(expected["n_ruptures"])
    found = detect(rounded, rule, instrument=tool).patterns
    pd.testing.assert_frame_equal(found, expected)
    by_name = patterns_by_criterion(rounded, {"mine": rule}, tool)
    assert by_name["mine"].tolist() == expected["pattern"].tolist()
    hazard, _ = exposure(rounded, rule, Grid.of(tool))
    pd.testing.assert_frame_equal(hazard, exposure(exact, rule)[0])
