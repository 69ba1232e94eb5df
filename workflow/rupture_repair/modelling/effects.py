"""Linear combinations of fixed effects: slopes, contrasts, model-implied courses."""

from collections.abc import Iterable

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import stats

from rupture_repair.config.criteria import PATTERNS
from rupture_repair.modelling.fit import Fit

CONTRASTS = (("repaired", "unrepaired"), ("repaired", "none"), ("unrepaired", "none"))
Row = NDArray[np.float64]


def level(terms: Iterable[str], *, time: float, pattern: str, iip_z: float, length_c: float) -> Row:
    """Return the row of the design matrix at the given values, in the order of `terms`."""
    value = {"Intercept": 1.0, "time": time, "iip_z": iip_z, "length_c": length_c}
    value |= {f"pattern[{name}]": float(pattern == name) for name in PATTERNS[1:]}
    return np.array([np.prod([value[factor] for factor in term.split(":")]) for term in terms])


def slope(terms: Iterable[str], *, pattern: str, iip_z: float, length_c: float) -> Row:
    """Return the row that gives the slope on time: what one unit of time adds to the level."""
    terms = list(terms)
    at = {"pattern": pattern, "iip_z": iip_z, "length_c": length_c}
    return level(terms, time=1.0, **at) - level(terms, time=0.0, **at)


def test(fit: Fit, row: Row, confidence: float = 0.95) -> dict[str, float]:
    """Return estimate, SE, test and interval of the combination `row` of `fit`'s coefficients.

    MixedLM offers z tests: `df` is infinite and the interval is ± z × SE.
    """
    estimate = float(row @ fit.params.to_numpy())
    se = float(np.sqrt(row @ fit.cov @ row))
    statistic = estimate / se
    margin = critical_value(confidence) * se
    return {
        "estimate": estimate,
        "se": se,
        "df": float("inf"),
        "statistic": statistic,
        "p": float(2 * stats.norm.sf(abs(statistic))),
        "ci_low": estimate - margin,
        "ci_high": estimate + margin,
    }


def test_of(
    fit: Fit, row: Row, patterns: Iterable[str], confidence: float = 0.95
) -> dict[str, float]:
    """Return `test`, or missing values where the cohort has nobody with one of the `patterns`."""
    if all(pattern == PATTERNS[0] or f"pattern[{pattern}]" in fit.terms for pattern in patterns):
        return test(fit, row, confidence)
    names = ("estimate", "se", "df", "statistic", "p", "ci_low", "ci_high")
    return dict.fromkeys(names, float("nan"))


def critical_value(confidence: float) -> float:
    """Return the two-sided critical value of the standard normal distribution."""
    return float(stats.norm.ppf(0.5 + confidence / 2))


def fixed_effects(fits: Iterable[Fit], confidence: float) -> pd.DataFrame:
    """Return `model, term, estimate, se, df, statistic, p, ci_low, ci_high`."""
    return pd.DataFrame(
        [
            {"model": fit.model, "term": term} | test(fit, unit, confidence)
            for fit in fits
            for term, unit in zip(fit.terms, np.eye(len(fit.terms)), strict=True)
        ]
    )


def simple_slopes(
    fit: Fit, iip_levels: Iterable[float], lengths: dict[float, float], confidence: float
) -> pd.DataFrame:
    """Return the slope on time of each pattern at each iip_z and length.

    lengths : sessions → `length_c`; {nan: 0} for a model without length.
    """
    return pd.DataFrame(
        [
            {"model": fit.model, "pattern": pattern, "iip_z": iip, "length": length}
            | test_of(
                fit,
                slope(fit.terms, pattern=pattern, iip_z=iip, length_c=centred),
                [pattern],
                confidence,
            )
            for length, centred in lengths.items()
            for iip in iip_levels
            for pattern in PATTERNS
        ]
    )


def slope_contrasts(
    fit: Fit, iip_levels: Iterable[float], lengths: dict[float, float], confidence: float
) -> pd.DataFrame:
    """Return differences of slopes between patterns at each iip_z and length."""
    rows = []
    for length, centred in lengths.items():
        for iip in iip_levels:
            for first, second in CONTRASTS:
                difference = _difference(fit, first, second, iip, centred)
                at = {"model": fit.model, "contrast": f"{first} - {second}"}
                at |= {"iip_z": iip, "length": length}
                rows.append(at | test_of(fit, difference, [first, second], confidence))
    return pd.DataFrame(rows)


def _difference(fit: Fit, first: str, second: str, iip: float, length_c: float) -> Row:
    at = {"iip_z": iip, "length_c": length_c}
    return slope(fit.terms, pattern=first, **at) - slope(fit.terms, pattern=second, **at)


def trajectories(
    fit: Fit,
    sessions: NDArray[np.float64],
    time: NDArray[np.float64],
    iip_levels: Iterable[float],
    confidence: float,
) -> pd.DataFrame:
    """Return the model-implied symptoms of each pattern and iip_z, at average log length.

    sessions, time : session numbers and the time value of each.
    """
    rows = []
    for iip in iip_levels:
        for pattern in PATTERNS:
            for session, when in zip(sessions, time, strict=True):
                at = level(fit.terms, time=when, pattern=pattern, iip_z=iip, length_c=0.0)
                found = test_of(fit, at, [pattern], confidence)
                rows.append(
                    {"model": fit.model, "pattern": pattern, "iip_z": iip, "session": session}
                    | {key: found[key] for key in ("estimate", "ci_low", "ci_high")}
                )
    return pd.DataFrame(rows)
