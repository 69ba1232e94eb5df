"""Data that are insufficient for the analysis: these problems block it."""

import pandas as pd

from rupture_repair.validation import reasons
from rupture_repair.validation.plausibility.evidence import RATINGS, Evidence
from rupture_repair.validation.problems import Problem, Severity

NOTHING = {"alliance": reasons.NO_ALLIANCE, "symptoms": reasons.NO_OUTCOME}


def insufficient_data(evidence: Evidence, min_sessions: int) -> list[Problem]:
    """Return what is missing or constant in the patients who would be analysed."""
    sessions = evidence.sessions
    last = sessions.groupby("patient_id")["session"].max()
    patients = evidence.patients.dropna(subset=["iip", "therapist_id"])
    patients = patients[patients["patient_id"].isin(last.index[last >= min_sessions])]
    if len(patients) < 3:  # no patient is reported elsewhere; one or two are no cohort
        return []
    sessions = sessions[sessions["patient_id"].isin(patients["patient_id"])]
    problems = [_of(evidence, role, sessions) for role in RATINGS]
    iip = patients["iip"]
    if len(iip) > 1 and iip.min() == iip.max():
        message = f"all {len(iip)} patients have the same {evidence.names['iip']}, {iip.iloc[0]:g}"
        # the course of symptoms can be modelled without it; the paper says what cannot
        problems.append(_of_all(evidence, "iip", message, reasons.NO_MODERATOR, "warning"))
    return [problem for problem in problems if problem]


def _of(evidence: Evidence, role: str, sessions: pd.DataFrame) -> Problem | None:
    name = evidence.names[role]
    rated = sessions.dropna(subset=[role])
    if rated.empty:
        message = f"{name} holds no rating at all"
    elif rated["patient_id"].is_unique:
        where = set(rated["session"])
        place = f", in session {where.pop():g}" if len(where) == 1 else ""
        message = f"no patient has more than one rating of {name}{place}"
    elif rated[role].min() == rated[role].max():
        message = f"all {len(rated)} ratings of {name} are {rated[role].iloc[0]:g}"
    else:
        return None
    return _of_all(evidence, role, message, NOTHING[role], "blocking")


def _of_all(evidence: Evidence, role: str, message: str, why: str, severity: Severity) -> Problem:
    remedy = "Check which column the cohort file names, and the export."
    return evidence.problem(role, message, remedy, why, severity=severity)
