"""Clinics that lack something: raw files made from the tiny cohort's, and what a paper must say."""

from collections.abc import Callable
from pathlib import Path

import pandas as pd
import yaml

Tables = tuple[pd.DataFrame, pd.DataFrame]
Change = Callable[[pd.DataFrame, pd.DataFrame], Tables]


def one_therapist(patients, sessions):
    """Everybody is treated by the same person."""
    return patients.assign(TherapistID="T1"), sessions


def no_therapists(patients, sessions):
    """There is no column of therapists."""
    return patients.drop(columns="TherapistID"), sessions


def no_repairs(patients, sessions):
    """Alliance never rises: a drop stays."""
    falling = sessions.groupby("PatientID")["SAI"].cummin()
    return patients, sessions.assign(SAI=falling)


def twenty_patients(patients, sessions):
    """Every third patient."""
    few = patients.iloc[::3]
    return few, sessions[sessions["PatientID"].isin(few["PatientID"])]


def nothing_missing(patients, sessions):
    """Every session is rated."""
    filled = sessions.copy()
    for name in ("SAI", "CORE10"):
        filled[name] = filled.groupby("PatientID")[name].transform(lambda v: v.ffill().bfill())
    return patients, filled


def constant_iip(patients, sessions):
    """All have the same interpersonal problems."""
    return patients.assign(IIP32=1.5), sessions


def equal_lengths(patients, sessions):
    """Every treatment ends with the third session."""
    return patients, sessions[sessions["Session"].astype(int) <= 3]


def several(patients, sessions):
    """No therapists, no repairs, one interpersonal score, twenty patients."""
    for change in (no_therapists, no_repairs, constant_iip, twenty_patients):
        patients, sessions = change(patients, sessions)
    return patients, sessions


# change → what the paper says then
CASES: dict[Change, tuple[str, ...]] = {
    no_therapists: ("therapists were not recorded", "What could not be estimated"),
    one_therapist: ("there is only one therapist", "1 therapist"),
    no_repairs: ("no patient had a repaired pattern", "none was repaired"),
    twenty_patients: ("20 patients",),
    nothing_missing: ("alliance rating was missing in 0.0% of the",),
    constant_iip: (
        "all patients have the same score for interpersonal problems",
        "Model M2 could not be estimated",
    ),
    equal_lengths: ("all treatments have the same length",),
    several: (
        "therapists were not recorded",
        "no patient had a repaired pattern",
        "all patients have the same score for interpersonal problems",
        "none was repaired",
    ),
}


def deliver(folder: Path, change: Change, synthetic: Path) -> None:
    """Write the raw files of the cohort `tiny` after `change`; nothing is compared or planted."""
    before = [pd.read_csv(synthetic / f"{kind}.csv") for kind in ("patients", "sessions")]
    patients, sessions = change(*before)
    target = folder / "data/private/tiny"
    target.mkdir(parents=True, exist_ok=True)
    patients.to_csv(target / "patients.csv", index=False)
    sessions.to_csv(target / "sessions.csv", index=False)
    file = folder / "config/cohorts/tiny.yaml"
    content = yaml.safe_load(file.read_text(encoding="utf-8"))
    if "TherapistID" not in patients:
        content["columns"]["patients"]["therapist_id"] = None
    content |= {"synthetic": None, "published": None, "chance": {"replicates": 50}}
    file.write_text(yaml.safe_dump(content, sort_keys=False), encoding="utf-8")
