"""A good pair of raw files, to be broken in one place at a time."""

import pytest
from rupture_repair.validation.cohort_files import check_files

PATIENTS = """\
PatientID,TherapistID,IIP32,Age,Gender
P1,T1,1.5,30,f
P2,T1,0.25,41.5,m
P3,T2,4,,
P4,T2,0,18,m
"""
SESSIONS = """\
PatientID,Session,SAI,CORE10,Date
P1,1,3.5,20,2024-01-01
P1,2,0,0,2024-01-08
P1,3,5,40,2024-01-15
P2,1,4.17,18,2024-02-01
P2,2,,,
P2,3,NA,17,2024-02-15
P3,1,2,11,2024-03-01
P3,2,2.5,12,2024-03-02
P3,3,3,13,2024-03-03
P4,1,3,9,2024-04-01
P4,2,3,9,2024-04-08
P4,3,3,9,2024-04-15
"""


@pytest.fixture
def settings(instruments):
    """The section `validation` of a small clinic."""
    return {
        "columns": {
            "patients": {
                "patient_id": "PatientID",
                "therapist_id": "TherapistID",
                "iip": "IIP32",
                "age": "Age",
                "gender": "Gender",
                "diagnosis": None,
                "orientation": None,
            },
            "sessions": {
                "patient_id": "PatientID",
                "session": "Session",
                "alliance": "SAI",
                "symptoms": "CORE10",
                "date": "Date",
            },
        },
        "missing_codes": ["", "NA", "NaN"],
        "instruments": {role: tool.model_dump(mode="json") for role, tool in instruments.items()},
        "inclusion": {"min_sessions": 3},
    }


@pytest.fixture
def check(tmp_path, settings, monkeypatch):
    """A function that checks the good files after replacing `old` by `new` in one of them."""
    monkeypatch.chdir(tmp_path)

    def checked(kind=None, *changes, **other):
        content = {"patients": PATIENTS, "sessions": SESSIONS}
        for old, new in changes:
            assert content[kind].count(old) == 1, old
            content[kind] = content[kind].replace(old, new)
        for name, text in content.items():
            (tmp_path / f"{name}.csv").write_text(text, encoding="utf-8")
        return check_files("patients.csv", "sessions.csv", settings | other)

    return checked
