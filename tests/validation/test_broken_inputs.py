"""Every way to break a file that we know of: one problem per cause, in words, at its place."""

import pytest
from rupture_repair.validation.cohort_files import check_files

CORRECT = "Correct the value, or leave the cell empty if the answer is unknown."


def test_good_files_have_no_problem(check):
    found = check()
    assert found.problems == []
    assert len(found.patients) == 4
    assert len(found.sessions) == 12


# kind, what is replaced by what, and of the one problem: severity, line, patient, session,
# column, message, value, allowed
BROKEN = {
    "rating too high": (
        "sessions", ("P1,1,3.5,", "P1,1,6,"),
        ("blocking", 2, "P1", "1", "SAI", "SAI is not a possible value", "6", "0 to 5 (SAI)"),
    ),
    "rating too low": (
        "sessions", ("P3,2,2.5,", "P3,2,-0.5,"),
        ("blocking", 9, "P3", "2", "SAI", "SAI is not a possible value", "-0.5", "0 to 5 (SAI)"),
    ),
    "symptoms too high": (
        "sessions", ("P1,3,5,40", "P1,3,5,41"),
        ("blocking", 4, "P1", "3", "CORE10", "CORE10 is not a possible value", "41",
         "0 to 40 (CORE-10)"),
    ),
    "symptoms a missing code that was not declared": (
        "sessions", ("P2,1,4.17,18", "P2,1,4.17,-99"),
        ("blocking", 5, "P2", "1", "CORE10", "CORE10 is not a possible value", "-99",
         "0 to 40 (CORE-10)"),
    ),
    "rating a word": (
        "sessions", ("P1,2,0,0", "P1,2,good,0"),
        ("blocking", 3, "P1", "2", "SAI", "SAI: not a number", "good", "a number"),
    ),
    "rating with decimal comma": (
        "sessions", ("P1,1,3.5,", 'P1,1,"3,5",'),
        ("blocking", 2, "P1", "1", "SAI", "SAI: not a number", "3,5", "a number"),
    ),
    "rating infinite": (
        "sessions", ("P1,1,3.5,", "P1,1,inf,"),
        ("blocking", 2, "P1", "1", "SAI", "SAI: not a number", "inf", "a number"),
    ),
    "rating with unit": (
        "sessions", ("P1,3,5,40", "P1,3,5,40 points"),
        ("blocking", 4, "P1", "3", "CORE10", "CORE10: not a number", "40 points", "a number"),
    ),
    "session zero": (
        "sessions", ("P1,1,3.5", "P1,0,3.5"),
        ("blocking", 2, "P1", "0", "Session", "Session is not a possible value", "0", "1 or more"),
    ),
    "session negative": (
        "sessions", ("P1,1,3.5", "P1,-1,3.5"),
        ("blocking", 2, "P1", "-1", "Session", "Session is not a possible value", "-1",
         "1 or more"),
    ),
    "session a fraction": (
        "sessions", ("P1,2,0", "P1,2.5,0"),
        ("blocking", 3, "P1", "2.5", "Session", "Session is not a possible value", "2.5",
         "a whole number: 1, 2, …"),
    ),
    "session a date": (
        "sessions", ("P1,2,0", "P1,20240108,0"),
        ("blocking", 3, "P1", "20240108", "Session", "Session is not a possible value", "20240108",
         "2000 or less"),
    ),
    "session a word": (
        "sessions", ("P1,2,0", "P1,second,0"),
        ("blocking", 3, "P1", "second", "Session", "Session: not a number", "second", "a number"),
    ),
    "session empty": (
        "sessions", ("P1,2,0", "P1,,0"),
        ("blocking", 3, "P1", None, "Session", "Session is empty", None, None),
    ),
    "session row without patient": (
        "sessions", ("P1,2,0", ",2,0"),
        ("blocking", 3, None, "2", "PatientID", "PatientID is empty", None, None),
    ),
    "date as in a spreadsheet": (
        "sessions", ("2024-01-08", "08.01.2024"),
        ("blocking", 3, "P1", "2", "Date", "Date: not a date", "08.01.2024", "a date"),
    ),
    "date impossible": (
        "sessions", ("2024-02-15", "2024-02-30"),
        ("blocking", 7, "P2", "3", "Date", "Date: not a date", "2024-02-30", "a date"),
    ),
    "dates run back": (
        "sessions", ("2024-01-15", "2023-01-15"),
        ("warning", 4, "P1", "3", None, "the date lies before that of the session before", None,
         None),
    ),
    "sessions of an unknown patient": (
        "sessions", ("P4,3,3,9,2024-04-15\n", "P4,3,3,9,2024-04-15\nP9,1,3,9,\nP9,2,3,9,\n"),
        ("blocking", 14, "P9", None, None,
         "2 sessions of a patient who is not in patients.csv", None, None),
    ),
    "column of the session file absent": (
        "sessions", ("Session,SAI", "Session,SAI_total"),
        ("blocking", 1, None, None, "SAI", "there is no column `SAI`", None, None),
    ),
    "column of the patient file absent": (
        "patients", ("IIP32", "IIP_32"),
        ("blocking", 1, None, None, "IIP32", "there is no column `IIP32`", None, None),
    ),
    "optional column named and absent": (
        "patients", (",Age,", ",Alter,"),
        ("blocking", 1, None, None, "Age", "there is no column `Age`", None, None),
    ),
    "interpersonal problems too high": (
        "patients", ("P1,T1,1.5", "P1,T1,15"),
        ("blocking", 2, "P1", None, "IIP32", "IIP32 is not a possible value", "15",
         "0 to 4 (IIP-32)"),
    ),
    "interpersonal problems a word": (
        "patients", ("P1,T1,1.5", "P1,T1,high"),
        ("blocking", 2, "P1", None, "IIP32", "IIP32: not a number", "high", "a number"),
    ),
    "interpersonal problems empty": (
        "patients", ("P1,T1,1.5", "P1,T1,"),
        ("warning", 2, "P1", None, None, "IIP32 is empty; the patient is left out of the analysis",
         None, None),
    ),
    "therapist empty": (
        "patients", ("P3,T2,4", "P3,,4"),
        ("warning", 4, "P3", None, None,
         "TherapistID is empty; the patient is left out of the analysis", None, None),
    ),
    "age impossible": (
        "patients", ("1.5,30", "1.5,300"),
        ("blocking", 2, "P1", None, "Age", "Age is not a possible value", "300",
         "a number from 0 to 120"),
    ),
    "patient row without pseudonym": (
        "patients", ("P4,T2,0,18,m\n", "P4,T2,0,18,m\n,T2,1,20,f\n"),
        ("blocking", 6, None, None, "PatientID", "PatientID is empty", None, None),
    ),
    "patient without sessions": (
        "patients", ("P4,T2,0,18,m\n", "P4,T2,0,18,m\nP5,T2,1,20,f\n"),
        ("warning", 6, "P5", None, None,
         "no sessions for this patient; the patient is left out of the analysis", None, None),
    ),
    "score between the steps": (
        "sessions", ("P1,1,3.5,20", "P1,1,3.6,20"),
        ("note", None, None, None, "SAI", "1 values of SAI lie between the SAI's steps", None,
         None),
    ),
    "row with a stray comma": (
        "sessions", ("P1,2,0,0", "P1,2,0,0,,"),
        ("blocking", 3, None, None, None, "the row has 7 cells, the heading 5", None, None),
    ),
    "column name twice": (
        "patients", ("TherapistID,IIP32", "IIP32,IIP32"),
        ("blocking", 1, None, None, None, "column name(s) given twice: IIP32", None, None),
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", BROKEN)
def test_one_cause_is_one_problem(check, name):
    kind, change, expected = BROKEN[name]
    found = check(kind, change).problems
    assert len(found) == 1, [str(problem) for problem in found]
    problem = found[0]
    assert problem.file == f"{kind}.csv"
    assert problem.remedy
    places = (problem.line, problem.patient_id, problem.session, problem.column)
    assert (problem.severity, *places) == expected[:5]
    assert (problem.message, problem.value, problem.allowed) == expected[5:]


@pytest.mark.parametrize(
    ("name", "remedy"),
    [
        ("rating too high", CORRECT),
        ("rating with decimal comma", "Write the number with a decimal point."),
        ("rating a word", "add its content to `missing_codes`"),
        ("date as in a spreadsheet", "Write dates as YYYY-MM-DD."),
        ("column of the session file absent", "known: CORE10, Date, PatientID, SAI_total, Session"),
        ("column of the patient file absent", "did you mean `IIP_32`?"),
        ("column of the patient file absent", "“Interpersonal problems at the start of therapy"),
        ("sessions of an unknown patient", "Add the patient to patients.csv"),
        ("row with a stray comma", "stray comma"),
    ],
)
def test_remedy(check, name, remedy):
    kind, change, _ = BROKEN[name]
    assert remedy in check(kind, change).problems[0].remedy


def test_a_problem_reads_as_a_sentence(check):
    text = str(check(*BROKEN["rating too high"][:2]).problems[0])
    assert text == (
        "sessions.csv, line 2, patient P1, session 1: SAI is not a possible value (found `6`); "
        f"allowed: 0 to 5 (SAI). {CORRECT}"
    )


def test_session_given_twice_names_both_rows(check):
    found = check("sessions", ("P1,2,0,0", "P1,1,0,0")).problems
    assert [(p.line, p.patient_id, p.session, p.message) for p in found] == [
        (2, "P1", "1", "this session occurs twice for the patient"),
        (3, "P1", "1", "this session occurs twice for the patient"),
    ]


def test_patient_given_twice_names_both_rows(check):
    found = check("patients", ("P2,T1", "P1,T1")).problems
    assert [(p.line, p.value, p.message) for p in found] == [
        (2, "P1", "PatientID occurs in several rows"),
        (3, "P1", "PatientID occurs in several rows"),
        (5, None, "3 sessions of a patient who is not in patients.csv"),  # P2, now unknown
    ]


def test_two_empty_session_numbers_are_empty_not_twice(check):
    found = check("sessions", ("P1,1,3.5", "P1,,3.5"), ("P1,2,0", "P1,,0")).problems
    assert [(p.line, p.message) for p in found] == [
        (2, "Session is empty"), (3, "Session is empty"),
    ]  # fmt: skip


def test_patient_with_too_few_sessions_is_noted_in_the_patient_file(check):
    [problem] = check("sessions", ("P4,3,3,9,2024-04-15\n", "")).problems
    assert (problem.severity, problem.file, problem.line) == ("note", "patients.csv", 5)
    message = "fewer than 3 sessions; the patient is left out of the analysis"
    assert (problem.patient_id, problem.message) == ("P4", message)


def test_two_session_rows_without_pseudonym_are_empty_not_twice(check):
    found = check("sessions", ("P1,2,0", ",2,0"), ("P3,2,2.5", ",2,2.5")).problems
    assert [(p.line, p.message) for p in found] == [
        (3, "PatientID is empty"), (9, "PatientID is empty"),
    ]  # fmt: skip


def test_two_rows_without_pseudonym_are_empty_not_twice(check):
    found = check("patients", ("P1,T1", ",T1"), ("P2,T1", ",T1")).problems
    mine = [p for p in found if p.file == "patients.csv"]
    assert [(p.line, p.message) for p in mine] == [
        (2, "PatientID is empty"), (3, "PatientID is empty"),
    ]  # fmt: skip


def test_two_causes_in_one_row_are_two_problems(check):
    found = check("sessions", ("P1,1,3.5,20", "P1,1,9,99")).problems
    assert sorted(p.column for p in found) == ["CORE10", "SAI"]
    assert {p.line for p in found} == {2}


def test_all_problems_of_both_files_at_once(tmp_path, check, settings):
    check()
    (tmp_path / "patients.csv").write_text(
        "PatientID,TherapistID,IIP32,Age,Gender\nP1,T1,9,x,f\nP1,T1,1,30,f\n"
    )
    (tmp_path / "sessions.csv").write_text(
        "PatientID,Session,SAI,CORE10,Date\nP1,0,9,x,never\n\nP1,1,,,\n"
    )
    found = check_files("patients.csv", "sessions.csv", settings).problems
    places = sorted((p.file, p.line, p.column) for p in found)
    assert places == [
        ("patients.csv", 2, "Age"),
        ("patients.csv", 2, "IIP32"),
        ("patients.csv", 2, "PatientID"),
        ("patients.csv", 3, "PatientID"),
        ("sessions.csv", 2, "CORE10"),
        ("sessions.csv", 2, "Date"),
        ("sessions.csv", 2, "SAI"),
        ("sessions.csv", 2, "Session"),
    ]
    assert {p.severity for p in found} == {"blocking"}


def test_lines_are_those_of_the_file(check):
    """With blank lines before, and in a file that is not sorted."""
    found = check("sessions", ("P1,1,3.5,20", "\n\nP4,4,3,9,\nP1,1,7,20")).problems
    assert [(p.line, p.value) for p in found] == [(5, "7")]


@pytest.mark.parametrize("kind", ["patients", "sessions"])
def test_file_without_rows(check, kind, tmp_path, settings):
    check()
    file = tmp_path / f"{kind}.csv"
    file.write_text(file.read_text().splitlines()[0] + "\n")
    found = check_files("patients.csv", "sessions.csv", settings).problems
    assert [(p.severity, p.file, p.message) for p in found] == [
        ("blocking", f"{kind}.csv", "the table has no rows")
    ]


def test_both_files_unreadable_are_two_problems(tmp_path, settings, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "sessions.csv").write_bytes("Größe\n".encode("utf-16"))
    found = check_files("patients.csv", "sessions.csv", settings)
    assert [p.message for p in found.problems] == [
        "the file does not exist", "the file is not UTF-8 text",
    ]  # fmt: skip
    assert found.patients.empty


def test_nobody_left_to_analyse_is_blocking(check):
    found = check(inclusion={"min_sessions": 4}).problems
    assert [p.severity for p in found] == ["note"] * 4 + ["blocking"]
    assert found[-1].message == "every patient is left out of the analysis"


def test_missing_codes_are_missing_and_no_problem(check):
    found = check("sessions", ("P1,1,3.5,20", "P1,1,-99,20"), missing_codes=["", "NA", "-99"])
    assert found.problems == []
    assert found.sessions["alliance"].isna().sum() == 3


def test_an_optional_column_may_be_empty(check):
    assert check("patients", ("1.5,30,f", "1.5,,")).problems == []


def test_prorated_scores_are_counted_once(check):
    found = check("sessions", ("P1,1,3.5", "P1,1,3.6"), ("P3,2,2.5", "P3,2,2.4")).problems
    assert [p.message for p in found] == ["2 values of SAI lie between the SAI's steps"]


def test_two_decimals_of_a_mean_are_on_the_grid(check):
    # 25 / 6 = 4.1667, exported as 4.17
    assert check("sessions", ("P1,1,3.5", "P1,1,4.17")).problems == []
