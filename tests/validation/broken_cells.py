"""Broken cells and rows of the small clinic: one problem per cause, in words, at its place."""

from small_clinic import Case

ALLIANCE = "0 to 5 (SAI, a range not checked against its publication)"
# kind, what is replaced by what, and of the one problem: severity, line, patient, session,
# column, message, value, allowed
BROKEN = {
    "rating too high": (
        "sessions", ("P1,1,3.5,", "P1,1,6,"),
        ("blocking", 2, "P1", "1", "SAI", "SAI is not a possible value", "6", ALLIANCE),
    ),
    "rating too low": (
        "sessions", ("P3,2,2.5,", "P3,2,-0.5,"),
        ("blocking", 9, "P3", "2", "SAI", "SAI is not a possible value", "-0.5", ALLIANCE),
    ),
    "symptoms too high": (
        "sessions", ("P1,3,5,40", "P1,3,5,41"),
        ("blocking", 4, "P1", "3", "CORE10", "CORE10 is not a possible value", "41",
         "0 to 40 (CORE-10)"),
    ),
    "symptoms a missing code that was not declared": (
        "sessions", ("P2,1,4.17,18", "P2,1,4.17,-99"),
        ("blocking", 5, "P2", "1", "CORE10", "CORE10 is not a possible value", "-99",
         "0 to 40 (CORE-10)"),
    ),
    "rating a word": (
        "sessions", ("P1,2,0,0", "P1,2,good,0"),
        ("blocking", 3, "P1", "2", "SAI", "SAI: not a number", "good", "a number"),
    ),
    "rating with decimal comma": (
        "sessions", ("P1,1,3.5,", 'P1,1,"3,5",'),
        ("blocking", 2, "P1", "1", "SAI", "SAI: not a number", "3,5", "a number"),
    ),
    "rating infinite": (
        "sessions", ("P1,1,3.5,", "P1,1,inf,"),
        ("blocking", 2, "P1", "1", "SAI", "SAI: not a number", "inf", "a number"),
    ),
    "rating with unit": (
        "sessions", ("P1,3,5,40", "P1,3,5,40 points"),
        ("blocking", 4, "P1", "3", "CORE10", "CORE10: not a number", "40 points", "a number"),
    ),
    "session zero": (
        "sessions", ("P1,1,3.5", "P1,0,3.5"),
        ("blocking", 2, "P1", None, "Session",
         "`Session` holds 1 row of session `0`, which is no session number", None, None),
    ),
    "session negative": (
        "sessions", ("P1,1,3.5", "P1,-1,3.5"),
        ("blocking", 2, "P1", "-1", "Session", "Session is not a possible value", "-1",
         "1 or more"),
    ),
    "session a fraction": (
        "sessions", ("P1,2,0", "P1,2.5,0"),
        ("blocking", 3, "P1", "2.5", "Session", "Session is not a possible value", "2.5",
         "a whole number: 1, 2, …"),
    ),
    "session a date": (
        "sessions", ("P1,2,0", "P1,20240108,0"),
        ("blocking", 3, "P1", "20240108", "Session", "Session is not a possible value", "20240108",
         "2000 or less"),
    ),
    "session a word": (
        "sessions", ("P1,2,0", "P1,second,0"),
        ("blocking", 3, "P1", "second", "Session", "Session: not a number", "second", "a number"),
    ),
    "session empty": (
        "sessions", ("P1,2,0", "P1,,0"),
        ("blocking", 3, "P1", None, "Session", "Session is empty", None, None),
    ),
    "session row without patient": (
        "sessions", ("P1,2,0", ",2,0"),
        ("blocking", 3, None, "2", "PatientID", "PatientID is empty", None, None),
    ),
    "date that is a word": (
        "sessions", ("2024-01-08", "second Monday"),
        ("warning", 3, "P1", "2", "Date", "Date: not a date", "second Monday", "a date"),
    ),
    "date impossible": (
        "sessions", ("2024-02-15", "2024-02-30"),
        ("warning", 7, "P2", "3", "Date", "Date: not a date", "2024-02-30", "a date"),
    ),
    "dates run back": (
        "sessions", ("2024-01-15", "2023-01-15"),
        ("warning", 4, "P1", "3", None, "the date lies before that of the session before", None,
         None),
    ),
    "sessions of an unknown patient": (
        "sessions", ("P4,3,3,9,2024-04-15\n", "P4,3,3,9,2024-04-15\nP9,1,3,9,\nP9,2,3,9,\n"),
        ("blocking", 14, "P9", None, None,
         "2 sessions of a patient who is not in patients.csv", None, None),
    ),
    "column of the session file absent": (
        "sessions", ("Session,SAI", "Session,SAI_total"),
        ("blocking", 1, None, None, "SAI", "there is no column `SAI`", None, None),
    ),
    "column of the patient file absent": (
        "patients", ("IIP32", "IIP_32"),
        ("blocking", 1, None, None, "IIP32", "there is no column `IIP32`", None, None),
    ),
    "optional column named and absent": (
        "patients", (",Age,", ",Alter,"),
        ("blocking", 1, None, None, "Age", "there is no column `Age`", None, None),
    ),
    "interpersonal problems too high": (
        "patients", ("P1,T1,1.5", "P1,T1,15"),
        ("blocking", 2, "P1", None, "IIP32", "IIP32 is not a possible value", "15",
         "0 to 4 (IIP-32)"),
    ),
    "interpersonal problems a word": (
        "patients", ("P1,T1,1.5", "P1,T1,high"),
        ("blocking", 2, "P1", None, "IIP32", "IIP32: not a number", "high", "a number"),
    ),
    "interpersonal problems empty": (
        "patients", ("P1,T1,1.5", "P1,T1,"),
        ("warning", 2, "P1", None, None, "IIP32 is empty; the patient is left out of the analysis",
         None, None),
    ),
    "therapist empty": (
        "patients", ("P3,T2,4", "P3,,4"),
        ("warning", 4, "P3", None, None,
         "TherapistID is empty; the patient is left out of the analysis", None, None),
    ),
    "age impossible": (
        "patients", ("1.5,30", "1.5,300"),
        ("blocking", 2, "P1", None, "Age", "Age is not a possible value", "300",
         "a number from 0 to 120"),
    ),
    "patient row without pseudonym": (
        "patients", ("P4,T2,0,18,m\n", "P4,T2,0,18,m\n,T2,1,20,f\n"),
        ("blocking", 6, None, None, "PatientID", "PatientID is empty", None, None),
    ),
    "patient without sessions": (
        "patients", ("P4,T2,0,18,m\n", "P4,T2,0,18,m\nP5,T2,1,20,f\n"),
        ("warning", 6, "P5", None, None,
         "no sessions for this patient; the patient is left out of the analysis", None, None),
    ),
    "score between the steps": (
        "sessions", ("P1,1,3.5,20", "P1,1,3.6,20"),
        ("note", None, None, None, "SAI", "1 values of SAI lie between the SAI's steps", None,
         None),
    ),
    "row with a stray comma": (
        "sessions", ("P1,2,0,0", "P1,2,0,0,,"),
        ("blocking", 3, None, None, None, "the row has 7 cells, the heading 5", None, None),
    ),
    "column name twice": (
        "patients", ("TherapistID,IIP32", "IIP32,IIP32"),
        ("blocking", 1, None, None, None, "column name(s) given twice: IIP32", None, None),
    ),
}  # fmt: skip

CELLS = {
    name: Case(expected[0], expected[5], ((f"{kind}.csv", *change),))
    for name, (kind, change, expected) in BROKEN.items()
} | {
    "session given twice": Case(
        "blocking", "this session occurs twice for the patient",
        (("sessions.csv", "P1,2,0,0", "P1,1,0,0"),),
    ),
    "patient given twice": Case(
        "blocking", "PatientID occurs in several rows",
        (("patients.csv", "P2,T1", "P1,T1"),),
    ),
    "patient with two sessions": Case(
        "note", "fewer than 3 sessions; the patient is left out",
        (("sessions.csv", "P4,3,3,9,2024-04-15\n", ""),),
    ),
    "two sessions on one day": Case(
        "warning", "the date is that of the session before",
        (("sessions.csv", "2024-01-08", "2024-01-01"),),
    ),
    "session number skipped": Case(
        "note", "session number skips one or more sessions, 1 time",
        (("sessions.csv", "P1,3,5,40", "P1,4,5,40"),),
    ),
    "pause of half a year": Case(
        "note", "more than 90 days lie between two sessions of a patient",
        (("sessions.csv", "2024-01-15", "2024-07-15"),),
    ),
    "pseudonym mistyped in the patient file": Case(
        "blocking", "zeros before a number were lost in one of the files (`P4` is `P04` there)",
        (("patients.csv", "P4,T2", "P04,T2"),),
    ),
}  # fmt: skip
