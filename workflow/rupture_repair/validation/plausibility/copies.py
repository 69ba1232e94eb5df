"""One series of ratings under two pseudonyms, and forms entered twice as the next session."""

from itertools import combinations

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import pdtrc

from rupture_repair.validation import reasons
from rupture_repair.validation.plausibility.evidence import RATINGS, Evidence
from rupture_repair.validation.problems import Problem, counted

CHANCE = 0.001  # of one pair of equal series in a cohort of independent patients
WINDOW = 5  # sessions in a row that also give away a copied part of a series
MAX_PAIRS = 20
FACTOR = np.uint64(0x9E3779B97F4A7C15)  # base of the polynomial hash modulo 2⁶⁴: any odd number
# identical neighbours may be this many times as frequent as identical ratings two sessions apart;
# an autocorrelation of .6 in both ratings makes it (1 − .36²) / (1 − .6²) = 1.36
RATIO = 2.0


def copies(evidence: Evidence) -> list[Problem]:
    """Return warnings about patients, or sessions, that look copied from one another."""
    table = evidence.sessions
    rated = table[list(RATINGS)].notna().any(axis=1).to_numpy()
    values = table.loc[rated, list(RATINGS)].to_numpy(dtype=float)
    patient = evidence.patient[rated]
    if len(values) < 2:
        return []
    return _two_pseudonyms(evidence, values, patient) + _twice(evidence, values, rated)


def _two_pseudonyms(
    evidence: Evidence, values: NDArray[np.float64], patient: NDArray[np.int64]
) -> list[Problem]:
    """Compare whole series and stretches of `WINDOW` sessions by their hash.

    Two independent patients agree in a series with the chance of its first ratings and of its
    changes, as frequent as they are in the cohort; sessions without change, usual at the ends of
    a scale, count as certain.
    """
    hashed = _hash(values)
    opens = np.r_[True, patient[1:] != patient[:-1]]
    first, change = _surprise(values, opens)
    position = np.arange(len(values)) - np.flatnonzero(opens)[np.cumsum(opens) - 1]
    counts = np.bincount(np.cumsum(opens) - 1)
    length = counts[np.cumsum(opens) - 1]
    spans = [(np.flatnonzero(opens), counts)]
    inside = np.flatnonzero((position + WINDOW <= length) & (length > WINDOW))
    spans.append((inside, np.full(len(inside), WINDOW)))
    summed = np.r_[0.0, np.cumsum(change)]
    found: dict[tuple[int, int], int] = {}
    for start, size in spans:
        if not len(start):
            continue
        keys = _keys(hashed, start, size)
        surprise = first[start] + summed[start + size] - summed[start + 1]
        telling = surprise > np.log(len(start) ** 2 / 2 / CHANCE)
        table = pd.DataFrame({"key": keys, "size": size, "patient": patient[start]})[telling]
        same = table[table.duplicated(["key", "size"], keep=False)]
        for _, rows in same.groupby(["key", "size"], sort=False):
            for one, two in combinations(sorted(set(rows["patient"]))[:5], 2):
                found[one, two] = max(found.get((one, two), 0), int(rows["size"].iloc[0]))
    problems = []
    for (one, two), longest in list(found.items())[:MAX_PAIRS]:
        message = f"the ratings of {longest} sessions in a row are the same under two pseudonyms"
        remedy = "Check whether it is one person, or one file entered twice; keep one of them."
        who = evidence.ids[[one, two]]
        problems.append(evidence.problem("sessions", message, remedy, reasons.COPIED, patients=who))
    return problems


def _surprise(
    values: NDArray[np.float64], opens: NDArray[np.bool_]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return −log of the chance of each row's ratings, and of its changes from the row before."""
    first, change = np.zeros(len(values)), np.zeros(len(values))
    for column in values.T:
        first += _rarity(column)
        step = np.r_[np.nan, np.diff(column)].round(6)
        step[opens] = np.nan
        change += np.where(step == 0, 0.0, _rarity(step))
    return first, change


def _rarity(column: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return −log of how frequent each value is in the column; 0 for a missing one."""
    codes, known = pd.factorize(column)
    counts = np.bincount(codes[codes >= 0], minlength=len(known))
    share = counts / max(counts.sum(), 1)
    return np.where(codes >= 0, -np.log(share[codes] if len(share) else 1.0), 0.0)


def _hash(values: NDArray[np.float64]) -> NDArray[np.uint64]:
    columns = [pd.util.hash_array(column.round(6)) for column in values.T]
    return columns[0] * np.uint64(31) + columns[1]


def _keys(
    hashed: NDArray[np.uint64], start: NDArray[np.int64], size: NDArray[np.int64]
) -> NDArray[np.uint64]:
    """Return a hash of the `size` rows from `start` on, for each start."""
    keys = np.zeros(len(start), dtype=np.uint64)
    for step in range(int(size.max())):
        going = size > step
        keys[going] = keys[going] * FACTOR + hashed[start[going] + step]
    return keys


def _twice(
    evidence: Evidence, values: NDArray[np.float64], rated: NDArray[np.bool_]
) -> list[Problem]:
    """Compare how often neighbouring sessions are identical with sessions two apart.

    The chance of equal ratings is much the same at both distances, whatever the scale and however
    different patients are, but a form entered twice makes neighbours alone identical.
    """
    patient = evidence.patient[rated]
    both = np.isfinite(values[:, 0] + values[:, 1])
    same: dict[int, NDArray[np.bool_]] = {}
    n: dict[int, int] = {}
    for lag in (1, 2):
        pair = (patient[lag:] == patient[:-lag]) & both[lag:] & both[:-lag]
        most = np.abs(values[lag:] - values[:-lag]).max(axis=1)
        same[lag] = np.logical_and(pair, most < 1e-9)
        n[lag] = int(pair.sum())
    if not n[2]:
        return []
    identical, apart = int(same[1].sum()), int(same[2].sum())
    expected = RATIO * n[1] * (apart + 2 * np.sqrt(apart) + 1) / n[2]
    if not identical or pdtrc(identical - 1, expected) > CHANCE:
        return []
    who = evidence.ids[patient[1:][same[1]]]
    message = f"{counted(identical, 'session')} have exactly the alliance and the symptoms of the "
    message += f"session before, of which about {n[1] * apart / n[2]:.0f} are to be expected"
    remedy = "Check whether a form was entered twice, and remove the second entry."
    return [evidence.problem("sessions", message, remedy, reasons.ENTERED_TWICE, patients=who)]
