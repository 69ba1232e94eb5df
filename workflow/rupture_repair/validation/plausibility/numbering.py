"""Session numbers that begin late, and one that lies far from the patient's others."""

import numpy as np
from scipy.special import bdtrc

from rupture_repair.validation import reasons
from rupture_repair.validation.plausibility.evidence import Evidence
from rupture_repair.validation.problems import Problem

# chance of a false alarm per cohort, if sessions were left out at random at the rate of this file
CHANCE = 0.001
FAR = 5  # sessions skipped; fewer may be a holiday
MAX_COUNTED_GAP = 3  # of a gap, so that one wrong number does not look like many unrated sessions


def numbering(evidence: Evidence) -> list[Problem]:
    """Return warnings about the numbers of the sessions.

    A file that leaves out sessions without rating skips numbers. How often it does so inside of
    the courses (the share `rate`) says how late a course may begin and how wide a gap may be: a
    gap of g sessions has the chance rate**g.
    """
    number = evidence.sessions["session"].to_numpy(dtype=float)
    if not len(number):
        return []
    patient = evidence.patient
    opens = np.r_[True, patient[1:] != patient[:-1]]
    closes = np.r_[opens[1:], True]
    skipped = np.r_[0.0, np.diff(number) - 1]
    skipped[opens] = 0
    gaps = np.minimum(skipped, MAX_COUNTED_GAP).sum()
    steps = int((~opens).sum())
    rate = (gaps + 1) / (gaps + steps + 2)
    return _late(evidence, number[opens], rate) + _far(evidence, number, skipped, closes, rate)


def _late(evidence: Evidence, first: np.ndarray, rate: float) -> list[Problem]:
    late = first > 1
    several = bdtrc(late.sum() - 1, len(first), rate) < CHANCE and late.sum() > 2
    # single patients who begin much later than chance allows
    alone = late & (first > FAR) & (rate ** (first - 1) * len(first) < CHANCE)
    if not several and not alone.any():
        return []
    who = late if several else alone
    lowest, highest = first[who].min(), first[who].max()
    span = f"at {lowest:g}" if lowest == highest else f"between {lowest:g} and {highest:g}"
    some = "all" if who.all() else f"{int(who.sum())} of"
    message = f"the session numbers of {some} {len(first)} patients begin {span}, not at 1"
    remedy = (
        "If these are the first sessions, give `sessions: {numbers: from_first}` in the cohort "
        "file; if sessions before them were held and have no row, nothing is to mend."
    )
    return [
        evidence.problem("sessions", message, remedy, reasons.NUMBERING, patients=evidence.ids[who])
    ]


def _far(
    evidence: Evidence, number: np.ndarray, skipped: np.ndarray, closes: np.ndarray, rate: float
) -> list[Problem]:
    """Find a last number, or a first one, far away from all others of the patient."""
    wide = (skipped >= FAR) & (rate**skipped * len(number) < CHANCE)
    before = np.r_[0, np.flatnonzero(closes)[:-1] + 1][evidence.patient]  # the patient's first row
    row = np.arange(len(number))
    last, second = wide & closes, wide & (row == before + 1) & ~closes
    problems = []
    for i in np.flatnonzero(last | second):
        alone, neighbour = (i, i - 1) if last[i] else (i - 1, i)
        message = f"session {number[alone]:g} lies far from the patient's other sessions "
        message += f"(the nearest is {number[neighbour]:g})"
        remedy = "Correct the number if it is a slip; a follow-up rating is no session."
        problems.append(
            evidence.problem(
                "sessions", message, remedy, reasons.FAR_NUMBER,
                patients=[evidence.ids[evidence.patient[i]]], session=f"{number[alone]:g}",
            )
        )  # fmt: skip
    return problems
