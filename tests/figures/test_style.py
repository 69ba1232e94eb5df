"""Labels are moved apart and keep their order; error bars are never negative."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from rupture_repair.figures.style import spread_apart, whiskers

HEIGHTS = st.lists(st.floats(-100, 100), min_size=1, max_size=3)


@given(HEIGHTS, st.floats(0.01, 20))
def test_order_gap_and_middle_are_kept(values, gap):
    placed = np.array(spread_apart(values, gap))
    order = np.argsort(values, kind="stable")
    assert np.all(np.diff(placed[order]) >= gap - 1e-6)
    assert np.isclose(placed.mean(), np.mean(values), atol=1e-6)


@given(HEIGHTS)
def test_labels_that_are_apart_stay(values):
    values = [50.0 * position + value / 10 for position, value in enumerate(values)]
    assert spread_apart(values, 20.0) == values


def test_no_error_bar_is_negative():
    """The mean of mostly equal replicates lies outside of their central 95 %."""
    lengths = whiskers([1.0, 0.1, 2.0], [0.5, 0.0, 2.5], [3.0, 0.0, 4.0])
    assert lengths.tolist() == [[0.5, 0.1, 0.0], [2.0, 0.0, 2.0]]
