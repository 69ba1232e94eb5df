"""Every way to break a file that we know of: one problem per cause, in words, at its place."""

import pytest
from broken_cells import ALLIANCE, BROKEN
from rupture_repair.validation.cohort_files import check_files

CORRECT = "Correct the value, or leave the cell empty if the answer is unknown."


def test_good_files_have_no_problem(check):
    found = check()
    assert found.problems == []
    assert len(found.patients) == 4
    assert len(found.sessions) == 12


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
        ("rating with decimal comma", "Write the number with a decimal point"),
        ("rating a word", "add its content to `missing_codes`"),
        ("date that is a word", "leave the cell empty. It counts as missing."),
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
        f"allowed: {ALLIANCE}. {CORRECT}"
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


def test_two_empty_session_numbers_are_missing_not_duplicates(check):
    found = check("sessions", ("P1,1,3.5", "P1,,3.5"), ("P1,2,0", "P1,,0")).problems
    assert [(p.line, p.message) for p in found] == [
        (2, "Session is empty"), (3, "Session is empty"),
    ]  # fmt: skip


def test_patient_with_too_few_sessions_is_noted_in_the_patient_file(check):
    [problem] = check("sessions", ("P4,3,3,9,2024-04-15\n", "")).problems
    assert (problem.severity, problem.file, problem.line) == ("note", "patients.csv", 5)
    message = "fewer than 3 sessions; the patient is left out of the analysis"
    assert (problem.patient_id, problem.message) == ("P4", message)


def test_two_session_rows_without_pseudonym_are_missing_not_duplicates(check):
    found = check("sessions", ("P1,2,0", ",2,0"), ("P3,2,2.5", ",2,2.5")).problems
    assert [(p.line, p.message) for p in found] == [
        (3, "PatientID is empty"), (9, "PatientID is empty"),
    ]  # fmt: skip


def test_two_rows_without_pseudonym_are_missing_not_duplicates(check):
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
    warnings = [p.column for p in found if p.severity != "blocking"]
    assert warnings == ["Date"]  # the sessions have numbers: a date is an extra


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
