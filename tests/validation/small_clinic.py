"""A good pair of raw files and their cohort file, to be broken in one place at a time."""

from collections.abc import Callable
from dataclasses import dataclass, field

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
COHORT = """\
title: Clinic
files:
  patients: patients.csv
  sessions: sessions.csv
columns:
  patients:
    patient_id: PatientID
    therapist_id: TherapistID
    iip: IIP32
    age: Age
    gender: Gender
  sessions:
    patient_id: PatientID
    session: Session
    alliance: SAI
    symptoms: CORE10
    date: Date
missing_codes: ["", NA, NaN]
instruments:
  alliance: SAI
  symptoms: CORE-10
  iip: IIP-32
inclusion:
  min_sessions: 3
"""


@dataclass(frozen=True)
class Case:
    """One broken input.

    severity : blocking, warning or note; message : what must be said; changes : file, old and new
    text, old occurring once; files : files put in place of the good ones (text, bytes, a function
    that writes to a path, or None where the file is absent).
    """

    severity: str
    message: str
    changes: tuple[tuple[str, str, str], ...] = ()
    files: dict[str, str | bytes | Callable | None] = field(default_factory=dict)
