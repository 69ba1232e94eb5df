"""One therapist for each patient, or a problem that says why not."""

import pandas as pd

from rupture_repair.cohort.therapists import NOT_RECORDED, therapist_changes, therapist_of
from rupture_repair.validation import reasons
from rupture_repair.validation.problems import Problem

CHOICES = (
    "Correct the file if the change is a slip. Else decide in the cohort file, "
    "`inclusion: {therapist_change: …}`: `first`, `last` or `most` (the therapist of most "
    "sessions) names who counts for the whole treatment; `exclude` leaves the patients out."
)


def with_therapists(
    patients: pd.DataFrame,
    sessions: pd.DataFrame,
    patient_file: str,
    session_file: str,
    choice: str,
) -> tuple[pd.DataFrame, list[Problem], frozenset[str]]:
    """Return `patients` with `therapist_id`, the problems, and the patients to leave out.

    The therapist named at the sessions goes before the one of the patient file. Where neither
    names any, all patients have the therapist `not recorded`, and a warning says what follows.
    """
    if "therapist_id" not in sessions:
        if "therapist_id" in patients:
            return patients, [], frozenset()
        message = "no column names the therapists: differences between them cannot be estimated"
        remedy = "Name the column if there is one; without it, patients count as independent."
        warning = Problem("warning", patient_file, message, remedy, why=reasons.NO_THERAPISTS)
        return patients.assign(therapist_id=NOT_RECORDED), [warning], frozenset()
    changes = therapist_changes(sessions)
    named = patients["patient_id"].map(therapist_of(sessions, choice)).astype("str")
    if "therapist_id" in patients:
        named = named.fillna(patients["therapist_id"])
    patients = patients.assign(therapist_id=named)
    if choice == "refuse":
        problems = [
            Problem(
                "blocking",
                session_file,
                f"the therapist changes within the treatment ({row.course})",
                CHOICES,
                line=row.line,
                patient_id=row.patient_id,
                why=reasons.CHANGE,
            )
            for row in changes.itertuples()
        ]
        return patients, problems, frozenset()
    if changes.empty:
        return patients, [], frozenset()
    then = "they are left out" if choice == "exclude" else f"the {choice} counts"
    if choice == "most":
        then = "the one of most sessions counts"
    message = f"{len(changes)} patients changed their therapist within the treatment; {then}"
    note = Problem("note", session_file, message, "Nothing to mend.", why=reasons.CHANGE)
    left_out = frozenset(changes["patient_id"]) if choice == "exclude" else frozenset()
    return patients, [note], left_out
