"""One value that recurs far from the patients' other ratings: probably a missing code."""

import numpy as np
import pandas as pd

from rupture_repair.validation import reasons
from rupture_repair.validation.plausibility.evidence import RATINGS, TO_SD, Evidence, robust_sd
from rupture_repair.validation.problems import Problem

FAR = 3.5  # within-patient standard deviations from the ratings before and after
LESS_FAR = 2.5  # many more ratings lie this far off if the end of the scale cuts them off
MIN_COUNT = 4  # such ratings
MIN_PATIENTS = 3  # in whom they occur
SHARE = 0.5  # share of all ratings that lie less far off on that side


def spikes(evidence: Evidence) -> list[Problem]:
    """Return a warning for each probable missing code, at an end of the scale or inside of it.

    Real ratings far from their neighbours have many values, and few of them end exactly at the
    limit of the scale; a missing code has one value.
    """
    problems = []
    for role in RATINGS:
        rated = evidence.sessions[role].notna().to_numpy()
        values = evidence.sessions.loc[rated, role].to_numpy(dtype=float)
        patient = evidence.patient[rated]
        spread = _spread(values, patient)
        better = 1 if evidence.instruments[role].higher_is == "better" else -1
        for side in (-1, 1):
            # recovered patients may stay at the end of the scale: there, ratings must return
            both = side == better
            far = _far(values, patient, FAR * spread, side, both)
            less = _far(values, patient, LESS_FAR * spread, side, both)
            if far.sum() < MIN_COUNT:
                continue
            found, counts = np.unique(values[far], return_counts=True)
            value, count = float(found[counts.argmax()]), int(counts.max())
            who = evidence.ids[patient[far & (values == value)]]
            if count > SHARE * less.sum() and len(set(who)) >= MIN_PATIENTS:
                problems.append(_problem(evidence, role, value, count, side, who))
    return problems


def _spread(values: np.ndarray, patient: np.ndarray) -> np.ndarray:
    """Return, for each rating, the larger of its patient's and of the usual within-patient SD.

    Symptoms vary more in patients who have more of them, and at an end of the scale not at all.
    """
    table = pd.Series(values).groupby(patient)
    deviation = (pd.Series(values) - table.transform("median")).abs()
    own = TO_SD * deviation.groupby(patient).transform("median").to_numpy()
    return np.maximum(own, robust_sd(deviation.to_numpy()))


def _far(
    values: np.ndarray, patient: np.ndarray, distance: np.ndarray, side: int, both: bool
) -> np.ndarray:
    """Whether the nearest other ratings before and after both lie far on the other side.

    Runs of one value count as one: the neighbours are those of the run. At the begin or end of a
    course one neighbour must do, unless `both` are asked for.
    """
    opens = np.r_[True, (patient[1:] != patient[:-1]) | (values[1:] != values[:-1])]
    run = np.cumsum(opens) - 1
    level, owner = values[opens], patient[opens]
    apart = np.r_[np.nan, np.diff(level)]  # from the run before
    apart[np.r_[True, owner[1:] != owner[:-1]]] = np.nan
    after = np.r_[-apart[1:], np.nan]
    enough = np.where(distance[opens] > 0, distance[opens], np.inf)
    far_before, far_after = side * apart >= enough, side * after >= enough
    if both:
        return (far_before & far_after)[run]
    begins, ends = np.isnan(apart), np.isnan(after)
    return ((far_before | begins) & (far_after | ends) & ~(begins & ends))[run]


def _problem(
    evidence: Evidence, role: str, value: float, count: int, side: int, who: np.ndarray
) -> Problem:
    tool, name = evidence.instruments[role], evidence.names[role]
    end = {tool.minimum: ", the lowest possible score,", tool.maximum: ", the highest possible,"}
    message = f"{count} ratings of {name} are {value:g}{end.get(value, '')} far "
    message += f"{'below' if side < 0 else 'above'} the ratings before and after them"
    remedy = f"If {value:g} stands for a missing answer, add it to `missing_codes`."
    return evidence.problem(role, message, remedy, reasons.SPIKE, patients=who)
