"""The same patients under several criteria: patterns, agreement, changes of pattern."""

from collections.abc import Mapping
from itertools import combinations, permutations

import numpy as np
import pandas as pd

from rupture_repair.config.criteria import PATTERNS, Criterion
from rupture_repair.config.instruments import Instrument
from rupture_repair.detection.breakdown import breakdown
from rupture_repair.detection.detector import detect_each

NAMES = (*PATTERNS, "unclassifiable")


def patterns_by_criterion(
    sessions: pd.DataFrame, criteria: Mapping[str, Criterion], instrument: Instrument | None = None
) -> pd.DataFrame:
    """Return `patient_id` and a column per criterion with the patient's pattern under it.

    instrument : the alliance questionnaire, see `detect`.
    """
    columns = [
        found.patterns.set_index("patient_id")["pattern"].rename(name)
        for name, found in detect_each(sessions, criteria, instrument)
    ]
    return pd.concat(columns, axis=1).reset_index()


def criteria_tables(patterns: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """Return the tables of the step by name; patterns : see `patterns_by_criterion`."""
    return {
        "criteria_breakdown": breakdowns(patterns),
        "criteria_agreement": agreement(patterns),
        "criteria_moves": moves(patterns),
        "criteria_consistency": consistency(patterns),
    }


def breakdowns(patterns: pd.DataFrame) -> pd.DataFrame:
    """Return `criterion, pattern, n, percent`: the breakdown under each criterion."""
    tables = [
        breakdown(patterns[[name]].rename(columns={name: "pattern"}), {}).assign(criterion=name)
        for name in patterns.columns.drop("patient_id")
    ]
    return pd.concat(tables, ignore_index=True)[["criterion", "pattern", "n", "percent"]]


def agreement(patterns: pd.DataFrame) -> pd.DataFrame:
    """Return a row per pair of criteria, of the patients that both could classify.

    `first, second, n_patients, n_agree, percent_agree, kappa, ci_low, ci_high, kappa_rupture`.
    `kappa` is Cohen's, unweighted, of the three patterns, with its asymptotic 95 % interval;
    `kappa_rupture` that of any rupture against none. NaN where agreement by chance is complete:
    both criteria put everybody into the same single class.
    """
    columns = ["first", "second", "n_patients", "n_agree", "percent_agree", "kappa"]
    columns += ["ci_low", "ci_high", "kappa_rupture"]
    rows = []
    for first, second in combinations(patterns.columns.drop("patient_id"), 2):
        table = _crosstab(patterns[first], patterns[second])[:3, :3]
        n, agree = int(table.sum()), int(np.trace(table))
        ruptured = np.add.reduceat(np.add.reduceat(table, [0, 1], axis=0), [0, 1], axis=1)
        share = 100 * agree / n if n else np.nan
        rows.append((first, second, n, agree, share, *_kappa(table), _kappa(ruptured)[0]))
    return pd.DataFrame(rows, columns=columns)


def moves(patterns: pd.DataFrame) -> pd.DataFrame:
    """Return cross-tabulated numbers of patients by pattern, for ordered pairs of criteria.

    `from_criterion, to_criterion, from_pattern, to_pattern, n_patients`; cells without a patient
    are left out.
    """
    columns = ["from_criterion", "to_criterion", "from_pattern", "to_pattern", "n_patients"]
    rows = [
        (first, second, NAMES[i], NAMES[j], int(table[i, j]))
        for first, second in permutations(patterns.columns.drop("patient_id"), 2)
        for table in [_crosstab(patterns[first], patterns[second])]
        for i, j in np.argwhere(table)
    ]
    return pd.DataFrame(rows, columns=columns)


def consistency(patterns: pd.DataFrame) -> pd.DataFrame:
    """Return `quantity, value` of the patients whom every criterion could classify."""
    each = patterns.drop(columns="patient_id")
    each = each[(each != "unclassifiable").all(axis=1)]
    n_ruptures = (each != "none").sum(axis=1)
    values = {
        "n_criteria": each.shape[1],
        "n_classified_by_all": len(each),
        "n_same_pattern": int(each.eq(each.iloc[:, 0], axis=0).all(axis=1).sum()),
        "n_no_rupture_by_any": int((n_ruptures == 0).sum()),
        "n_rupture_by_all": int((n_ruptures == each.shape[1]).sum()),
        "n_rupture_by_some": int(n_ruptures.between(1, each.shape[1] - 1).sum()),
    }
    return pd.DataFrame({"quantity": list(values), "value": list(values.values())})


def _crosstab(first: pd.Series, second: pd.Series) -> np.ndarray:
    """Patients by pattern under two criteria, shape (4, 4), in the order of `NAMES`."""
    codes = [
        pd.Categorical(one, categories=NAMES).codes.astype(np.int64) for one in (first, second)
    ]
    n = len(NAMES)
    return np.bincount(n * codes[0] + codes[1], minlength=n * n).reshape(n, n)


def _kappa(table: np.ndarray) -> tuple[float, float, float]:
    """Cohen's kappa with its interval."""
    n = table.sum()
    if n == 0 or (table.sum(axis=0) * table.sum(axis=1)).sum() == n * n:
        return np.nan, np.nan, np.nan
    from statsmodels.stats.inter_rater import cohens_kappa

    with np.errstate(invalid="ignore", divide="ignore"):
        found = cohens_kappa(table)
    return float(found.kappa), float(found.kappa_low), float(found.kappa_upp)
