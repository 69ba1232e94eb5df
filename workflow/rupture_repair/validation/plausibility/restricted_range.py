"""Therapists none of whose patients rate as high as most others: perhaps a restricted range."""

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from rupture_repair.validation import reasons
from rupture_repair.validation.plausibility.evidence import RATINGS, Evidence
from rupture_repair.validation.problems import Problem

CHANCE = 0.005  # over all therapists
MIN_PATIENTS = 3  # patients of the therapist
MIN_OTHERS = 20  # patients of all others
LOOSE = 0.2  # the same, for therapists who are left out of the comparison group
ICC = 0.1  # assumed intraclass correlation of patients of one therapist


def restricted_range(evidence: Evidence) -> list[Problem]:
    """Return a warning for each therapist whose patients stop rating below all usual maxima."""
    return [problem for role in RATINGS for problem in _stopping(evidence, role)]


def _stopping(evidence: Evidence, role: str) -> list[Problem]:
    """Find therapists all of whose patients' highest ratings lie low, beyond chance.

    The highest ratings of all others, each over as many sessions as the patient rated, say how
    often one lies as low; patients of one therapist are taken to be alike (beta-binomial).
    """
    table = evidence.sessions[["patient_id", role]].dropna()
    table = table[table["patient_id"].isin(evidence.therapist.index)]
    patient, who = pd.factorize(table["patient_id"])
    if not len(who):
        return []
    whose, names = pd.factorize(evidence.therapist.loc[who])
    value = table[role].to_numpy(dtype=float)
    top = np.full(len(who), -np.inf)
    np.maximum.at(top, patient, value)
    caseload = np.bincount(whose)
    highest = np.full(len(names), -np.inf)
    np.maximum.at(highest, whose, top)
    many = np.flatnonzero((caseload >= MIN_PATIENTS) & (len(who) - caseload >= MIN_OTHERS))
    suspect = [
        therapist
        for therapist in many
        if len(names)
        * _all((top[whose != therapist] <= highest[therapist]).mean(), caseload[therapist])
        <= LOOSE
    ]
    problems = []
    for therapist in suspect:
        # others on the narrower range would make it look usual
        level, others = highest[therapist], ~np.isin(whose, suspect)
        if others.sum() < MIN_OTHERS:
            continue
        low = _as_low(value, patient, whose == therapist, level)[others]
        share = float((low.sum() + 1) / (len(low) + 2))
        if len(names) * _all(share, caseload[therapist]) <= CHANCE:
            own = who[whose == therapist]
            problems.append(_problem(evidence, role, names[therapist], own, level, share))
    return problems


def _as_low(
    value: NDArray[np.float64], patient: NDArray[np.int64], own: NDArray[np.bool_], level: float
) -> NDArray[np.bool_]:
    """Return whether each patient stays at or below `level` over the usual length of `own`."""
    counts = np.bincount(patient)
    usual = int(np.median(counts[own]))
    place = np.arange(len(patient)) - np.repeat(np.cumsum(counts) - counts, counts)
    top = np.full(len(counts), -np.inf)
    early = place < usual
    np.maximum.at(top, patient[early], value[early])
    return top <= level


def _all(share: float, n: int) -> float:
    """Return the chance that all `n` are low where a `share` of patients is: beta-binomial."""
    weight, steps = (1 - ICC) / ICC, np.arange(n)
    return float(np.prod((share * weight + steps) / (weight + steps)))


def _problem(
    evidence: Evidence,
    role: str,
    therapist: str,
    who: NDArray[np.object_],
    level: float,
    share: float,
) -> Problem:
    name = evidence.names[role]
    message = f"no rating of {name} by the {len(who)} patients of a therapist lies above "
    message += f"{level:.4g}, which {100 * (1 - share):.0f} % of the patients of others exceed"
    remedy = "Check whether they were given another version with a narrower range."
    return evidence.problem(
        role, message, remedy, reasons.NARROWER, patients=who, therapists=[therapist]
    )
