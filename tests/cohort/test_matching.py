"""Ratings with dates of their own go to the sessions that they lie nearest to."""

import itertools

import numpy as np
import pandas as pd
from hypothesis import given
from hypothesis import strategies as st
from rupture_repair.cohort.matching import nearest_ratings

START = pd.Timestamp("2024-01-01")


def table(*days, patient="P"):
    """Return a row per day since the start; None is no date."""
    dates = [START + pd.Timedelta(days=d) if d is not None else pd.NaT for d in days]
    return pd.DataFrame({"patient_id": patient, "date": pd.Series(dates, dtype="datetime64[s]")})


def matched(sessions, ratings, window=3):
    """Return session → rating, days."""
    pairs = nearest_ratings(table(*sessions), table(*ratings), window)
    return {s: (int(r), int(d)) for s, r, d in pairs.itertuples()}


def test_the_nearest_of_two_ratings_in_the_window():
    assert matched([10], [8, 11]) == {0: (1, 1)}


def test_of_two_equally_near_ratings_the_earlier_is_taken():
    assert matched([10], [12, 8]) == {0: (1, -2)}


def test_a_rating_belongs_to_one_session():
    """The nearer session has it, the other none; of two as near, the earlier one."""
    assert matched([10, 12], [11.9]) == {1: (0, -1)}
    assert matched([10, 12], [11]) == {1: (0, -1)}  # before the second, after the first
    assert matched([12, 12], [12]) == {0: (0, 0)}


def test_the_window_is_a_limit():
    assert matched([10], [7]) == {0: (0, -3)}
    assert matched([10], [6]) == {}
    assert matched([10], [10], window=0) == {0: (0, 0)}


def test_a_session_takes_the_nearest_unmatched_rating():
    assert matched([10, 11], [10, 13]) == {0: (0, 0), 1: (1, 2)}


def test_ratings_before_the_first_session_and_rows_without_date_are_not_used():
    assert matched([30, None], [2, 9, None]) == {}


def test_ratings_are_matched_within_patients_only():
    assert nearest_ratings(table(1), table(1, patient="Q"), 3).empty


def test_days_count_not_hours():
    late = START + pd.Timedelta(hours=23)
    sessions = pd.DataFrame({"patient_id": ["P"], "date": [late]})
    assert nearest_ratings(sessions, table(1), 1)["days"].tolist() == [1]


days = st.lists(st.integers(0, 40), min_size=0, max_size=7)


@given(days, days, st.integers(0, 5))
def test_matching_equals_greedy_pairing(sessions, ratings, window):
    """A slow reference: the best pair left, again and again."""
    pairs = [
        (abs(r - s), r > s, s, i, j)
        for (i, s), (j, r) in itertools.product(enumerate(sessions), enumerate(ratings))
        if abs(r - s) <= window
    ]
    expected: dict[int, int] = {}
    for *_, i, j in sorted(pairs):
        if i not in expected and j not in expected.values():
            expected[i] = j
    found = nearest_ratings(table(*sessions), table(*ratings), window)
    assert {int(i): int(j) for i, j in found["rating"].items()} == expected


def test_weekly_ratings_give_one_to_every_weekly_session():
    """With three days, whatever the weekdays."""
    rng = np.random.default_rng(5)
    for shift in rng.integers(0, 7, 20):
        sessions = [7 * i + int(shift) for i in range(2, 12)]
        assert len(matched(sessions, [7 * i for i in range(15)])) == 10
