"""From tidy tables to the analysis table, Table 1 and the patient flow."""

import numpy as np
import pandas as pd
import pytest
from rupture_repair.cohort.csv_tables import write_csv
from rupture_repair.detection import detect
from rupture_repair.modelling.describe import cohort_table, patient_flow, standardised_difference
from rupture_repair.modelling.design import (
    analysis_table,
    column_guide,
    mean_log_length,
    per_patient,
)

NA = float("nan")


@pytest.fixture
def tidy():
    """Six patients: B unclassifiable, E without symptom ratings."""
    patients = pd.DataFrame(
        {
            "patient_id": ["A", "B", "C", "D", "E", "F"],
            "therapist_id": ["T2", "T1", "T1", "T2", "T1", "T1"],
            "iip": [1.0, 9.0, 2.0, 3.0, 9.0, 2.0],
            "gender": ["f", "f", "m", None, "m", "m"],
        }
    )
    sessions = pd.DataFrame(
        [
            ("A", 1, 4.0, 20.0),
            ("A", 2, NA, NA),
            ("A", 3, 3.0, 18.0),
            ("B", 1, 4.0, 20.0),
            ("C", 1, 2.0, 10.0),
            ("C", 2, 4.0, 11.0),
            ("C", 4, 5.0, 12.0),  # session 3 has no row
            ("D", 1, NA, NA),
            ("D", 2, 3.0, 30.0),
            ("D", 3, 1.0, 31.0),
            ("E", 1, 4.0, NA),
            ("E", 2, 4.0, NA),
            ("F", 1, 5.0, 14.0),
            ("F", 2, 5.0, 13.0),
        ],
        columns=["patient_id", "session", "alliance", "symptoms"],
    )
    patterns = pd.DataFrame(
        {
            "patient_id": ["A", "B", "C", "D", "E", "F"],
            "pattern": ["none", "unclassifiable", "repaired", "unrepaired", "none", "none"],
        }
    )
    return patients, sessions, patterns


def test_the_analysis_table_is_the_same_when_it_is_read_again(tidy, tmp_path):
    """Models are fitted to the file: types, categories and all digits survive."""
    table = analysis_table(*tidy)
    table.to_parquet(tmp_path / "analysis.parquet", index=False)
    pd.testing.assert_frame_equal(pd.read_parquet(tmp_path / "analysis.parquet"), table)
    write_csv(table, tmp_path / "analysis.csv")
    read = pd.read_csv(tmp_path / "analysis.csv")
    for name in table.columns:
        assert read[name].tolist() == table[name].tolist(), name


def test_every_column_of_the_analysis_table_is_explained(tidy):
    assert column_guide()["column"].tolist() == list(analysis_table(*tidy).columns)
    assert column_guide()["meaning"].str.len().gt(20).all()


def test_analysis_table_rows(tidy):
    table = analysis_table(*tidy)
    who = list(zip(table["patient_id"], table["session"], strict=True))
    # by therapist, patient and session; only rated sessions of classified patients
    assert who == [
        ("C", 1), ("C", 2), ("C", 4), ("F", 1), ("F", 2),
        ("A", 1), ("A", 3), ("D", 2), ("D", 3),
    ]  # fmt: skip
    assert table["symptoms"].tolist() == [10, 11, 12, 14, 13, 20, 18, 30, 31]
    assert table["pattern"].cat.categories.tolist() == ["none", "unrepaired", "repaired"]


def test_rows_are_numbered_and_have_the_columns_that_are_documented(tidy):
    person = ["therapist_id", "iip", "iip_z", "length", "length_c", "pattern"]
    table = analysis_table(*tidy)
    assert set(table) == {"patient_id", "session", "symptoms", "time", *person}
    assert table.index.tolist() == list(range(9))
    people = per_patient(table)
    assert set(people) == {"patient_id", *person}
    assert people.index.tolist() == list(range(4))


def test_iip_is_standardised_over_analysed_patients_not_rows(tidy):
    person = per_patient(analysis_table(*tidy)).set_index("patient_id")
    # 1, 2, 3, 2 of A, C, D, F: M 2, SD sqrt(2/3); B and E do not count
    expected = np.array([-1, 0, 1, 0]) / np.sqrt(2 / 3)
    np.testing.assert_allclose(person.loc[["A", "C", "D", "F"], "iip_z"], expected, atol=1e-12)
    assert person["iip_z"].std(ddof=1) == pytest.approx(1)


def test_length_counts_attended_sessions_and_is_centred_over_patients(tidy):
    table = analysis_table(*tidy)
    person = per_patient(table).set_index("patient_id")
    assert person["length"].to_dict() == {"A": 3, "C": 4, "D": 3, "F": 2}
    centre = np.mean(np.log([3, 4, 3, 2]))
    assert mean_log_length(table) == pytest.approx(centre)
    assert person.loc["C", "length_c"] == pytest.approx(np.log(4) - centre)
    assert person["length_c"].sum() == pytest.approx(0, abs=1e-12)


def test_both_kinds_of_time_are_zero_at_session_one(tidy):
    log, linear = (analysis_table(*tidy, time) for time in ("log", "linear"))
    np.testing.assert_allclose(log["time"], np.log(log["session"]))
    assert linear["time"].tolist() == (linear["session"] - 1).tolist()


def cell(table, variable, statistic, group):
    rows = table[
        (table["variable"] == variable)
        & (table["statistic"] == statistic)
        & (table["group"] == group)
    ]
    assert len(rows) == 1
    return rows["value"].item()


def test_cohort_table_by_hand(tidy):
    table = cohort_table(*tidy)
    assert cell(table, "patients", "n", "all") == 6
    assert cell(table, "patients", "n", "none") == 3
    assert cell(table, "therapists", "n", "none") == 2
    assert cell(table, "therapists", "n", "repaired") == 1
    # sessions of A, E, F: 3, 2, 2
    assert cell(table, "sessions", "mean", "none") == pytest.approx(7 / 3)
    assert cell(table, "sessions", "sd", "none") == pytest.approx(np.std([3, 2, 2], ddof=1))
    assert cell(table, "sessions", "median", "none") == 2
    assert (cell(table, "sessions", "min", "all"), cell(table, "sessions", "max", "all")) == (1, 4)
    # the first rating that there is: D's first session has none
    assert cell(table, "first_symptoms", "mean", "unrepaired") == 30
    assert cell(table, "first_symptoms", "mean", "none") == 17
    assert cell(table, "first_alliance", "mean", "all") == pytest.approx(22 / 6)
    # 15 sessions were attended, A 2, C 3 and D 1 have no alliance rating
    assert cell(table, "missing_ratings", "percent", "all") == pytest.approx(100 * 3 / 15)
    assert cell(table, "missing_ratings", "percent", "repaired") == pytest.approx(100 * 1 / 4)
    # and A 2, C 3, D 1 and both of E no symptom rating
    assert cell(table, "missing_symptoms", "percent", "all") == pytest.approx(100 * 5 / 15)
    assert cell(table, "missing_symptoms", "percent", "none") == pytest.approx(100 * 3 / 7)
    assert cell(table, "gender: f", "n", "all") == 2
    assert cell(table, "gender: m", "n", "none") == 2
    assert cell(table, "gender: m", "percent", "none") == pytest.approx(200 / 3)
    groups = set(table.loc[table["statistic"] == "smd", "group"])
    assert groups == {"unrepaired", "repaired"}


def test_cohort_table_against_direct_computation(small_cohort):
    patients, sessions = small_cohort.patients, small_cohort.sessions
    patterns = detect(sessions).patterns
    table = cohort_table(patients, sessions, patterns)
    kind = patterns.set_index("patient_id")["pattern"]
    iip = patients.set_index("patient_id")["iip"]
    repaired, none = iip[kind[kind == "repaired"].index], iip[kind[kind == "none"].index]
    smd = (repaired.mean() - none.mean()) / np.sqrt((repaired.var() + none.var()) / 2)
    assert cell(table, "iip", "smd", "repaired") == pytest.approx(smd)
    assert cell(table, "iip", "mean", "repaired") == pytest.approx(repaired.mean())
    assert cell(table, "patients", "n", "repaired") == 12
    diagnoses = table[table["variable"].str.startswith("diagnosis")]
    shares = diagnoses[diagnoses["statistic"] == "percent"]
    np.testing.assert_allclose(shares.groupby("group")["value"].sum(), 100)


def test_standardised_difference_by_hand():
    first, second = pd.Series([2.0, 4.0, 6.0]), pd.Series([1.0, 2.0, 3.0])
    assert standardised_difference(first, second) == pytest.approx(2 / np.sqrt((4 + 1) / 2))
    assert np.isnan(standardised_difference(pd.Series([1.0, 1.0]), pd.Series([2.0, 2.0])))
    assert np.isnan(standardised_difference(pd.Series([1.0]), pd.Series([2.0, 3.0])))


def test_patient_flow_accounts_for_everyone(tidy):
    patients, sessions, patterns = tidy
    admission = pd.DataFrame(
        [("in the patient file", 8, 0, ""), ("long enough", 6, 2, "fewer than 2 sessions")],
        columns=["step", "n", "excluded", "reason"],
    )
    modelled = analysis_table(patients, sessions, patterns)["patient_id"].nunique()
    flow = patient_flow(admission, patterns, modelled)
    assert flow["step"].tolist()[-2:] == ["classified", "modelled"]
    assert flow["n"].tolist() == [8, 6, 5, 4]
    assert flow["excluded"].tolist() == [0, 2, 1, 1]
    assert (flow["n"].shift(1) - flow["n"]).iloc[1:].tolist() == flow["excluded"].tolist()[1:]
