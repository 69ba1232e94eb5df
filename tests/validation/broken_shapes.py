"""Wide files, items, therapists and oddities of whole cohorts."""

from small_clinic import Case

YAML = "config/cohorts/clinic.yaml"
WIDE = """\
ID,T,IIP,a_s1,a_s2,a_s03,c_s1,c_s2,c_s03
P1,T1,1.5,3,4,5,20,19,18
P2,T2,2.5,3,4,3,20,19,18
"""
ITEMS = """\
ID,T,IIP,No,i1,i2,i3,i4,i5,i6,CORE
P1,T1,1.5,1,3,3,3,3,3,3,20
P1,T1,1.5,2,4,4,4,4,4,4,19
P1,T1,1.5,3,5,5,5,5,5,5,18
P2,T2,2,1,1,1,1,1,1,1,20
P2,T2,2,2,2,2,2,2,2,2,20
P2,T2,2,3,0,0,0,0,0,0,20
"""
HEAD = """\
title: Clinic
files: {patients: clinic.csv}
instruments: {alliance: SAI, symptoms: CORE-10, iip: IIP-32}
missing_codes: ["", 9, 99]
"""
PEOPLE = "columns:\n  patients: {patient_id: ID, therapist_id: T, iip: IIP}\n"
WIDE_COHORT = (
    HEAD
    + PEOPLE
    + ('  sessions: {patient_id: ID, alliance: "a_s{session}", symptoms: "c_s{session}"}\n')
)
ITEM_COHORT = HEAD + PEOPLE + (
    '  sessions: {patient_id: ID, session: "No", alliance: {items: "i{item}"}, symptoms: CORE}\n'
)  # fmt: skip


def wide(severity, message, *changes):
    """Return a case of one wide file; a change names the file by its first letter."""
    return _one(severity, message, WIDE, WIDE_COHORT, changes)


def items(severity, message, *changes):
    """Return a case of one long file with items."""
    return _one(severity, message, ITEMS, ITEM_COHORT, changes)


def _one(severity, message, text, cohort, changes):
    places = {"f": "clinic.csv", "c": YAML}
    return Case(
        severity, message,
        tuple((places[place], old, new) for place, old, new in changes),
        {"clinic.csv": text, YAML: cohort, "patients.csv": None, "sessions.csv": None},
    )  # fmt: skip


def _many(alliance):
    """Return session and patient files of 12 patients; `alliance(patient, session)` rates."""
    people = "PatientID,TherapistID,IIP32,Age,Gender\n"
    people += "".join(f"P{p},T{p % 3},{1.5 + p / 16},30,f\n" for p in range(12))
    rows = "PatientID,Session,SAI,CORE10,Date\n"
    rows += "".join(
        f"P{p},{s},{alliance(p, s)},{15 + (3 * p + 5 * s) % 7},\n"
        for p in range(12)
        for s in range(1, 7)
    )
    return {"patients.csv": people, "sessions.csv": rows}


def _usual(p, s):
    return [2.5, 3, 3.5][(p + s) % 3] + (p % 4) / 2 - 0.5


SHAPES = {
    "wide file: a rating out of range": wide(
        "blocking", "a_s2 is not a possible value", ("f", "3,4,5,20", "3,7,5,20")),
    "wide file: a word for a rating": wide(
        "blocking", "c_s1: not a number", ("f", "3,4,5,20", "3,4,5,x")),
    "wide file: two columns of one session": wide(
        "blocking", "`a_s2` and `a_s02` are both session 2", ("f", "a_s03", "a_s02")),
    "wide file: a pattern that no column matches": wide(
        "blocking", "there is no column `sai_{session}`", ("c", "a_s{session}", "sai_{session}")),
    "wide file: a patient twice": wide(
        "blocking", "ID occurs in several rows", ("f", "P2,T2", "P1,T2")),
    "an answer out of the item's range": items(
        "blocking", "i3 is not a possible answer", ("f", "1,3,3,3,3,3,3,20", "1,3,3,6,3,3,3,20")),
    "an answer in words": items(
        "blocking", "i6 is not a possible answer", ("f", "1,3,3,3,3,3,3,20", "1,3,3,3,3,3,x,20")),
    "an item without a column": items(
        "blocking", "there is no column `i6`", ("f", "i6", "i_6")),
    "a form that is half empty": items(
        "warning", "1 SAI scores are missing: too many items", ("f", "4,4,4,4,4,4", "4,4,4,,,")),
    "rows of a patient that contradict each other": items(
        "blocking", "ID occurs in several rows", ("f", "P2,T2,2,2,", "P2,T2,2.5,2,")),
    "a therapist who changes": items(
        "blocking", "the therapist changes within the treatment", ("f", "P2,T2,2,3", "P2,T3,2,3")),
    "no column for therapists": items(
        "warning", "no column names the therapists", ("c", "therapist_id: T, ", "")),
    "a missing code that is a score": items(
        "warning", "a missing code, yet also a possible score of the CORE-10",
        ("f", "5,5,18", "5,5,9")),
    "a session number in words": items(
        "blocking", "No: not a number", ("f", "P1,T1,1.5,2,4", "P1,T1,1.5,two,4")),
    "nobody has enough sessions": Case(
        "blocking", "every patient is left out", ((YAML, "min_sessions: 3", "min_sessions: 9"),)),
    "patients who always give the same rating": Case(
        "warning", "gave one and the same SAI rating", (),
        _many(lambda p, s: 4 if p in {3, 7} else _usual(p, s))),
    "a session coded on another range": Case(
        "warning", "in session 4 lie", (),
        _many(lambda p, s: round(_usual(p, s) / 5, 2) if s == 4 else _usual(p, s))),
    "a session coded the other way round": Case(
        "warning", "session 3 run against", (),
        _many(lambda p, s: 5.5 - _usual(p, s) if s == 3 else p % 4 + 1 + s % 2 / 2)),
    "ratings at the ceiling": Case(
        "note", "of the ratings of SAI are at the ceiling (5)", (),
        _many(lambda p, s: 5 if (p + s) % 3 == 0 else _usual(p, s))),
    "symptoms at the floor": Case(
        "note", "at the floor (0)", (("sessions.csv", "P2,3,NA,17", "P2,3,NA,0"),)),
}  # fmt: skip
