"""Pseudonyms that a program may take for a number, a date or nothing stay what they are."""

import json
import re

import pandas as pd
import pytest
from incomplete_clinics import deliver

pytestmark = pytest.mark.long

PATIENTS = [
    "nan", "NaN", "NA", "N/A", "None", "null", "<NA>", "NaT", "-", ".", "inf", "1e5", "100000",
    "007", "7", "12,3", "1.0", "01", "0", "TRUE", "2024-01-05", "12345678901234567890",
]  # fmt: skip
THERAPISTS = ["1e5", "007", "12,3", "inf", "TRUE", "None 1", "nan2", "0"]
PRIVATE = ("data/patients", "data/sessions", "ruptures/patterns")


def named(before, odd):
    """Give the first names odd ones."""
    first = list(dict.fromkeys(before))
    return dict(zip(first, [*odd, *first[len(odd) :]], strict=True))


def oddly(patients, sessions):
    """The same people with other names."""
    names = named(patients["PatientID"], PATIENTS)
    whose = named(patients["TherapistID"], THERAPISTS)
    patients = patients.assign(
        PatientID=patients["PatientID"].map(names), TherapistID=patients["TherapistID"].map(whose)
    )
    return patients, sessions.assign(PatientID=sessions["PatientID"].map(names))


@pytest.fixture(scope="module")
def clinic(fresh, built, tmp_path_factory):
    """The whole run of the clinic under odd names."""
    project = fresh.copy(tmp_path_factory.mktemp("odd") / "project")
    deliver(project.folder, oddly, built.results / "synthetic")
    done = project.snakemake("--quiet", "host", "reason", "rules")
    assert done.returncode == 0, done.stdout
    assert "Traceback" not in done.stdout
    return project


@pytest.fixture(scope="module")
def names(built):
    """Plain → odd pseudonym of every patient."""
    raw = pd.read_csv(built.results / "synthetic/patients.csv", dtype=str)
    return named(raw["PatientID"], PATIENTS)


@pytest.mark.parametrize("table", PRIVATE)
def test_private_tables_are_those_of_plain_names(clinic, built, names, table):
    usual = pd.read_parquet(built.results / f"{table}.parquet")
    odd = pd.read_parquet(clinic.results / f"{table}.parquet")
    assert set(PATIENTS) <= set(odd["patient_id"])
    keys = [key for key in ("patient_id", "session") if key in odd]
    same = [column for column in odd if column in usual and column != "therapist_id"]
    expected = usual.assign(patient_id=usual["patient_id"].map(names))[same]
    pd.testing.assert_frame_equal(
        odd[same].sort_values(keys, ignore_index=True),
        expected.sort_values(keys, ignore_index=True),
        check_dtype=False,
    )


def test_therapists_keep_their_names(clinic, built):
    raw = pd.read_csv(built.results / "synthetic/patients.csv", dtype=str)
    odd = pd.read_parquet(clinic.results / "data/patients.parquet")
    expected = raw["TherapistID"].map(named(raw["TherapistID"], THERAPISTS))
    assert odd["therapist_id"].value_counts().to_dict() == expected.value_counts().to_dict()


def test_the_paper_and_the_audit_page_are_made(clinic, built):
    assert (clinic.results / "manuscript/manuscript.html").stat().st_size > 10_000
    counts = [
        pd.read_parquet(project.results / "ruptures/patterns.parquet")["pattern"].value_counts()
        for project in (clinic, built)
    ]
    assert counts[0].to_dict() == counts[1].to_dict()
    page = (clinic.results / "ruptures/audit.html").read_text(encoding="utf-8")
    shown = {json.loads(text) for text in re.findall(r'"id":("(?:[^"\\]|\\.)*")', page)}
    events = pd.read_parquet(clinic.results / "ruptures/events.parquet")
    assert set(events["patient_id"]) <= shown
    assert len(shown & set(PATIENTS)) > len(PATIENTS) / 4
