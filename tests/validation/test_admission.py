"""Who is left out for a covariate or for the therapist's caseload, and how it is counted."""

import pandas as pd
import pytest
from rupture_repair.validation.admission import admit


@pytest.fixture
def delivered():
    """Ten patients: five of T1, three of T2, two of T3; three sessions each but for one of T2."""
    patients = pd.DataFrame(
        {
            "patient_id": [f"P{n}" for n in range(10)],
            "therapist_id": ["T1"] * 5 + ["T2"] * 3 + ["T3"] * 2,
            "iip": 1.0,
            "age": [None, *range(31, 40)],
            "line": range(2, 12),
        }
    )
    rows = [(name, n) for name in patients["patient_id"] for n in (1, 2, 3)]
    sessions = pd.DataFrame(rows, columns=["patient_id", "session"]).assign(line=0)
    return patients, sessions[~((sessions["patient_id"] == "P5") & (sessions["session"] > 1))]


def test_caseloads_are_those_after_all_other_rules(delivered):
    patients, _, flow = admit(*delivered, 3, min_patients_per_therapist=3)
    assert patients["therapist_id"].tolist() == ["T1"] * 5
    last = flow.iloc[-1]
    assert last["reason"] == "therapist with fewer than 3 patients"
    assert (last["n"], last["excluded"]) == (5, 4)
    assert len(delivered[0]) - flow["excluded"].sum() == len(patients)


def test_a_covariate_that_is_not_recorded(delivered):
    patients, _, flow = admit(*delivered, 3, covariates=["age"], min_patients_per_therapist=5)
    assert patients.empty  # T1 has four with a known age
    reasons = flow.set_index("reason")["excluded"]
    assert reasons["no age recorded"] == 1
    assert reasons["therapist with fewer than 5 patients"] == 8


def test_nothing_changes_by_default(delivered):
    patients, _, flow = admit(*delivered, 3)
    assert len(patients) == 9
    assert flow["step"].tolist() == [
        "in the patient file", "with sessions", "with baseline", "with therapist", "long enough",
    ]  # fmt: skip
