"""Problems in wide files, in items, and in who treats whom: named at their place."""

import pandas as pd
import pytest
import yaml
from rupture_repair.config.instruments import Instrument
from rupture_repair.config.steps.validation import ValidationSettings
from rupture_repair.validation.admission import admit
from rupture_repair.validation.cohort_files import check_files

WIDE = """\
ID,T,IIP,a_s1,a_s2,a_s03,c_s1,c_s2,c_s03
P1,T1,1.5,3,4,5,20,19,18
P2,T2,2.5,3,,,20,19,
"""
LONG = """\
ID,T,IIP,No,i1,i2,i3,i4,i5,i6,CORE
P1,T1,1.5,1,3,3,3,3,3,3,20
P1,T1,,2,4,4,4,4,4,,19
P1,T1,,3,5,5,5,5,5,5,18
P2,T2,2,1,1,1,1,1,1,1,20
P2,T2,2,2,1,2,1,2,1,2,20
P2,T2,2,3,,,,,,,20
P2,T2,2,4,0,0,0,0,0,0,20
"""
PATIENTS = {"patient_id": "ID", "therapist_id": "T", "iip": "IIP"}
WIDE_SESSIONS = {"patient_id": "ID", "alliance": "a_s{session}", "symptoms": "c_s{session}"}
ITEMS = {"items": ["i{item}"], "missing_share": 0.0}
LONG_SESSIONS = {"patient_id": "ID", "session": "No", "alliance": ITEMS, "symptoms": "CORE"}


@pytest.fixture
def check(tmp_path, instruments, monkeypatch):
    """A function that checks one file after replacing `old` by `new`."""
    monkeypatch.chdir(tmp_path)

    def checked(text, sessions, *changes, patients=PATIENTS, **inclusion):
        for old, new in changes:
            assert text.count(old) == 1, old
            text = text.replace(old, new)
        (tmp_path / "clinic.csv").write_text(text, encoding="utf-8")
        tools = {role: tool.model_dump(mode="json") for role, tool in instruments.items()}
        settings = {
            "title": "Clinic",
            "synthetic": False,
            "reading": {},
            "columns": {"patients": patients, "sessions": sessions},
            "missing_codes": ["", "99", "9"],
            "instruments": tools,
            "inclusion": {"min_sessions": 2} | inclusion,
        }
        return check_files("clinic.csv", "clinic.csv", ValidationSettings.model_validate(settings))

    return checked


def blocking(found):
    return [p for p in found.problems if p.severity == "blocking"]


def test_wide_cells_are_sessions_only_where_something_is(check):
    found = check(WIDE, WIDE_SESSIONS)
    assert blocking(found) == []
    assert found.sessions["session"].tolist() == [1, 2, 3, 1, 2]
    assert found.sessions["line"].tolist() == [2, 2, 2, 3, 3]


def test_wide_problems_name_their_column(check):
    found = check(WIDE, WIDE_SESSIONS, ("3,4,5,20", "3,7,8,x"))
    places = [(p.line, p.session, p.column, p.value, p.message) for p in blocking(found)]
    assert sorted(places) == [
        (2, "1", "c_s1", "x", "c_s1: not a number"),
        (2, "2", "a_s2", "7", "a_s2 is not a possible value"),
        (2, "3", "a_s3", "8", "a_s3 is not a possible value"),
    ]


def test_two_columns_of_one_session(check):
    [problem] = check(WIDE, WIDE_SESSIONS, ("a_s03", "a_s02")).problems
    assert problem.message == "`a_s2` and `a_s02` are both session 2"


def test_pattern_that_matches_no_column(check):
    found = check(WIDE, WIDE_SESSIONS | {"alliance": "sai{session}"})
    assert [p.message for p in blocking(found)] == ["there is no column `sai{session}`"]


def test_one_long_file_gives_each_patient_once(check):
    found = check(LONG, LONG_SESSIONS)
    assert blocking(found) == []
    assert found.patients["iip"].tolist() == [1.5, 2]
    assert found.patients["therapist_id"].tolist() == ["T1", "T2"]
    assert found.sessions["alliance"].tolist()[:1] == [3]
    assert found.sessions["alliance"].isna().tolist() == [
        False, True, False, False, False, True, False,
    ]  # fmt: skip
    warning = "1 SAI scores are missing: too many items are unanswered"
    assert warning in [p.message for p in found.problems]


def test_proration_is_noted(check):
    found = check(LONG, LONG_SESSIONS | {"alliance": ITEMS | {"missing_share": 0.2}})
    assert found.sessions["alliance"].tolist()[1] == 4
    assert "1 SAI scores were prorated over unanswered items" in [p.message for p in found.problems]


def test_items_of_which_a_part_counts_are_scored_from_the_file(
    check, instruments, root, monkeypatch
):
    """The relation scale of the BPSR-P: the mean of items 1, 7 and 9 of 22, from −3 to 3."""
    library = yaml.safe_load((root / "config/instruments.yaml").read_text(encoding="utf-8"))
    monkeypatch.setitem(instruments, "alliance", Instrument(**library["BPSR-P"]))
    head = "ID,T,IIP,No," + ",".join(f"i{n}" for n in range(1, 23)) + ",CORE"
    good = ["3"] * 22
    mixed = ["0"] * 22
    mixed[0], mixed[6], mixed[8], mixed[21] = "3", "1", "-1", "-3"
    rows = [f"P1,T1,1.5,{n},{','.join(row)},20" for n, row in enumerate((good, mixed), start=1)]
    found = check("\n".join([head, *rows, ""]), LONG_SESSIONS)
    assert blocking(found) == []
    assert found.sessions["alliance"].tolist() == [3, 1]


def test_answers_outside_the_items_range(check):
    found = check(LONG, LONG_SESSIONS, ("3,3,3,3,3,3", "3,3,6,3,3,x"))
    places = [(p.line, p.session, p.column, p.value, p.allowed) for p in blocking(found)]
    assert places == [
        (2, "1", "i3", "6", "0 to 5 (an item of SAI, a range not checked against its publication)"),
        (2, "1", "i6", "x", "0 to 5 (an item of SAI, a range not checked against its publication)"),
    ]


def test_item_column_absent(check):
    found = check(LONG, LONG_SESSIONS, ("i6", "i_6"))
    [problem] = blocking(found)
    assert problem.message == "there is no column `i6`"
    assert "did you mean" in problem.remedy


def test_contradicting_rows_of_a_patient_are_named(check):
    found = blocking(check(LONG, LONG_SESSIONS, ("P2,T2,2,2,", "P2,T2,2.5,2,")))
    assert [(p.line, p.patient_id, p.message) for p in found] == [
        (5, "P2", "ID occurs in several rows"),
        (6, "P2", "ID occurs in several rows"),
    ]


CHANGED = ("P2,T2,2,2,", "P2,T3,2,2,"), ("P2,T2,2,3,", "P2,T3,2,3,"), ("P2,T2,2,4,", "P2,T3,2,4,")


def test_therapist_change_is_named_with_its_choices(check):
    [problem] = blocking(check(LONG, LONG_SESSIONS, *CHANGED))
    assert (problem.patient_id, problem.line) == ("P2", 6)
    assert "(T2 from session 1, T3 from session 2)" in problem.message
    for choice in ("first", "last", "most", "exclude"):
        assert f"`{choice}`" in problem.remedy


@pytest.mark.parametrize(("choice", "who"), [("first", "T2"), ("last", "T3"), ("most", "T3")])
def test_therapist_who_counts(check, choice, who):
    found = check(LONG, LONG_SESSIONS, *CHANGED, therapist_change=choice)
    assert blocking(found) == []
    assert found.patients["therapist_id"].tolist() == ["T1", who]


def test_excluded_for_a_change_is_counted(check):
    found = check(LONG, LONG_SESSIONS, *CHANGED, therapist_change="exclude")
    patients, _, flow = admit(found.patients, found.sessions, 2, found.changed_therapist)
    assert patients["patient_id"].tolist() == ["P1"]
    counted = flow.set_index("step")["excluded"]
    assert counted["same therapist"] == 1
    assert counted.sum() == 1


def test_no_therapist_identifiers_is_a_warning_and_keeps_the_patients(check):
    found = check(LONG, LONG_SESSIONS, patients=PATIENTS | {"therapist_id": None})
    assert blocking(found) == []
    assert found.patients["therapist_id"].unique().tolist() == ["not recorded"]
    assert any("no column names the therapists" in p.message for p in found.problems)


def test_number_codes_never_hide_a_patient_or_a_session(check):
    found = check(LONG.replace("P2", "99"), LONG_SESSIONS, ("99,T2,2,4,", "99,T2,2,9,"))
    assert blocking(found) == []
    assert found.patients["patient_id"].tolist() == ["P1", "99"]
    assert found.sessions["session"].tolist()[-1] == 9


def test_two_sessions_on_one_day_are_refused(check):
    text = "ID,T,IIP,A,C,D\nP1,T,1,3,9,2024-01-01\nP1,T,1,3,9,2024-01-01\nP1,T,1,3,9,x\n"
    columns = {"patient_id": "ID", "alliance": "A", "symptoms": "C", "date": "D"}
    found = blocking(check(text, columns))
    assert [(p.line, p.message) for p in found] == [
        (4, "D: not a date"),
        (2, "this session occurs twice for the patient"),
        (3, "this session occurs twice for the patient"),
    ]


@pytest.mark.parametrize("name", ["i0{}", "q[SQ00{}]", "no {} of 6", "i{}"])
def test_numbers_of_items_may_have_zeros_before_them(check, name):
    heading = LONG.partition("\n")[0]
    renamed = ",".join(
        name.format(column[1:]) if column[:1] == "i" else column for column in heading.split(",")
    )
    pattern = name.replace("00{}", "{item}").replace("0{}", "{item}").replace("{}", "{item}")
    items = {"items": [pattern], "missing_share": 0.0}
    found = check(LONG, LONG_SESSIONS | {"alliance": items}, (heading, renamed))
    assert blocking(found) == []
    expected = check(LONG, LONG_SESSIONS).sessions["alliance"]
    assert found.sessions["alliance"].equals(expected)


def test_items_in_a_wide_file_may_have_blanks_in_their_names(check):
    items = [f"a {i} at s{{session}}" for i in range(1, 7)]
    columns = [name.replace("{session}", str(s)) for s in (1, 2, 3) for name in items]
    rows = [["P1", "T1", "1.5", *["3"] * 18, "20", "19", "18"]]
    heading = ["ID", "T", "IIP", *columns, "c_s1", "c_s2", "c_s3"]
    text = "\n".join(",".join(row) for row in [heading, *rows]) + "\n"
    found = check(text, WIDE_SESSIONS | {"alliance": {"items": items, "missing_share": 0.0}})
    assert blocking(found) == []
    assert found.sessions["alliance"].tolist() == [3.0, 3.0, 3.0]


def test_patients_and_sessions_on_two_sheets_of_one_workbook(tmp_path, instruments, monkeypatch):
    monkeypatch.chdir(tmp_path)
    people = pd.DataFrame({"ID": ["P1", "P2"], "T": ["T1", "T2"], "IIP": [1.5, 2.0]})
    rated = pd.DataFrame({"ID": ["P1"] * 3 + ["P2"] * 3, "No": [1, 2, 3] * 2, "A": 3, "C": 20})
    with pd.ExcelWriter("clinic.xlsx") as book:
        people.to_excel(book, sheet_name="Patienten", index=False)
        rated.to_excel(book, sheet_name="Sitzungen", index=False)
    columns = {"patient_id": "ID", "session": "No", "alliance": "A", "symptoms": "C"}
    settings = ValidationSettings.model_validate(
        {
            "title": "Clinic", "synthetic": False, "missing_codes": [""],
            "reading": {"patients": {"sheet": "Patienten"}, "sessions": {"sheet": "Sitzungen"}},
            "columns": {"patients": PATIENTS, "sessions": columns},
            "instruments": {r: tool.model_dump(mode="json") for r, tool in instruments.items()},
            "inclusion": {"min_sessions": 2},
        }
    )  # fmt: skip
    found = check_files("clinic.xlsx", "clinic.xlsx", settings)
    assert blocking(found) == []
    assert found.patients["therapist_id"].tolist() == ["T1", "T2"]
    assert len(found.sessions) == 6
