"""Counts and shares of patterns, the summary, and the tables' schemas."""

import numpy as np
import pandas as pd
import pytest
from rating_tables import long_table
from rupture_repair.config.criteria import Criterion
from rupture_repair.detection import detect
from rupture_repair.detection.breakdown import breakdown, detection_summary, published_shares
from rupture_repair.detection.detector import classifier
from rupture_repair.validation.schemas import events_schema, patterns_schema

POINTS = Criterion(scale="absolute", k=2, max_gap=None)


@pytest.fixture
def found():
    return detect(
        long_table(
            A=[4, 4, 4],  # none
            B=[5, 3, 1, 5],  # two ruptures, both mended at session 4, after 2 and 1 sessions
            C=[4, 4, 1],  # not observable
            D=[4, 1, 2, 4, 1],  # mended after 2, then not observable
            E=[None, 4],  # unclassifiable
        ),
        POINTS,
    )


def test_breakdown_counts_classified_patients(found):
    table = breakdown(found.patterns, {"none": 57.8})
    assert list(table.columns) == ["pattern", "n", "percent", "published_percent"]
    assert table["pattern"].tolist() == ["none", "unrepaired", "repaired", "unclassifiable"]
    assert table["n"].tolist() == [1, 2, 1, 1]
    np.testing.assert_allclose(table["percent"], [25, 50, 25, np.nan])
    np.testing.assert_allclose(table["published_percent"], [57.8, np.nan, np.nan, np.nan])


def test_breakdown_names_absent_patterns_and_no_unclassifiable_row():
    table = breakdown(detect(long_table(A=[4, 4]), POINTS).patterns, {})
    assert table["pattern"].tolist() == ["none", "unrepaired", "repaired"]
    assert table["n"].tolist() == [1, 0, 0]
    assert table["percent"].tolist() == [100, 0, 0]


def test_breakdown_without_classified_patients_has_no_percentage():
    table = breakdown(detect(long_table(A=[4]), POINTS).patterns, {})
    assert table["n"].tolist() == [0, 0, 0, 1]
    assert table["percent"].isna().all()


def test_published_shares(root, tmp_path):
    file = str(root / "data/published/igra2025.csv")
    assert published_shares(file) == {"none": 57.8, "unrepaired": 32.9, "repaired": 9.3}
    assert published_shares(None) == {}
    few = tmp_path / "few.csv"
    few.write_text("item,published\npercent_none,60\nn_patients,20\n")
    assert published_shares(str(few)) == {"none": 60}


def test_summary_by_hand(found):
    value = detection_summary(found).set_index("quantity")["value"]
    drops = [2, 2, 3, 3, 3]
    assert value["n_ruptures"] == 5
    assert value["n_repaired_ruptures"] == 3
    assert value["n_unobservable_ruptures"] == 2
    assert value["n_patients_several_ruptures"] == 2
    assert value["n_unclassifiable"] == 1
    assert value["mean_drop"] == pytest.approx(np.mean(drops))
    assert value["sd_drop"] == pytest.approx(np.std(drops, ddof=1))
    assert value["median_threshold"] == 2
    assert value["median_sessions_to_repair"] == 2  # of 2, 1 and 2
    assert value["median_first_rupture"] == 2  # of 2, 3 and 2
    squares = 0 + 11 + 6 + 9.2  # about the means 4, 3.5, 3 and 2.4
    assert value["pooled_within_sd"] == pytest.approx(np.sqrt(squares / (2 + 3 + 2 + 4 + 0)))


def test_summary_without_ruptures():
    value = detection_summary(detect(long_table(A=[4, 4]), POINTS)).set_index("quantity")["value"]
    assert value["n_ruptures"] == 0
    assert np.isnan(value["mean_drop"])
    assert np.isnan(value["median_sessions_to_repair"])


def test_classifier_gives_the_pattern_of_each_patient():
    table = long_table(B=[4, 4], A=[4, 1, 4])
    assert classifier(POINTS)(table).to_dict() == {"A": "repaired", "B": "none"}


@pytest.mark.parametrize("rows", ["all", "none", "no ruptures"])
def test_events_and_patterns_conform_to_their_schemas(found, rows):
    if rows == "none":
        found = detect(long_table(), POINTS)
    elif rows == "no ruptures":
        found = detect(long_table(A=[4, 4], B=[3]), POINTS)
    events_schema().validate(found.events)
    patterns_schema().validate(found.patterns)


def test_empty_table_gives_empty_results():
    found = detect(long_table())
    assert found.events.empty
    assert found.patterns.empty
    assert np.isnan(found.pooled_within_sd)
    assert breakdown(found.patterns, {})["n"].tolist() == [0, 0, 0]


def test_events_follow_patient_and_session(small_cohort):
    events = detect(small_cohort.sessions, Criterion(k=1)).events
    assert len(events) > 50
    in_order = events.sort_values(["patient_id", "session"], ignore_index=True)
    pd.testing.assert_frame_equal(events, in_order)


def test_counts_in_patterns_are_those_of_the_events(small_cohort):
    found = detect(small_cohort.sessions, Criterion(k=1))
    events = found.events.assign(mended=found.events["repaired_at"].notna())
    by_patient = found.patterns.set_index("patient_id")
    n = events.groupby("patient_id").size().reindex(by_patient.index, fill_value=0)
    mended = events.groupby("patient_id")["mended"].sum().reindex(by_patient.index, fill_value=0)
    assert (by_patient["n_ruptures"] == n).all()
    assert (by_patient["n_repaired"] == mended).all()
    assert ((by_patient["n_ruptures"] == 0) == (by_patient["pattern"] == "none")).all()
