"""Symptoms that are rated apart from the sessions, in a file with dates of their own."""

import pytest
from rupture_repair.validation.admission import admit
from rupture_repair.validation.cohort_files import check_files
from small_clinic import PATIENTS, SESSIONS

COLUMNS = {"patient_id": "who", "date": "day", "symptoms": "core"}
# a day before each session of P1, on the day for P2, two days after for P3
RATINGS = """\
who,day,core
P1,2023-12-24,23
P1,31.12.2023 20:15,20
P1,2024-01-07T10:00:00+01:00,19
P1,2024-01-14,18
P1,2024-01-15,17
P2,2024-02-01,18
P2,2024-02-15,
P3,2024-03-05,12
P4,2024-04-17,9
"""


@pytest.fixture
def check_symptoms(tmp_path, settings, monkeypatch):
    """A function that checks the small clinic with its symptoms in a third file."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "patients.csv").write_text(PATIENTS, encoding="utf-8")
    (tmp_path / "sessions.csv").write_text(SESSIONS, encoding="utf-8")
    content_of_columns = settings.model_dump(mode="json")["columns"]
    content_of_columns["sessions"]["symptoms"] = None
    content_of_columns["symptoms"] = COLUMNS

    def checked(*changes, sessions=None, **other):
        text = RATINGS
        for old, new in changes:
            assert text.count(old) == 1, old
            text = text.replace(old, new)
        (tmp_path / "ratings.csv").write_text(text, encoding="utf-8")
        content = settings.model_dump(mode="json")
        content |= {"columns": content_of_columns, "sessions": sessions or {}} | other
        section = type(settings).model_validate(content)
        return check_files("patients.csv", "sessions.csv", section, "ratings.csv")

    return checked


def texts(found):
    return [(p.severity, p.message) for p in found.problems if p.file == "ratings.csv"]


def test_each_session_has_the_nearest_rating(check_symptoms):
    found = check_symptoms()
    own = found.sessions.set_index(["patient_id", "session"])
    assert own.loc["P1", "symptoms"].tolist() == [20, 19, 17]  # of two in the window, the nearer
    assert own.loc["P1", "symptoms_days"].tolist() == [-1, -1, 0]
    assert own.loc["P2", "symptoms"].dropna().tolist() == [18]
    assert own.loc["P3", "symptoms"].dropna().tolist() == [12]
    assert own.loc[("P3", 3), "symptoms_days"] == 2
    assert own.loc[("P4", 3), "symptoms"] == 9


def test_matches_and_their_distance_are_reported(check_symptoms):
    [(severity, message)] = texts(check_symptoms())
    assert severity == "note"
    assert message == (
        "6 of 12 sessions have a rating of core, at most 3 days before or after (median distance "
        "1 day, largest 2 days; 2 after the session); 1 sessions have no date; 2 ratings not "
        "used: 1 before the first session, 0 after the last, 1 between"
    )


def test_the_window_is_a_setting_and_few_matches_are_a_warning(check_symptoms):
    [(severity, message)] = texts(check_symptoms(sessions={"symptom_days": 0}))
    assert (severity, message[:24]) == ("warning", "2 of 12 sessions have a ")


def test_no_match_at_all_is_blocking(check_symptoms):
    found = check_symptoms(*[(f"\n{p},2024", f"\n{p},2019") for p in ("P3", "P4")],
                           *[(d, f"{d[:-4]}2019") for d in ("31.12.2023",)],
                           *[(d, f"2019{d[4:]}") for d in (
                               "2023-12-24", "2024-01-07", "2024-01-14", "2024-01-15",
                               "2024-02-01", "2024-02-15")])  # fmt: skip
    assert texts(found) == [("blocking", "no rating lies near a session (at most 3 days before or "
                            "after)")]  # fmt: skip


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (("01-15,17", "01-15,41"), "core is not a possible value"),
        (("01-15,17", "01-15,x"), "core: not a number"),
        (("P1,2024-01-15", "P1,2024-01-14"), "a second, other rating of the patient on 2024-01-14"),
        (("2024-03-05", ""), "day is empty"),
        (("2024-03-05", "soon"), "day: not a date"),
        (("who,", "person,"), "there is no column `who`"),
    ],
)
def test_each_problem_of_the_symptom_file_is_reported_once(check_symptoms, change, message):
    found = check_symptoms(change)
    blocking = [p for p in found.problems if p.severity == "blocking"]
    assert [(p.file, p.message) for p in blocking] == [("ratings.csv", message)]


def test_a_rating_given_twice_counts_once(check_symptoms):
    found = check_symptoms(("P1,2024-01-15,17", "P1,2024-01-14,18"))
    assert [p for p in found.problems if p.severity == "blocking"] == []


def test_ratings_of_unknown_patients_are_counted(check_symptoms):
    found = check_symptoms(("P3,2024", "P9,2024"))
    assert texts(found)[0] == (
        "warning", "1 rating of 1 patient who are not in the patient file: not used",
    )  # fmt: skip


def test_admitted_sessions_keep_the_distance(check_symptoms):
    found = check_symptoms()
    _, sessions, _ = admit(found.patients, found.sessions, 3, found.changed_therapist)
    assert sessions["symptoms_days"].abs().max() == 2


def test_two_ratings_without_a_date_are_each_named(check_symptoms):
    found = check_symptoms(("P3,2024-03-05,12\n", "P3,2024-03-05,12\nP3,,14\nP3,,15\n"))
    places = [(p.line, p.patient_id, p.message) for p in found.problems if p.severity == "blocking"]
    assert places == [(10, "P3", "day is empty"), (11, "P3", "day is empty")]
