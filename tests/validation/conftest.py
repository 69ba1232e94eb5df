"""A good pair of raw files, to be broken in one place at a time."""

import pytest
from rupture_repair.config.steps.validation import ValidationSettings
from rupture_repair.validation.cohort_files import check_files
from small_clinic import PATIENTS, SESSIONS


@pytest.fixture
def settings(instruments):
    """The settings of validation of a small clinic."""
    content = {
        "title": "Small clinic",
        "synthetic": False,
        "reading": {},
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
    return ValidationSettings.model_validate(content)


def changed(settings, **other):
    """Return the settings with other values, plain as in a file."""
    return type(settings).model_validate(settings.model_dump(mode="json") | other)


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
        return check_files("patients.csv", "sessions.csv", changed(settings, **other))

    return checked
