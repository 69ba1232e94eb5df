"""Each parameter of a criterion does what its description says."""

import warnings

import numpy as np
import pandas as pd
import pytest
from rating_tables import long_table
from rupture_repair.config.criteria import Criterion
from rupture_repair.detection import detect
from rupture_repair.detection.scales import scale_of
from rupture_repair.detection.series import series_of


def points(k, **more):
    """A rule in plain rating points."""
    return Criterion(scale="absolute", k=k, **more)


def ruptures(found, patient="A"):
    return found.events.loc[found.events["patient_id"] == patient, "session"].tolist()


def pattern(found):
    return found.patterns["pattern"].tolist()


def test_reference_previous_is_the_rating_before():
    found = detect(long_table(A=[5, 4, 3, 1]), points(2))
    assert ruptures(found) == [4]
    assert found.events["reference"].tolist() == [3]


def test_reference_running_mean_starts_with_the_third_rating():
    found = detect(long_table(A=[5, 2, 1, 5]), points(2, reference="running_mean"))
    assert ruptures(found) == [3]
    assert found.events["reference"].tolist() == [3.5]


def test_running_mean_restarts_with_each_patient():
    found = detect(long_table(A=[5, 5, 5, 5], B=[1, 3, 2, 0]), points(2, reference="running_mean"))
    assert found.events["patient_id"].tolist() == ["B"]
    assert found.events["reference"].tolist() == [2]


def test_reference_decline_start_counts_a_fall_over_several_sessions():
    course = long_table(A=[5, 4.5, 3.5, 2.5, 5], B=[5, 4, 4, 3])
    found = detect(course, points(2, reference="decline_start"))
    # 5 to 2.5 is one unbroken decline; 5, 4, 4, 3 is broken by the equal rating
    assert found.events["patient_id"].tolist() == ["A"]
    assert ruptures(found) == [4]
    assert found.events["reference"].tolist() == [5]
    assert found.events["drop"].tolist() == [2.5]
    assert pattern(found) == ["repaired", "none"]


def test_a_session_without_rating_breaks_a_decline():
    course = long_table(A=[5, 4, None, 3, 2.5])
    assert ruptures(detect(course, points(2, reference="decline_start"))) == []
    bridged = points(2, reference="decline_start", max_gap=None)
    assert ruptures(detect(course, bridged)) == [4, 5]
    merged = points(2, reference="decline_start", max_gap=None, merge_consecutive=True)
    found = detect(course, merged)
    assert ruptures(found) == [4]
    assert found.events[["last_session", "n_drops", "drop"]].to_numpy().tolist() == [[5, 2, 2.5]]


def test_reference_own_mean_judges_every_rating():
    found = detect(long_table(A=[1, 4, 4, 4, 1]), points(1.5, reference="own_mean"))
    assert ruptures(found) == [1, 5]
    assert found.events["reference"].tolist() == pytest.approx([2.8, 2.8])
    assert found.events["repaired_at"].tolist() == [2, pd.NA]


def test_k_multiplies_the_scale():
    table = long_table(A=[4, 1, 4])
    assert ruptures(detect(table, points(3))) == [2]
    assert ruptures(detect(table, points(3.01))) == []
    assert detect(table, points(1.5)).events["threshold"].tolist() == [1.5]


def test_max_gap_one_compares_consecutive_sessions_only():
    table = long_table(A=[4, None, 1, 4, 4])
    assert pattern(detect(table, points(2, max_gap=1))) == ["none"]
    assert ruptures(detect(table, points(2, max_gap=2))) == [3]
    assert ruptures(detect(table, points(2, max_gap=None))) == [3]


def test_max_gap_sees_session_numbers_not_rows():
    table = pd.DataFrame({"patient_id": "A", "session": [1, 4, 5], "alliance": [4.0, 1.0, 1.0]})
    assert detect(table, points(2, max_gap=2)).events.empty
    assert ruptures(detect(table, points(2, max_gap=3))) == [4]


@pytest.mark.parametrize(
    ("window", "repaired_at"), [(1, None), (2, None), (3, 5), (5, 5), (None, 5)]
)
def test_repair_window_counts_sessions_after_the_rupture(window, repaired_at):
    found = detect(long_table(A=[4, 1, 2, 2, 4, 4]), points(3, repair_window=window))
    at = found.events["repaired_at"].tolist()
    assert at == [repaired_at if repaired_at else pd.NA]


def test_repair_window_is_in_session_numbers_across_missing_ratings():
    table = long_table(A=[4, 1, None, None, 4])
    assert pattern(detect(table, points(3, repair_window=1))) == ["unrepaired"]
    assert pattern(detect(table, points(3, repair_window=3))) == ["repaired"]


def test_the_first_sufficient_return_is_the_repair():
    found = detect(long_table(A=[4, 1, 3, 4, 5]), points(3))
    assert found.events[["repaired_at", "sessions_to_repair"]].to_numpy().tolist() == [[4, 2]]


@pytest.mark.parametrize(("tolerance", "level"), [(0, 4), (0.25, 3.25), (0.5, 2.5), (0.9, 1.3)])
def test_repair_tolerance_lowers_the_level_needed(tolerance, level):
    rule = points(3, repair_tolerance=tolerance)
    just, short = level, level - 0.01
    found = detect(long_table(A=[4, 1, just], B=[4, 1, short]), rule)
    assert found.events["repair_level"].tolist() == pytest.approx([level, level])
    assert pattern(found) == ["repaired", "unrepaired"]


@pytest.mark.parametrize(
    ("aggregate", "expected"),
    [
        ("all", ["unrepaired", "unrepaired", "repaired", "none"]),
        ("any", ["repaired", "repaired", "repaired", "none"]),
        ("first", ["repaired", "unrepaired", "repaired", "none"]),
        ("last", ["unrepaired", "repaired", "repaired", "none"]),
    ],
)
def test_aggregate(aggregate, expected):
    table = long_table(
        A=[4, 1, 4, 4, 1, 1],  # mended, not mended
        B=[5, 2, 2, 4, 1, 4],  # not mended (5 is not reached again), mended
        C=[4, 1, 4, 4, 1, 4],  # both mended
        D=[4, 4, 4, 4, 4, 4],
    )
    assert pattern(detect(table, points(3, aggregate=aggregate))) == expected


def test_consecutive_drops_are_separate_ruptures_by_default():
    found = detect(long_table(A=[5, 3, 1, 3, 5]), points(2))
    assert ruptures(found) == [2, 3]
    assert found.events["repaired_at"].tolist() == [5, 4]


def test_merged_drops_are_one_decline():
    found = detect(
        long_table(A=[5, 3, 1, 3, 5], B=[5, 5, 3, 3, 1]), points(2, merge_consecutive=True)
    )
    assert ruptures(found, "A") == [2]
    assert ruptures(found, "B") == [3, 5]  # a level rating between them ends the decline
    first = found.events.iloc[0]
    assert first["n_drops"] == 2
    assert first["last_session"] == 3
    assert (first["reference"], first["rating"], first["drop"]) == (5, 1, 4)
    assert (first["repaired_at"], first["sessions_to_repair"]) == (5, 2)


def test_drops_of_neighbouring_patients_are_not_merged():
    found = detect(long_table(A=[5, 5, 3], B=[5, 3, 3]), points(2, merge_consecutive=True))
    both = detect(long_table(A=[5, 3], B=[3, 1]), points(2, merge_consecutive=True))
    assert found.events["n_drops"].tolist() == [1, 1]
    assert both.events["n_drops"].tolist() == [1, 1]


def test_a_repair_is_never_taken_from_the_next_patient():
    assert pattern(detect(long_table(A=[4, 4, 1], B=[5, 5, 5]), points(3))) == [
        "unrepaired",
        "none",
    ]


SERIES = {"A": [4.0, 3.0, 5.0, 2.0], "B": [1.0, None, 4.0], "C": [3.0]}
SQUARES = 5.0 + 4.5  # about the means 3.5 and 2.5; C has one rating only
FIRST = np.std([4, 1, 3], ddof=1)
STEPS = [-1, 2, -3, 3]
# A about its own line over sessions 1 to 4: slope −0.4, residual sum of squares 5 − 0.4² × 5
RESIDUAL = np.sqrt((5 - 0.16 * 5) / 2)


@pytest.mark.parametrize(
    ("scale", "expected"),
    [
        ("own_sd", [np.sqrt(5 / 3), np.sqrt(4.5), np.nan]),
        # c4(4) = 0.921318 and c4(2) = 0.797885 in tables of control-chart constants
        ("own_sd_c4", [np.sqrt(5 / 3) / 0.9213177, np.sqrt(4.5) / 0.7978846, np.nan]),
        ("own_see", [RESIDUAL, np.nan, np.nan]),
        ("pooled_within_sd", [np.sqrt(SQUARES / 4)] * 3),
        ("between_sd", [FIRST] * 3),
        ("diff_sd", [np.std(STEPS, ddof=1)] * 3),
        ("moving_range", [2 / 1.128, 3 / 1.128, np.nan]),
        ("rci", [1.96 * np.sqrt(2) * FIRST * np.sqrt(1 - 0.84)] * 3),
        ("stricter", [np.sqrt(SQUARES / 4), np.sqrt(4.5), np.sqrt(SQUARES / 4)]),
        ("own_or_between", np.fmax([np.sqrt(5 / 3), np.sqrt(4.5), np.nan], FIRST)),
        ("absolute", [1, 1, 1]),
    ],
)
def test_scale_by_hand(scale, expected):
    reliability = 0.84 if scale == "rci" else None
    rule = Criterion(scale=scale, reliability=reliability)
    found = scale_of(series_of(long_table(**SERIES)), rule)
    np.testing.assert_allclose(found, expected, rtol=1e-7 if scale == "own_sd_c4" else 1e-12)


def test_higher_reliability_makes_rci_more_sensitive():
    table = long_table(A=[4, 2, 4], B=[3, 3, 3], C=[5, 5, 5])
    n = [len(detect(table, Criterion(scale="rci", k=1, reliability=r)).events) for r in (0.3, 0.9)]
    assert n == [0, 1]


@pytest.mark.parametrize("scale", ["between_sd", "diff_sd", "rci"])
def test_a_single_rating_has_no_sd_and_no_rupture(scale):
    rule = Criterion(scale=scale, k=1, reliability=0.8 if scale == "rci" else None)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        found = detect(long_table(A=[4, 1]), rule)
    assert found.patterns["pattern"].tolist() == ["unclassifiable"]


def test_default_is_the_rule_of_the_study(criteria):
    words = {"label", "source", "citation", "assumed"}
    named = criteria["igra2025_style"].model_dump(exclude=words)
    assert Criterion().model_dump(exclude=words) == named


# tables that are not in perfect order


def test_missing_ratings_are_skipped_and_counted():
    found = detect(long_table(A=[None, 4, None, 4, 1, None]), points(2, max_gap=None))
    row = found.patterns.iloc[0]
    assert (row["n_rated"], row["n_testable"], row["first_rupture"]) == (3, 2, 5)
    # the last rating is session 5: no return can be seen although session 6 took place
    assert found.events["repair_observable"].tolist() == [False]


def test_row_order_does_not_matter():
    table = long_table(B=[4, 4, 1, 4], A=[5, 2, 3, 1])
    shuffled = table.sample(frac=1, random_state=3)
    expected, found = detect(table, points(2)), detect(shuffled, points(2))
    pd.testing.assert_frame_equal(found.events, expected.events)
    pd.testing.assert_frame_equal(found.patterns, expected.patterns)
    assert found.patterns["patient_id"].tolist() == ["A", "B"]


@pytest.mark.parametrize("series", [[4], [None, 4, None], [None, None]])
def test_fewer_than_two_ratings_are_unclassifiable(series):
    for reference in ("previous", "running_mean", "own_mean"):
        rule = points(1, reference=reference)
        assert pattern(detect(long_table(A=series), rule)) == ["unclassifiable"]


def test_nothing_to_compare_is_unclassifiable_never_none():
    gaps = long_table(A=[4, None, 1, None, 4])
    assert pattern(detect(gaps, points(2, max_gap=1))) == ["unclassifiable"]
    two = long_table(A=[4, 1])
    assert pattern(detect(two, points(2, reference="running_mean"))) == ["unclassifiable"]
    assert pattern(detect(two, Criterion(scale="own_see"))) == ["unclassifiable"]


def test_session_given_twice_is_an_error():
    table = pd.concat([long_table(A=[4, 4, 1]), long_table(A=[4])])
    with pytest.raises(ValueError, match=r"1 session number\(s\) occur twice"):
        detect(table)


def test_two_patients_may_share_a_session_number():
    assert len(detect(long_table(A=[4, 4], B=[4, 4])).patterns) == 2


def test_input_is_not_changed():
    table = long_table(B=[4, None, 1], A=[5, 2, 5])
    before = table.copy(deep=True)
    detect(table)
    pd.testing.assert_frame_equal(table, before)
