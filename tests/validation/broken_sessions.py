"""Rows that are no sessions, second treatments, and numbers that do not begin at 1."""

from small_clinic import SESSIONS, Case

YAML = "config/cohorts/clinic.yaml"
WIDE = """\
ID,T,IIP,a_1,a_2,a_3,c_0,c_1,c_2,c_3,c_pre
P1,T1,1.5,3,4,5,22,20,19,18,23
P2,T2,2.5,3,4,3,21,20,19,18,22
"""
WIDE_COHORT = """\
title: Clinic
files: {patients: clinic.csv}
instruments: {alliance: SAI, symptoms: CORE-10, iip: IIP-32}
columns:
  patients: {patient_id: ID, therapist_id: T, iip: IIP}
  sessions: {patient_id: ID, alliance: "a_{session}", symptoms: "c_{session}"}
"""
AGAIN = "P1,1,4,12,2025-03-01\nP1,2,3.5,11,2025-03-08\nP1,3,4,11,2025-03-15\n"


def other_sessions(severity, message, sessions, rules=None):
    """Return a case with another session file, and what the cohort file says of sessions."""
    changes = ((YAML, "inclusion:", f"sessions: {rules}\ninclusion:"),) if rules else ()
    return Case(severity, message, changes, {"sessions.csv": sessions})


def rows(text):
    """Return the sessions of the small clinic with more rows."""
    return SESSIONS + text


def shifted(by):
    """Return the sessions of the small clinic with every number `by` higher."""
    head, *lines = SESSIONS.splitlines()
    cells = [line.split(",") for line in lines]
    moved = [",".join([p, str(int(s) + by), *rest]) for p, s, *rest in cells]
    return "\n".join([head, *moved]) + "\n"


def _wide(severity, message, rules=""):
    absent = {"patients.csv": None, "sessions.csv": None}
    return Case(
        severity, message, (), {"clinic.csv": WIDE, YAML: WIDE_COHORT + rules} | absent
    )  # fmt: skip


PLANNED = "".join(f"P1,{s},,,2024-0{s - 2}-20\n" for s in range(4, 9))
LATE = SESSIONS.replace("P4,3,3,9,2024-04-15", "P4,3,3,9,2025-04-15")

ROWS = {
    "wide file: a column of an intake rating": _wide(
        "blocking", "`c_0` holds 2 ratings of session `0`"),
    "wide file: an intake rating that is not read": _wide(
        "note", "not read, since no session: `c_pre`", "sessions: {intake: 0}\n"),
    "intake ratings named": _wide(
        "note", "4 ratings of 2 patients before the first session",
        "sessions: {intake: [0, pre]}\n"),
    "rows before the first session": other_sessions(
        "blocking", "`Session` holds 2 rows of session `pre`", rows("P1,pre,,22,\nP2,Pre,,23,\n")),
    "rows after the last session": other_sessions(
        "blocking", "`Session` holds 1 row of session `fu 1`", rows("P1,FU 1,,9,2024-06-01\n")),
    "rows outside of the sessions named": other_sessions(
        "note", "2 ratings of 2 patients of no session",
        rows("P1,FU,,9,2024-06-01\nP2,post,,9,2024-06-01\n"), "{leave_out: [post, FU]}"),
    "an intake score out of range": other_sessions(
        "blocking", "CORE10 is not a possible value", rows("P1,T0,,41,\n"), "{intake: T0}"),
    "a label with two meanings": other_sessions(
        "blocking", "`T0` is named in `intake` and in `leave_out`", SESSIONS,
        "{intake: T0, leave_out: T0}"),
    "a rule with a typing error": other_sessions(
        "blocking", "sessions.second_treatmnt: unknown key; did you mean `second_treatment`?",
        SESSIONS, "{second_treatmnt: first}"),
    "a choice with a typing error": other_sessions(
        "blocking", "did you mean `from_first`?", SESSIONS, "{numbers: from_frist}"),
    "session numbers that start again": other_sessions(
        "blocking", "the session numbers of the patient start again (3 sessions)", rows(AGAIN)),
    "a treatment after a long pause": other_sessions(
        "warning", "1 session follows after 372 days without any", LATE),
    "first treatments only": other_sessions(
        "note", "1 further treatment of 1 patient: left out (3 sessions)", rows(AGAIN),
        "{second_treatment: first}"),
    "every treatment on its own": other_sessions(
        "note", "each analysed like a patient of its own", rows(AGAIN),
        "{second_treatment: each}"),
    "treatments as one": other_sessions(
        "note", "taken for one treatment with the first", rows(AGAIN), "{second_treatment: all}"),
    "rows of planned sessions": other_sessions(
        "note", "5 rows of 1 patient after the last rating hold no rating", rows(PLANNED)),
    "session numbers from 5": other_sessions(
        "warning", "the session numbers of all 4 patients begin at 5, not at 1", shifted(4)),
    "session numbers of one patient from 101": other_sessions(
        "warning", "patient P4: the session numbers of 1 of 4 patients begin at 101, not at 1",
        SESSIONS.replace("P4,", "P4,10")),
}  # fmt: skip


RATINGS = "who,day,core\nP1,2023-12-31,20\nP1,2024-01-09,19\nP1,2024-01-15,18\nP4,2024-04-01,9\n"
APART = (
    (YAML, "  sessions: sessions.csv", "  sessions: sessions.csv\n  symptoms: ratings.csv"),
    (YAML, "    symptoms: CORE10\n", ""),
    (YAML, "missing_codes:", "  symptoms: {patient_id: who, date: day, symptoms: core}\n"
     "missing_codes:"),
)  # fmt: skip


def apart(severity, message, *changes, ratings=RATINGS, keys=APART):
    """Return a case with the symptoms in a file of their own."""
    changed = tuple(("ratings.csv", old, new) for old, new in changes)
    return Case(severity, message, (*keys, *changed), {"ratings.csv": ratings})


ROWS |= {
    "symptoms apart: how many ratings match": apart(
        "warning", "4 of 12 sessions have a rating of core, at most 3 days before or after"),
    "symptoms apart: no rating near a session": apart(
        "blocking", "no rating lies near a session", ratings="who,day,core\nP1,2019-01-01,3\n"),
    "symptoms apart: a score out of range": apart(
        "blocking", "core is not a possible value", ("15,18", "15,41")),
    "symptoms apart: a rating without a date": apart(
        "blocking", "day is empty", ("P4,2024-04-01", "P4,")),
    "symptoms apart: two ratings on one day": apart(
        "blocking", "a second, other rating of the patient on 2024-01-15", ("01-09", "01-15")),
    "symptoms apart: patients whom the patient file does not know": apart(
        "warning", "2 ratings of 1 patient who are not in the patient file",
        ratings=RATINGS + "1,2024-01-01,20\n1,2024-01-09,19\n"),
    "symptoms apart: a column that is not there": apart(
        "blocking", "there is no column `core`", ("who,day,core", "who,day,cores")),
    "symptoms apart: the file is absent": apart(
        "blocking", "no file ratings.csv", ratings=None),
    "symptoms apart: no dates of sessions": apart(
        "blocking", "`sessions.date` is missing", keys=(*APART, (YAML, "    date: Date\n", ""))),
    "symptoms apart: named twice": apart(
        "blocking", "named for the session file and for a file of their own",
        keys=(APART[0], APART[2])),
    "symptoms apart: a file without columns": apart(
        "blocking", "`sessions.symptoms` is missing", keys=APART[:2]),
    "symptoms apart: columns without a file": apart(
        "blocking", "`files.symptoms` and `columns.symptoms` go together", keys=APART[1:]),
}  # fmt: skip
