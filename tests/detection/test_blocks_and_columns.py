"""Parts put together are the whole: columns made part by part, and sums made block by block."""

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rupture_repair.detection import series
from rupture_repair.detection.columns import Columns
from rupture_repair.detection.series import Series


@given(st.integers(0, 30), st.lists(st.integers(0, 12), min_size=1, max_size=8))
def test_columns_are_their_parts_joined_whatever_was_expected(expected, lengths):
    rng = np.random.default_rng(sum(lengths))
    parts = [{"a": rng.random(n), "b": rng.integers(9, size=n)} for n in lengths]
    columns = Columns(expected)
    for part in parts:
        columns.add(part)
    for name, whole in columns.taken().items():
        np.testing.assert_array_equal(whole, np.concatenate([part[name] for part in parts]))
        assert whole.dtype == parts[0][name].dtype


def squares_by_definition(counts, rating):
    """Σ(a − ā)² with exact sums."""
    total, begin = [], 0
    for n in counts:
        own = rating[begin : begin + n].tolist()
        centre = math.fsum(own) / n if n else 0
        total += [(value - centre) ** 2 for value in own]
        begin += n
    return math.fsum(total)


@pytest.mark.parametrize("within", [0, 1e-12, 1e-6, 1e-3, 1, 100])
@pytest.mark.parametrize("between", [0, 1, 1000])
@pytest.mark.parametrize("block", [1, 37, 10_000])
def test_squares_within_patients_to_twelve_digits(within, between, block, monkeypatch):
    monkeypatch.setattr(series, "BLOCK", block)
    rng = np.random.default_rng(4)
    counts = rng.integers(0, 9, 400)
    rating = np.repeat(rng.normal(3, between, 400), counts) + rng.normal(0, within, counts.sum())
    session = np.arange(len(rating)) + 1
    found = Series(pd.RangeIndex(400), counts, session, rating).within_squares
    # beside differences of 1e-12, the last digits of the ratings themselves are noise
    tolerance = {"rel": 1e-12, "abs": len(rating) * (np.abs(rating).max() * 2e-16) ** 2}
    if within in {1e-12, 1e-6}:
        tolerance["rel"] = 1e-2 if within == 1e-12 else 1e-6
    assert found == pytest.approx(squares_by_definition(counts, rating), **tolerance)
