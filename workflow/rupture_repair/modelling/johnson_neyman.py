"""Johnson–Neyman regions: the interpersonal problems for which two patterns differ."""

from itertools import pairwise

import numpy as np
import pandas as pd

from rupture_repair.config.criteria import PATTERNS
from rupture_repair.modelling.effects import CONTRASTS, critical_value, slope
from rupture_repair.modelling.fit import Fit

FEWEST = 5


def regions(fit: Fit, patients: pd.DataFrame, confidence: float) -> pd.DataFrame:
    """Return the regions of iip_z in which slopes differ, a row per contrast.

    The difference is b1 + b2·z; it is significant where (b1 + b2·z)² > c²·(v11 + 2·v12·z +
    v22·z²), a quadratic in z with closed-form roots (Bauer & Curran 2005). Only regions inside
    the observed range of iip_z are reported: up to two, `low_from` to `low_to` and `high_from` to
    `high_to`, missing where there is none. `supported_low` to `supported_high` is the range of
    iip_z with at least five patients of the contrast's first pattern beyond either end.

    patients : one row per patient with `iip_z` and `pattern`.
    """
    return pd.DataFrame([_region(fit, patients, contrast, confidence) for contrast in CONTRASTS])


def curve(fit: Fit, patients: pd.DataFrame, confidence: float, points: int = 121) -> pd.DataFrame:
    """Return each difference of slopes over the observed range: `contrast, iip_z, estimate, …`."""
    grid = np.linspace(patients["iip_z"].min(), patients["iip_z"].max(), points)
    critical = critical_value(confidence)
    parts = []
    for contrast in CONTRASTS:
        b1, b2, v11, v12, v22 = _coefficients(fit, contrast)
        estimate = b1 + b2 * grid
        margin = critical * np.sqrt(v11 + 2 * v12 * grid + v22 * grid**2)
        parts.append(
            pd.DataFrame(
                {
                    "contrast": " - ".join(contrast),
                    "iip_z": grid,
                    "estimate": estimate,
                    "ci_low": estimate - margin,
                    "ci_high": estimate + margin,
                }
            )
        )
    return pd.concat(parts, ignore_index=True)


def _coefficients(fit: Fit, contrast: tuple[str, str]) -> tuple[float, ...]:
    """b1, b2 and their variances and covariance for a difference of slopes.

    Missing where the cohort has nobody with one of the two patterns.
    """
    if not all(p == PATTERNS[0] or f"pattern[{p}]" in fit.terms for p in contrast):
        return (float("nan"),) * 5

    def difference(iip_z: float) -> np.ndarray:
        first, second = (
            slope(fit.terms, pattern=pattern, iip_z=iip_z, length_c=0.0) for pattern in contrast
        )
        return first - second

    at_zero = difference(0.0)
    per_unit = difference(1.0) - at_zero
    rows = np.vstack([at_zero, per_unit])
    b1, b2 = rows @ fit.params.to_numpy()
    v = rows @ fit.cov @ rows.T
    return float(b1), float(b2), float(v[0, 0]), float(v[0, 1]), float(v[1, 1])


def _region(
    fit: Fit, patients: pd.DataFrame, contrast: tuple[str, str], confidence: float
) -> dict[str, object]:
    b1, b2, v11, v12, v22 = _coefficients(fit, contrast)
    c2 = critical_value(confidence) ** 2
    low, high = patients["iip_z"].min(), patients["iip_z"].max()
    a, b, c = b2**2 - c2 * v22, 2 * (b1 * b2 - c2 * v12), b1**2 - c2 * v11
    roots = sorted(np.roots([a, b, c]).real) if b**2 - 4 * a * c > 0 else []
    inside = [root for root in roots if low < root < high]
    edges = [low, *inside, high]
    middles = [(left + right) / 2 for left, right in pairwise(edges)]
    significant = [a * z**2 + b * z + c > 0 for z in middles]
    ranges = [
        (left, right)
        for (left, right), yes in zip(pairwise(edges), significant, strict=True)
        if yes
    ]
    own = np.sort(patients.loc[patients["pattern"] == contrast[0], "iip_z"])
    enough = len(own) >= 2 * FEWEST
    return {
        "model": fit.model,
        "contrast": " - ".join(contrast),
        "interaction": b2,
        "low_from": ranges[0][0] if ranges else np.nan,
        "low_to": ranges[0][1] if ranges else np.nan,
        "high_from": ranges[1][0] if len(ranges) > 1 else np.nan,
        "high_to": ranges[1][1] if len(ranges) > 1 else np.nan,
        "observed_low": low,
        "observed_high": high,
        "supported_low": own[FEWEST - 1] if enough else np.nan,
        "supported_high": own[-FEWEST] if enough else np.nan,
        "share_of_patients": _share(patients["iip_z"], ranges),
    }


def _share(iip_z: pd.Series, ranges: list[tuple[float, float]]) -> float:
    within = np.zeros(len(iip_z), dtype=bool)
    for left, right in ranges:
        within |= iip_z.between(left, right).to_numpy()
    return float(within.mean())
