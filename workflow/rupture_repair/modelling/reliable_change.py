"""How many patients changed reliably from their first to their last symptom rating, by pattern."""

import numpy as np
import pandas as pd

from rupture_repair.cohort.wilson import wilson
from rupture_repair.config.criteria import PATTERNS
from rupture_repair.config.instruments import Instrument
from rupture_repair.config.reporting import MIN_PATIENTS, NO_CRITERION

OUTCOMES = ("improved", "unchanged", "deteriorated")
COLUMNS = [
    *("pattern", "outcome", "n", "n_rated", "n_once", "share", "low", "high"),
    *("confidence", "threshold", "basis"),
]
Z = 1.96
# a change that misses the threshold by less than this meets it: sums of items are not exact
ROUNDING = 1e-9


def threshold(instrument: Instrument, baseline_sd: float) -> tuple[float, str]:
    """Return the change that is reliable, in points, and where it comes from.

    `published`: the instrument's own; `reliability`: 1.96 · √2 · SD · √(1 − reliability), with the
    SD of first ratings in this cohort (Jacobson & Truax 1991); else `not recorded`, and missing.
    """
    if instrument.reliable_change is not None:
        return float(instrument.reliable_change), "published"
    if instrument.reliability is not None and baseline_sd > 0:
        error = baseline_sd * np.sqrt(1 - instrument.reliability)
        return float(Z * np.sqrt(2) * error), "reliability"
    return float("nan"), NO_CRITERION


def reliable_at_95(instrument: Instrument) -> float | None:
    """Return the change that is reliable at 95%, in points, where the published level is another.

    1.96 · √2 · SD · √(1 − reliability), with the SD of the published sample (Jacobson & Truax
    1991). None where the published change is at 95% itself, or level, SD or reliability is unknown.
    """
    level = instrument.reliable_change_level
    sd, reliability = instrument.reference_sd, instrument.reliability
    if level in {None, 0.95} or sd is None or reliability is None:
        return None
    return float(Z * np.sqrt(2) * sd * np.sqrt(1 - reliability))


def change_tables(
    table: pd.DataFrame, instrument: Instrument, confidence: float
) -> dict[str, pd.DataFrame]:
    """Return the tables of the step by name, see `reliable_change`."""
    return {"reliable_change": reliable_change(table, instrument, confidence)}


def reliable_change(table: pd.DataFrame, instrument: Instrument, confidence: float) -> pd.DataFrame:
    """Return a row per group (`all`, then each pattern) and outcome.

    table : the analysis table. instrument : the symptom questionnaire. n_rated : patients with two
    ratings or more, `n_once` those with one, who cannot be judged. share : of `n_rated`, with its
    Wilson interval; missing where fewer than `MIN_PATIENTS` of the group were rated twice. A
    change of exactly the threshold is reliable. Without a threshold all numbers but these counts
    are missing.
    """
    ratings = table.sort_values(["patient_id", "session"]).groupby("patient_id")
    person = ratings.agg(
        pattern=("pattern", "first"),
        first=("symptoms", "first"),
        last=("symptoms", "last"),
        n=("symptoms", "size"),
    )
    points, basis = threshold(instrument, float(person["first"].std(ddof=1)))
    gain = person["last"] - person["first"]
    gain = gain if instrument.higher_is == "better" else -gain
    reliable = gain.abs() >= points - ROUNDING
    outcome = np.where(~reliable, "unchanged", np.where(gain > 0, "improved", "deteriorated"))
    rows = []
    for group in ("all", *PATTERNS):
        own = person["pattern"].eq(group) | (group == "all")
        rated = own & (person["n"] > 1)
        for name in OUTCOMES:
            n = int((rated & (outcome == name)).sum())
            row = {"pattern": group, "outcome": name, "n_rated": int(rated.sum())}
            row |= {"n_once": int((own & (person["n"] == 1)).sum()), "confidence": confidence}
            row |= {"threshold": points, "basis": basis}
            if basis != NO_CRITERION:
                row |= {"n": n, **_share(n, int(rated.sum()), confidence)}
            rows.append(row)
    return pd.DataFrame(rows, columns=COLUMNS)


def _share(n: int, total: int, confidence: float) -> dict[str, float]:
    if total < MIN_PATIENTS:
        return {}
    low, high = wilson(n, total, confidence)
    return {"share": n / total, "low": float(low), "high": float(high)}
