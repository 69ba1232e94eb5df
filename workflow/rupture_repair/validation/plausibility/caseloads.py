"""Therapists with an exceptionally large caseload, or with one patient each."""

from rupture_repair.cohort.therapists import NOT_RECORDED
from rupture_repair.validation import reasons
from rupture_repair.validation.plausibility.evidence import Evidence
from rupture_repair.validation.problems import Problem

TIMES = 3  # the next largest caseload
MIN_THERAPISTS = 8
MIN_PATIENTS = 15


def caseloads(evidence: Evidence) -> list[Problem]:
    """Return warnings about the numbers of patients of the therapists."""
    sizes = evidence.therapist.value_counts()
    if len(sizes) < 3 or NOT_RECORDED in sizes.index:
        return []
    if sizes.max() == 1:
        message = f"each of the {len(sizes)} patients has a therapist of their own: differences "
        message += "between therapists cannot be told from those between patients, and the "
        message += "therapist variance cannot be estimated"
        remedy = "Check that the column names therapists, not treatments or patients."
        return [evidence.problem("therapist_id", message, remedy, reasons.ONE_EACH)]
    largest, second = int(sizes.iloc[0]), int(sizes.iloc[1])
    enough = len(sizes) >= MIN_THERAPISTS and largest >= MIN_PATIENTS
    if not enough or largest <= TIMES * second:
        return []
    message = f"one therapist has {largest} patients, every other of the {len(sizes)} at most "
    message += f"{second}"
    remedy = "Check whether the name stands for one person, or for a team or “unknown”."
    return [
        evidence.problem(
            "therapist_id", message, remedy, reasons.CASELOAD, therapists=sizes.index[:1]
        )
    ]
