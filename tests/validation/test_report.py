"""The problem table, the terminal listing, the report and the admission of patients."""

import io

import pandas as pd
import pytest
from rupture_repair.validation.admission import admit
from rupture_repair.validation.cohort_files import check_files, counts_of
from rupture_repair.validation.problems import (
    Problem,
    listing,
    problem_table,
    problems_from_table,
    read_problems,
)
from rupture_repair.validation.report import render_report
from rupture_repair.validation.schemas import (
    described,
    events_schema,
    patients_schema,
    patterns_schema,
    sessions_schema,
)

PROBLEMS = [
    Problem("note", "b.csv", "few sessions", "Nothing.", line=9, patient_id="P1"),
    Problem("blocking", "b.csv", "bad", "Mend.", 12, "P1", "3", "SAI", "9", "0 to 5"),
    Problem("blocking", "b.csv", "worse", "Mend.", 2, "P2", None, "SAI", "7"),
    Problem("warning", "a.csv", "odd", "Look."),
    Problem("blocking", "a.csv", "no file", "Find it."),
]


def test_table_has_the_severest_first_then_file_and_line():
    table = problem_table(PROBLEMS)
    assert table["message"].tolist() == ["no file", "worse", "bad", "odd", "few sessions"]
    assert table["line"].tolist() == [pd.NA, 2, 12, pd.NA, 9]


def test_table_survives_a_csv_file():
    text = problem_table(PROBLEMS).to_csv(index=False)
    read = pd.read_csv(io.StringIO(text), dtype=str).astype({"line": "Int64"})
    assert set(problems_from_table(read)) == set(PROBLEMS)


def test_table_without_problems():
    table = problem_table([])
    assert table.empty
    assert table.columns.tolist()[:4] == ["severity", "file", "message", "remedy"]
    assert problems_from_table(table) == []


def test_listing_is_cut_and_says_so():
    many = [Problem("blocking", "a.csv", f"bad {i}", "Mend.", line=i) for i in range(25)]
    lines = listing(many).splitlines()
    assert len(lines) == 6
    assert lines[0] == "  * a.csv, line 0: bad 0. Mend."
    assert lines[-1].endswith("20 more like this in problems.csv")
    assert "more" not in listing(many[:5])


def test_listing_of_many_causes_is_cut_and_says_so():
    causes = [Problem("blocking", "a.csv", f"bad {chr(97 + i)}", "Mend.") for i in range(25)]
    lines = listing([*causes, causes[-1]]).splitlines()
    assert len(lines) == 21
    assert "6 more of 5 other kinds" in lines[-1]


def test_report_escapes_what_the_files_hold():
    evil = "<script>alert(1)</script>"
    problem = Problem("blocking", evil, evil, evil, 2, evil, evil, evil, evil, evil)
    page = render_report(evil, False, [problem], {evil: 1})
    assert "<script" not in page
    assert page.count("&lt;script&gt;") >= 8


def test_report_of_blocking_problems():
    page = render_report("Clinic", False, PROBLEMS, {"Patients": 7})
    assert "The data cannot be analysed yet: 3 problems must be mended." in page
    assert "Private:" in page
    assert "Synthetic data." not in page
    for heading in ("Blocking: 3", "Warning: 1", "Note: 1"):
        assert f"<h2>{heading}</h2>" in page
    assert "allowed: 0 to 5" in page
    assert "found: <strong>7</strong>" in page
    assert "http" not in page.replace('lang="en"', "")


def test_report_without_problems():
    page = render_report("Clinic", True, [], {})
    assert "The data can be analysed." in page
    assert "Synthetic data." in page
    assert page.count("<p>None.</p>") == 3


def test_report_is_cut_and_says_so():
    many = [Problem("warning", "a.csv", "odd", "Look.", line=i) for i in range(1, 601)]
    page = render_report("Clinic", False, many, {})
    assert "Warning: 600" in page
    assert page.count("<td>odd</td>") == 5
    assert "and 595 more like these in problems.csv" in page


def test_counts_of_what_was_read(check, settings):
    assert counts_of(check(), settings) == {
        "Patients": 4,
        "Sessions": 12,
        "Sessions without alliance": 2,
        "Sessions without symptoms": 1,
        "Patients left out": 0,
    }


def test_counts_of_unreadable_files(tmp_path, settings, monkeypatch):
    monkeypatch.chdir(tmp_path)
    counts = counts_of(check_files("patients.csv", "sessions.csv", settings), settings)
    assert counts == {"Patients": 0, "Sessions": 0}


def test_good_files_are_admitted_whole(check):
    found = check()
    patients, sessions, flow = admit(found.patients, found.sessions, 3)
    assert flow["n"].tolist() == [4] * 5
    assert flow["excluded"].sum() == 0
    assert len(sessions) == 12
    assert "line" not in patients
    assert "line" not in sessions
    assert sessions["session"].dtype == "int64"


@pytest.fixture
def mixed():
    """Eight patients, six of them with one or two reasons to be left out."""
    patients = pd.DataFrame(
        [
            ("H", "T1", 1.0),
            ("G", "T1", 1.0),
            ("F", "T1", None),  # no sessions, no score: counted for the first
            ("E", "T1", 1.0),  # no sessions
            ("D", None, None),  # no score, no therapist: counted for the score
            ("C", None, 1.0),  # no therapist
            ("B", None, 1.0),  # no therapist, short: counted for the therapist
            ("A", "T2", 1.0),  # short
        ],
        columns=["patient_id", "therapist_id", "iip"],
    ).assign(line=range(2, 10))
    rows = [
        (patient, float(session))
        for patient, last in [("H", 3), ("G", 5), ("D", 3), ("C", 3), ("B", 2), ("A", 2)]
        for session in range(last, 0, -1)
        if (patient, session) not in {("G", 3), ("G", 4)}  # G has session 5 but fewer rows
    ]
    sessions = pd.DataFrame(rows, columns=["patient_id", "session"])
    return patients, sessions.assign(alliance=3.0, symptoms=10.0, line=range(2, len(rows) + 2))


def test_each_exclusion_is_counted_once_with_its_first_reason(mixed):
    patients, sessions, flow = admit(*mixed, 3)
    assert flow["step"].tolist() == [
        "in the patient file", "with sessions", "with baseline", "with therapist", "long enough",
    ]  # fmt: skip
    assert flow["n"].tolist() == [8, 6, 5, 3, 2]
    assert flow["excluded"].tolist() == [0, 2, 1, 2, 1]
    assert flow["reason"].tolist()[-1] == "fewer than 3 sessions"
    assert patients["patient_id"].tolist() == ["G", "H"]
    assert sessions["patient_id"].unique().tolist() == ["G", "H"]


def test_admitted_sessions_are_in_order(mixed):
    _, sessions, _ = admit(*mixed, 3)
    assert sessions["session"].tolist() == [1, 2, 5, 1, 2, 3]


def test_length_is_the_last_session_not_the_number_of_rows(mixed):
    patients, _, _ = admit(*mixed, 4)
    assert patients["patient_id"].tolist() == ["G"]


def test_admitted_tables_conform_to_the_schemas(check, instruments):
    found = check()
    patients, sessions, _ = admit(found.patients, found.sessions, 3)
    patients_schema(instruments).validate(patients)
    sessions_schema(instruments).validate(sessions.astype({"session": float}))


def test_data_dictionary_describes_every_column(instruments):
    for schema in (
        patients_schema(instruments),
        sessions_schema(instruments),
        events_schema(),
        patterns_schema(),
    ):
        table = described(schema)
        assert table["column"].tolist() == list(schema.columns)
        assert table["description"].str.len().min() > 3
    allowed = described(sessions_schema(instruments)).set_index("column")["allowed"]
    assert allowed["alliance"] == "0 to 5 (SAI, a range not checked against its publication)"


def test_notes_without_a_remedy_come_back_from_their_file(tmp_path):
    notes = [Problem("note", "p.csv", "2 rows were left out", "", why="")]
    file = tmp_path / "problems.csv"
    problem_table(notes).to_csv(file, index=False)
    assert read_problems(file) == notes
    assert "2 rows were left out" in render_report("X", False, read_problems(file), {})
