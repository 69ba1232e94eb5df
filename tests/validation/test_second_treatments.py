"""Patients who come again: counted, named, and never mixed with others."""

import pandas as pd
import pytest
from rupture_repair.modelling.describe import cohort_table
from rupture_repair.validation.admission import admit
from rupture_repair.validation.schemas import patients_schema, sessions_schema

AGAIN = "P4,3,3,9,2024-04-15\n"
MORE = AGAIN + "P1,1,4,12,2025-03-01\nP1,2,3.5,11,2025-03-08\nP1,3,4,11,2025-03-15\n"
THIRD = MORE + "P1,1,4,12,2026-03-01\nP1,2,3.5,10,2026-03-08\n"


def admitted(found):
    return admit(found.patients, found.sessions, 2, found.changed_therapist)


def test_each_treatment_is_like_a_patient_of_its_own(check, instruments):
    found = check("sessions", (AGAIN, THIRD), sessions={"second_treatment": "each"})
    assert {p.severity for p in found.problems} == {"note"}
    patients, sessions, flow = admitted(found)
    patients_schema(instruments).validate(patients)
    sessions_schema(instruments).validate(sessions.astype({"session": float}))
    own = patients.set_index("patient_id")
    names = ["P1", "P1 (treatment 2)", "P1 (treatment 3)"]
    assert own.loc[names, "treatment"].tolist() == [1, 2, 3]
    assert own.loc[names, "iip"].tolist() == [1.5] * 3
    assert own.loc[names, "therapist_id"].tolist() == ["T1"] * 3
    numbers = sessions.groupby("patient_id")["session"].agg(list)
    assert [numbers[name] for name in names] == [[1, 2, 3], [1, 2, 3], [1, 2]]
    assert flow["n"].iloc[0] == 6


def test_short_further_treatments_are_left_out_and_counted(check):
    found = check("sessions", (AGAIN, THIRD), sessions={"second_treatment": "each"})
    patients, _, flow = admit(found.patients, found.sessions, 3, found.changed_therapist)
    assert "P1 (treatment 3)" not in set(patients["patient_id"])
    assert flow.set_index("step")["excluded"]["long enough"] == 1


def test_only_the_first_treatment(check):
    found = check("sessions", (AGAIN, THIRD), sessions={"second_treatment": "first"})
    assert len(found.patients) == 4
    assert found.sessions.groupby("patient_id")["session"].max()["P1"] == 3


def test_all_as_one_are_numbered_on(check):
    found = check("sessions", (AGAIN, THIRD), sessions={"second_treatment": "all"})
    own = found.sessions[found.sessions["patient_id"] == "P1"]
    assert own["session"].tolist() == list(range(1, 9))


def test_each_undecided_restart_is_one_problem_that_names_the_patient(check):
    found = check("sessions", (AGAIN, THIRD))
    assert [(p.severity, p.patient_id, p.line) for p in found.problems] == [
        ("blocking", "P1", 14), ("blocking", "P1", 17),
    ]  # fmt: skip
    for choice in ("first", "each", "all"):
        assert f"`{choice}`" in found.problems[0].remedy


def test_a_pause_is_a_setting(check):
    late = (AGAIN, AGAIN.replace("04-15", "08-15"))
    assert not any("as in a second" in p.message for p in check("sessions", late).problems)
    found = check("sessions", late, sessions={"pause_days": 90}).problems
    [warning] = [p for p in found if p.severity == "warning"]
    assert (warning.patient_id, warning.session) == ("P4", "3")
    assert (
        warning.message == "1 session follows after 129 days without any, as in a second treatment"
    )


def test_an_impossible_rating_of_a_treatment_that_is_left_out_is_named_all_the_same(check):
    wrong = (AGAIN, MORE.replace("P1,2,3.5,11", "P1,2,7,11"))
    found = check("sessions", wrong, sessions={"second_treatment": "first"})
    assert [p.message for p in found.problems if p.severity == "blocking"] == [
        "SAI is not a possible value"
    ]


def test_an_intake_rating_is_kept_apart(check):
    rows = (AGAIN, AGAIN + "P1,T0,,25,2023-12-01\nP2,0,2,,2024-01-01\n")
    found = check("sessions", rows, sessions={"intake": ["T0", "0"]})
    assert {p.severity for p in found.problems} == {"note"}
    patients, sessions, _ = admitted(found)
    assert sessions["session"].min() == 1
    assert len(sessions) == 12
    assert patients.set_index("patient_id")["intake_symptoms"].dropna().to_dict() == {"P1": 25}


def test_numbering_from_zero(check):
    text = (("P4,1,3", "P4,0,3"), ("P4,2,3", "P4,1,3"), ("P4,3,3", "P4,2,3"))
    found = check("sessions", *text, sessions={"numbers": "from_first"})
    assert found.problems == []
    own = found.sessions[found.sessions["patient_id"] == "P4"]
    assert own["session"].tolist() == [1, 2, 3]


@pytest.mark.parametrize(("rule", "n"), [("auto", 12), ("leave_out", 12), ("keep", 17)])
def test_planned_sessions_do_not_lengthen_a_treatment(check, rule, n):
    planned = "".join(f"P4,{s},,,\n" for s in range(4, 9))
    found = check("sessions", (AGAIN, AGAIN + planned), sessions={"unrated_end": rule})
    assert len(found.sessions) == n
    assert [p.severity for p in found.problems] == (["note"] if n == 12 else [])


def test_table_1_counts_further_treatments_and_distances(check):
    found = check("sessions", (AGAIN, MORE), sessions={"second_treatment": "each"})
    patients, sessions, _ = admitted(found)
    cycle = ["none", "repaired", "unrepaired", "none", "none"]
    patterns = pd.DataFrame({"patient_id": patients["patient_id"], "pattern": cycle})
    sessions = sessions.assign(symptoms_days=[-2.0, 1.0] + [0.0] * (len(sessions) - 2))
    table = cohort_table(patients, sessions, patterns).set_index(["variable", "statistic", "group"])
    assert table["value"]["further_treatments", "n", "all"] == 1
    assert table["value"]["symptoms_days", "max", "all"] == 2
