"""Risk sets and hazards: counted by hand, by a slow loop, and by the survival library."""

import warnings

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rating_tables import long_table
from rupture_repair.config.criteria import Criterion
from rupture_repair.detection import detect
from rupture_repair.detection.exposure import exposure
from statsmodels.duration.survfunc import CumIncidenceRight

POINTS = Criterion(scale="absolute", k=2)
ACROSS = Criterion(scale="absolute", k=2, max_gap=None)
# session      1  2  3     4     5
FIVE = {
    "A": [4, 2, 4, 2],  #           first rupture at 2, a second at 4
    "B": [4, 4, 1],  #              first rupture at 3, the last session
    "C": [4, 4, 4, 4, 4],  #        none, ends at 5
    "D": [4, 4, None, 4, 1],  #     nothing to compare at 3 and 4; first rupture at 5
    "E": [4, 4],  #                 none, ends at 2
}


def whole(table):
    """Rows of the whole cohort by session."""
    return table[table["length"] == "all"].set_index("session")


def test_five_patients_by_hand():
    rows = whole(exposure(long_table(**FIVE), POINTS)[0])
    assert rows["n_in_treatment"].tolist() == [5, 5, 3, 2, 2]
    assert rows["n_at_risk"].tolist() == [0, 5, 2, 1, 2]  # D rests at 3 and 4
    assert rows["n_first_ruptures"].tolist() == [0, 1, 1, 0, 1]
    assert rows["n_ended"].tolist() == [0, 1, 0, 0, 1]
    np.testing.assert_allclose(rows["hazard"], [np.nan, 1 / 5, 1 / 2, 0, 1 / 2])
    np.testing.assert_allclose(rows["incidence"], [0, 1 / 5, 2 / 5, 2 / 5, 3 / 5])
    still = np.array([1, 4 / 5, 4 / 5 * 1 / 2, 4 / 5 * 1 / 2, 4 / 5 * 1 / 2 * 1 / 2])
    np.testing.assert_allclose(rows["if_continued"], 1 - still)


def test_the_intervals_by_hand():
    rows = whole(exposure(long_table(**FIVE), POINTS)[0])
    # Wilson's interval of 1 in 5
    p, n, z = 0.2, 5, 1.959964
    middle, half = p + z**2 / (2 * n), z * np.sqrt(p * (1 - p) / n + z**2 / (4 * n**2))
    for end, sign in (("low", -1), ("high", 1)):
        wilson = (middle + sign * half) / (1 + z**2 / n)
        assert rows.loc[2, f"hazard_{end}"] == pytest.approx(wilson, abs=1e-6)
        assert rows.loc[2, f"incidence_{end}"] == pytest.approx(wilson, abs=1e-6)
    # Greenwood at session 3: S = .4, Σ d / (n(n − d)) = 1/(5·4) + 1/(2·1)
    free, spread = 0.4, np.sqrt(1 / 20 + 1 / 2) / np.log(0.4)
    ends = sorted(1 - free ** np.exp(sign * z * spread) for sign in (-1, 1))
    found = [rows.loc[3, f"if_continued_{end}"] for end in ("low", "high")]
    np.testing.assert_allclose(found, ends, atol=1e-6)


def test_totals_by_hand():
    table = exposure(long_table(**FIVE), POINTS)[1].set_index("length")
    assert table.index.tolist() == ["all", "1–2", "3–4", "5–9"]
    assert table["n_patients"].tolist() == [5, 1, 2, 2]
    assert table["n_ruptured"].tolist() == [3, 0, 2, 1]
    assert table["n_at_risk"].tolist() == [10, 1, 3, 6]
    assert table["n_comparisons"].tolist() == [12, 1, 5, 6]
    assert table["n_ruptures"].tolist() == [4, 0, 3, 1]
    np.testing.assert_allclose(table["hazard"], [3 / 10, 0, 2 / 3, 1 / 6])
    np.testing.assert_allclose(table["share_ruptured"], [3 / 5, 0, 1, 1 / 2])


def test_the_order_of_rows_does_not_matter():
    table = long_table(**FIVE)
    for one, other in zip(
        exposure(table, POINTS), exposure(table.sample(frac=1, random_state=3), POINTS), strict=True
    ):
        pd.testing.assert_frame_equal(one, other)


def slow(table, criterion):
    """Session by session, patient by patient, from what `detect` says; gaps may be crossed."""
    patterns = detect(table, criterion).patterns.set_index("patient_id")
    patterns = patterns[patterns["pattern"] != "unclassifiable"]
    rows = []
    still, so_far = 1.0, 0
    for session in range(1, int(table["session"].max()) + 1):
        at_risk = ruptured = 0
        for patient, known in patterns.iterrows():
            own = table[(table["patient_id"] == patient) & table["alliance"].notna()]
            first = known["first_rupture"]
            if pd.notna(first) and first < session:
                continue
            rated = set(own["session"])
            if session in rated and min(rated) < session:
                at_risk += 1
                ruptured += int(pd.notna(first) and first == session)
        still *= 1 - ruptured / at_risk if at_risk else 1
        so_far += ruptured
        rows.append((at_risk, ruptured, so_far / len(patterns), 1 - still))
    return rows


def test_a_direct_loop_agrees(small_cohort):
    criterion = Criterion(max_gap=None)
    rows = whole(exposure(small_cohort.sessions, criterion)[0])
    columns = ["n_at_risk", "n_first_ruptures", "incidence", "if_continued"]
    np.testing.assert_allclose(rows[columns], slow(small_cohort.sessions, criterion), atol=1e-12)


def test_incidence_is_aalen_and_johansens(small_cohort):
    sessions = small_cohort.sessions
    patterns = detect(sessions, Criterion()).patterns.set_index("patient_id")
    last = sessions.groupby("patient_id")["session"].max()
    first = patterns["first_rupture"].astype(float)
    status = np.where(first.notna(), 1, 2)
    with np.errstate(divide="ignore", invalid="ignore"):  # its standard errors at the very end
        peer = CumIncidenceRight(first.fillna(last).to_numpy(), status)
    rows = whole(exposure(sessions, Criterion())[0])
    np.testing.assert_allclose(rows.loc[peer.times.astype(int), "incidence"], peer.cinc[0])


ratings = st.lists(st.one_of(st.none(), st.integers(0, 5)), min_size=1, max_size=8)


@settings(derandomize=True)
@given(st.lists(ratings, min_size=1, max_size=8))
def test_every_patient_is_counted_exactly_once(courses):
    table = long_table(**{f"P{i}": course for i, course in enumerate(courses)})
    hazards, totals = exposure(table, ACROSS)
    patterns = detect(table, ACROSS).patterns
    classified = patterns[patterns["pattern"] != "unclassifiable"]
    for length, rows in hazards.groupby("length"):
        gone = rows["n_first_ruptures"] + rows["n_ended"]
        inside = rows["n_in_treatment"].to_numpy()
        np.testing.assert_array_equal(inside[1:], (inside - gone)[:-1])
        assert gone.sum() == inside[0]
        assert (rows["n_first_ruptures"] <= rows["n_at_risk"]).all()
        assert (rows["n_at_risk"] <= rows["n_in_treatment"]).all()
        assert (rows["if_continued"] >= rows["incidence"] - 1e-12).all()
        total = totals.set_index("length").loc[length]
        assert total["n_ruptured"] == rows["n_first_ruptures"].sum()
        assert total["n_at_risk"] == rows["n_at_risk"].sum()
    if len(classified):
        total = totals.set_index("length").loc["all"]
        assert total["n_patients"] == len(classified)
        assert total["n_ruptured"] == (classified["pattern"] != "none").sum()
        assert total["n_ruptures"] == classified["n_ruptures"].sum()
        assert total["n_comparisons"] == classified["n_testable"].sum()


def test_nobody_ruptures():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        hazards, totals = exposure(long_table(A=[4, 4, 4], B=[3, 3, 3, 3]), POINTS)
    rows = whole(hazards)
    assert rows["n_at_risk"].tolist() == [0, 2, 2, 1]
    assert (rows["hazard"].dropna() == 0).all()
    assert (rows[["incidence", "if_continued"]] == 0).all(axis=None)
    assert (rows.loc[2:, "hazard_high"] > 0).all()
    assert (totals["hazard"] == 0).all()


def test_everybody_ruptures_at_session_3():
    course = [4, 4, 1, 1]
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        hazards, totals = exposure(long_table(A=course, B=course, C=course), POINTS)
    rows = whole(hazards)
    assert rows["n_first_ruptures"].tolist() == [0, 0, 3, 0]
    assert rows["n_at_risk"].tolist() == [0, 3, 3, 0]
    assert rows["incidence"].tolist() == rows["if_continued"].tolist() == [0, 0, 1, 1]
    assert rows[["if_continued_low", "if_continued_high"]].isna().all(axis=None)
    assert totals.set_index("length").loc["all", "share_ruptured"] == 1


@pytest.mark.parametrize("courses", [{}, {"A": [4]}, {"A": [None, None], "B": [3]}])
def test_nobody_can_be_classified(courses):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        hazards, totals = exposure(long_table(**courses), POINTS)
    assert list(totals["length"]) == ["all"]
    assert totals.loc[0, "n_patients"] == 0
    assert np.isnan(totals.loc[0, "hazard"])
    assert hazards.empty
    assert {"length", "session", "n_at_risk", "hazard"} <= set(hazards.columns)
