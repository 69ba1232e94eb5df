"""Files in which each value is possible, and which are wrong all the same."""

import numpy as np
from clean_cohorts import other
from planted import DEFECTS
from small_clinic import SESSIONS, Case

YAML = "config/cohorts/clinic.yaml"
NO_DATE = (YAML, "    date: Date\n", "")
QUESTIONNAIRES = {"alliance": "SAI", "symptoms": "CORE-10", "iip": "IIP-32"}

KIND = {
    "therapists": 20,
    "caseload_sd": 0.3,
    "missing": 0.1,
    "dates": True,
    "skew": 0.3,
    "symptom_level": 0.5,
    "mean_sessions": 12.0,
    "therapist_share": 0.05,
    "autocorrelation": 0.2,
    "alliance_level": 0.8,
    "r_alliance_symptoms": -0.4,
    "r_iip_symptoms": 0.6,
}


def _each(change):
    """Return the session file of the small clinic with `change` made of the cells of each row."""
    head, *rows = SESSIONS.splitlines()
    changed = [",".join(change(row.split(","))) for row in rows]
    return {"sessions.csv": "\n".join([head, *changed]) + "\n"}


def _without(column, but=()):
    """Return it with a column empty, except in some sessions."""
    return _each(
        lambda row: [
            "" if i == column and row[1] not in but else cell for i, cell in enumerate(row)
        ]
    )


def _cohort(defect):
    """Return the files of 80 patients with one of the planted defects."""
    clean = other(5, 80, **QUESTIONNAIRES | KIND)
    broken = DEFECTS[defect].plant(clean, np.random.default_rng(3))
    people = broken.patients.assign(age="", gender="")
    people = people[["patient_id", "therapist_id", "iip", "age", "gender"]]
    people.columns = ["PatientID", "TherapistID", "IIP32", "Age", "Gender"]
    rows = broken.sessions[["patient_id", "session", "alliance", "symptoms", "date"]]
    rows = rows.astype({"session": int})
    rows.columns = ["PatientID", "Session", "SAI", "CORE10", "Date"]
    return {
        "patients.csv": people.to_csv(index=False),
        "sessions.csv": rows.to_csv(index=False),
    }


def planted(message, defect):
    """Return a case of 80 patients with a planted defect."""
    return Case("warning", message, (), _cohort(defect))


PLAUSIBLE = {
    "no alliance rating at all": Case(
        "blocking", "SAI holds no rating at all", (), _without(2)),
    "no symptom rating at all": Case(
        "blocking", "CORE10 holds no rating at all", (), _without(3)),
    "alliance in session 1 alone": Case(
        "blocking", "no patient has more than one rating of SAI, in session 1", (),
        _without(2, "1")),
    "symptoms in session 3 alone": Case(
        "blocking", "no patient has more than one rating of CORE10, in session 3", (),
        _without(3, "3")),
    "one and the same symptom score everywhere": Case(
        "blocking", "ratings of CORE10 are 12", (),
        _each(lambda row: [*row[:3], "12", row[4]])),
    "one and the same alliance everywhere": Case(
        "blocking", "ratings of SAI are 5", (), _each(lambda row: [*row[:2], "5", *row[3:]])),
    "one and the same baseline in all patients": Case(
        "warning", "all 4 patients have the same IIP32, 2", (),
        {"patients.csv": "PatientID,TherapistID,IIP32,Age,Gender\n"
         + "".join(f"P{i},T{i % 2},2,,\n" for i in range(1, 5))}),
    "a therapist for each patient": Case(
        "warning", "a therapist of their own", (("patients.csv", "P2,T1", "P2,T3"),
                                                ("patients.csv", "P4,T2", "P4,T4"))),
    "sessions numbered through the file": planted(
        "not at 1", "sessions numbered through the file"),
    "one patient in ten begins at 101": planted(
        "80 patients begin at 101, not at 1", "one patient in ten begins at 101"),
    "a session number typed twice": planted(
        "lies far from the patient's other sessions",
        "the last number of one patient typed twice (6 as 66)"),
    "a session numbered 93 among single digits": planted(
        "session 93 lies far from", "a third session numbered 93"),
    "a patient under two pseudonyms": planted(
        "the same under two pseudonyms", "one patient of 7 or more ratings under two pseudonyms"),
    "a patient under two pseudonyms, once without the last session": planted(
        "the same under two pseudonyms", "the same, one of both with the last session left out"),
    "half of the therapists under one name": planted(
        "one therapist has", "half of the therapists under one name"),
    "0 typed for a missing alliance": planted(
        "ratings of SAI are 0, the lowest possible score",
        "10 % of the alliance ratings at the lowest score"),
    "40 typed for missing symptoms": planted(
        "ratings of CORE10 are 40, the highest possible",
        "10 % of the symptom ratings at the highest score"),
    "interpersonal problems turned round": planted(
        "IIP32 and CORE10 correlate -", "the interpersonal problems turned round"),
    "alliance turned round": planted(
        "patients usually rate the alliance in the upper part", "the alliance turned round"),
    "alliance turned round for one therapist": planted(
        "would fit the others if the scale were turned round",
        "the alliance turned round for the largest therapist"),
    "means of items among sums": planted(
        "probably means of the items among sums",
        "symptoms of 5 % of the patients as mean, not sum"),
    "another range from a date on": planted(
        "standard deviations below all others",
        "alliance on half of the range in the last third of the time"),
}  # fmt: skip
