"""Linear combinations of fixed effects: slopes, contrasts, model-implied courses."""

from collections.abc import Collection, Iterable, Sequence
from functools import partial
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from rupture_repair.config.criteria import PATTERNS
from rupture_repair.modelling.engine import critical_value, degrees_of_freedom, two_sided_p
from rupture_repair.modelling.fit import Fit
from rupture_repair.modelling.inference import TESTED, Reported, determined

CONTRASTS = (("repaired", "unrepaired"), ("repaired", "none"), ("unrepaired", "none"))
COURSE = [
    *("model", "pattern", "iip_z", "length", "session"),
    *("estimate", "ci_low", "ci_high"),
]
Row = NDArray[np.float64]
Lengths = dict[float, float]


def level(terms: Iterable[str], *, time: float, pattern: str, iip_z: float, length_c: float) -> Row:
    """Return the row of the design matrix at the given values, in the order of `terms`."""
    value = {"Intercept": 1.0, "time": time, "iip_z": iip_z, "length_c": length_c}
    value |= {f"pattern[{name}]": float(pattern == name) for name in PATTERNS[1:]}
    # covariates are centred: the average patient has 0 of each
    return np.array([np.prod([value.get(f, 0.0) for f in term.split(":")]) for term in terms])


def slope(terms: Iterable[str], *, pattern: str, iip_z: float, length_c: float) -> Row:
    """Return the row that gives the slope on time: what one unit of time adds to the level."""
    at = partial(level, list(terms), pattern=pattern, iip_z=iip_z, length_c=length_c)
    return at(time=1.0) - at(time=0.0)


def difference(
    terms: Iterable[str], contrast: tuple[str, str], *, iip_z: float, length_c: float
) -> Row:
    """Return the row that gives the difference of two patterns' slopes."""
    terms, (first, second) = list(terms), contrast
    at = {"iip_z": iip_z, "length_c": length_c}
    return slope(terms, pattern=first, **at) - slope(terms, pattern=second, **at)


def tests(fit: Fit | Reported, rows: Sequence[Row] | Row, confidence: float) -> pd.DataFrame:
    """Return the test of each combination of fixed effects, rows (r, c) over `fit.columns`.

    Of a `Reported`, what is reported of it (`headline.REPORTED`); of a `Fit`, `TESTED` with the
    model's own standard errors and Satterthwaite df. Combinations that the data do not determine
    are missing.
    """
    if isinstance(fit, Reported):
        return fit.tests(rows, confidence)
    rows = np.atleast_2d(np.asarray(rows, dtype=float))
    kept, dropped = np.split(rows, [len(fit.terms)], axis=1)
    known = determined(kept, dropped, np.asarray(fit.aliases))
    kept = kept[known]
    estimate = kept @ np.asarray(fit.estimates)
    se = np.sqrt(np.einsum("rp,pq,rq->r", kept, fit.cov, kept, optimize=True))
    df = degrees_of_freedom(
        kept, fit.cov, np.asarray(fit.jacobian), np.asarray(fit.parameter_covariance)
    )
    statistic = estimate / se
    margin = critical_value(1 - confidence, df) * se
    p = two_sided_p(statistic, df)
    table = pd.DataFrame(np.nan, index=range(len(rows)), columns=TESTED)
    values = [estimate, se, df, statistic, p, estimate - margin, estimate + margin]
    table.loc[known, TESTED] = np.column_stack(values)
    return table


def fixed_effects(
    fits: Iterable[Fit], confidence: float, few: Collection[str] = ()
) -> pd.DataFrame:
    """Return `model, term, estimate, se, df, statistic, p, ci_low, ci_high`: the models' own.

    few : patterns with too few patients. A coefficient of theirs has no row, nor has one that
    cannot be separated from an aliased one.
    """
    parts = []
    for fit in fits:
        found = tests(fit, np.eye(len(fit.terms), len(fit.columns)), confidence)
        found.insert(0, "model", fit.model)
        found.insert(1, "term", fit.terms)
        of_few = found["term"].map(lambda term: any(f"[{name}]" in term for name in few))
        parts.append(found[~of_few.astype(bool)].dropna(subset=["estimate"]))
    return _joined(parts, ["model", "term", *TESTED])


def simple_slopes(
    fit: Fit | Reported, iip_levels: Iterable[float], lengths: Lengths, confidence: float
) -> pd.DataFrame:
    """Return the slope on time of each pattern at each iip_z and length.

    lengths : sessions → `length_c`; {nan: 0} for a model without length.
    """
    places, rows = [], []
    for length, centred in lengths.items():
        for iip in iip_levels:
            for pattern in PATTERNS:
                places.append((fit.model, pattern, iip, length))
                rows.append(slope(fit.columns, pattern=pattern, iip_z=iip, length_c=centred))
    return _tested(fit, places, ["model", "pattern", "iip_z", "length"], rows, confidence)


def slope_contrasts(
    fit: Fit | Reported, iip_levels: Iterable[float], lengths: Lengths, confidence: float
) -> pd.DataFrame:
    """Return differences of slopes between patterns at each iip_z and length."""
    places, rows = [], []
    for length, centred in lengths.items():
        for iip in iip_levels:
            for contrast in CONTRASTS:
                places.append((fit.model, " - ".join(contrast), iip, length))
                rows.append(difference(fit.columns, contrast, iip_z=iip, length_c=centred))
    return _tested(fit, places, ["model", "contrast", "iip_z", "length"], rows, confidence)


def moderations(fit: Fit | Reported, lengths: Lengths, confidence: float) -> pd.DataFrame:
    """Return by how much each difference of slopes changes with one SD of iip_z, at each length."""
    places, rows = [], []
    for length, centred in lengths.items():
        for contrast in CONTRASTS:
            low, high = (
                difference(fit.columns, contrast, iip_z=iip, length_c=centred) for iip in (0.0, 1.0)
            )
            places.append((fit.model, " - ".join(contrast), length))
            rows.append(high - low)
    return _tested(fit, places, ["model", "contrast", "length"], rows, confidence)


def trajectories(
    fit: Fit | Reported,
    sessions: NDArray[np.float64],
    time: NDArray[np.float64],
    iip_levels: Iterable[float],
    lengths: Lengths,
    confidence: float,
) -> pd.DataFrame:
    """Return the model-implied symptoms of each pattern at each iip_z and length.

    sessions, time : session numbers and the time value of each; a course ends with its treatment.
    """
    places, rows = [], []
    for length, centred in lengths.items():
        held = [place for place in zip(sessions, time, strict=True) if not place[0] > length]
        for iip in iip_levels:
            for pattern in PATTERNS:
                at = partial(level, fit.columns, pattern=pattern, iip_z=iip, length_c=centred)
                for session, when in held:
                    places.append((fit.model, pattern, iip, length, session))
                    rows.append(at(time=when))
    table = _tested(fit, places, COURSE[:5], rows, confidence)
    return table[COURSE]


def _tested(
    fit: Fit | Reported,
    places: list[tuple[Any, ...]],
    names: list[str],
    rows: list[Row],
    confidence: float,
) -> pd.DataFrame:
    return pd.DataFrame(places, columns=names).join(tests(fit, rows, confidence))


def _joined(parts: list[pd.DataFrame], columns: list[str]) -> pd.DataFrame:
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=columns)
