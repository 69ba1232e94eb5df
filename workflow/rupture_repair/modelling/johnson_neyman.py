"""Johnson–Neyman regions: the interpersonal problems for which two patterns differ."""

from collections.abc import Callable, Mapping
from itertools import pairwise

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from rupture_repair.config.reporting import MIN_PATIENTS
from rupture_repair.modelling.effects import CONTRASTS, difference, tests
from rupture_repair.modelling.fit import Fit
from rupture_repair.modelling.inference import Reported

# grid on which edges of regions are bracketed: two edges in one interval would be missed
SEARCHED = 1001
CHANGE_CURVE = ["length", "iip_z", "iip", "estimate", "ci_low", "ci_high"]
Grid = NDArray[np.float64]
COLUMNS = [
    *("model", "contrast", "interaction", "low_from", "low_to", "high_from", "high_to"),
    *("observed_low", "observed_high", "supported_low", "supported_high", "share_of_patients"),
]


def regions(fit: Fit | Reported, patients: pd.DataFrame, confidence: float) -> pd.DataFrame:
    """Return the regions of iip_z in which slopes differ, a row per contrast.

    The difference of slopes is b1 + b2·z with variance v11 + 2·v12·z + v22·z² (Bauer & Curran
    2005). It is significant where its t exceeds the critical value for its own Satterthwaite df;
    since these depend on z, there is no closed form: edges are roots of the distance of the
    interval from zero. Only regions inside the observed range of iip_z are reported: the first
    two, `low_from` to `low_to` and `high_from` to `high_to`, missing where there is none.
    `supported_low` to `supported_high` is the range of iip_z with at least five patients of the
    contrast's first pattern beyond either end.

    patients : one row per patient with `iip_z` and `pattern`.
    """
    rows = [_region(fit, patients, contrast, confidence) for contrast in CONTRASTS]
    return pd.DataFrame(rows, columns=COLUMNS)


def curve(
    fit: Fit | Reported, patients: pd.DataFrame, confidence: float, points: int = 121
) -> pd.DataFrame:
    """Return each difference of slopes over the observed range: `contrast, iip_z, estimate, …`."""
    grid = np.linspace(patients["iip_z"].min(), patients["iip_z"].max(), points)
    parts = []
    for contrast in CONTRASTS:
        part = _differences(fit, contrast, grid, confidence)[["estimate", "ci_low", "ci_high"]]
        part.insert(0, "contrast", " - ".join(contrast))
        part.insert(1, "iip_z", grid)
        parts.append(part)
    return pd.concat(parts, ignore_index=True)


def change_curve(
    fit: Fit | Reported,
    patients: pd.DataFrame,
    lengths: Mapping[float, tuple[float, float]],
    confidence: float,
    points: int = 61,
) -> pd.DataFrame:
    """Return repaired minus none over the observed range, in points of change: `CHANGE_CURVE`.

    lengths : sessions → `length_c`, and the time from the first session to that one, by which the
    difference of slopes counts. patients : one row per patient with `iip` and `iip_z`.
    """
    grid, raw = (
        np.linspace(patients[name].min(), patients[name].max(), points) for name in ("iip_z", "iip")
    )
    parts = []
    for length, (length_c, time) in lengths.items():
        numbers = ["estimate", "ci_low", "ci_high"]
        part = _differences(fit, ("repaired", "none"), grid, confidence, length_c)[numbers] * time
        parts.append(part.assign(length=length, iip_z=grid, iip=raw))
    return pd.concat(parts, ignore_index=True)[CHANGE_CURVE]


def _differences(
    fit: Fit | Reported,
    contrast: tuple[str, str],
    grid: Grid,
    confidence: float,
    length_c: float = 0.0,
) -> pd.DataFrame:
    """Test the difference of slopes at each value of `grid`; at average log length by default."""
    at_zero, at_one = (
        difference(fit.columns, contrast, iip_z=iip_z, length_c=length_c) for iip_z in (0.0, 1.0)
    )
    return tests(fit, at_zero + np.outer(grid, at_one - at_zero), confidence)


def _region(
    fit: Fit | Reported, patients: pd.DataFrame, contrast: tuple[str, str], confidence: float
) -> dict[str, object]:
    low, high = patients["iip_z"].min(), patients["iip_z"].max()

    def beyond_zero(grid: Grid) -> Grid:
        """By how much the interval lies off zero; negative where it includes zero."""
        found = _differences(fit, contrast, np.atleast_1d(grid), confidence)
        return np.maximum(found["ci_low"], -found["ci_high"]).to_numpy()

    grid = np.linspace(low, high, SEARCHED)
    ranges = _positive(beyond_zero, grid)
    ends = _differences(fit, contrast, np.array([0.0, 1.0]), confidence)["estimate"]
    own = np.sort(patients.loc[patients["pattern"] == contrast[0], "iip_z"])
    enough = len(own) >= 2 * MIN_PATIENTS
    return {
        "model": fit.model,
        "contrast": " - ".join(contrast),
        "interaction": ends[1] - ends[0],
        "low_from": ranges[0][0] if ranges else np.nan,
        "low_to": ranges[0][1] if ranges else np.nan,
        "high_from": ranges[1][0] if len(ranges) > 1 else np.nan,
        "high_to": ranges[1][1] if len(ranges) > 1 else np.nan,
        "observed_low": low,
        "observed_high": high,
        "supported_low": own[MIN_PATIENTS - 1] if enough else np.nan,
        "supported_high": own[-MIN_PATIENTS] if enough else np.nan,
        "share_of_patients": _share(patients["iip_z"], ranges),
    }


def _positive(function: Callable[[Grid], Grid], grid: Grid) -> list[tuple[float, float]]:
    """Return the stretches of `grid` on which a continuous function is positive."""
    from scipy.optimize import brentq  # a sixth of a second to import

    values = function(grid)
    edges = [grid[0]]
    for left, right, before, after in zip(grid, grid[1:], values, values[1:], strict=False):
        if (before > 0) != (after > 0) and np.isfinite([before, after]).all():
            edges.append(brentq(lambda z: function(z)[0], left, right, xtol=1e-10))
    edges.append(grid[-1])
    stretches = []
    for left, right in pairwise(edges):
        if function(np.array([(left + right) / 2]))[0] > 0:
            stretches.append((float(left), float(right)))
    return stretches


def _share(iip_z: pd.Series, ranges: list[tuple[float, float]]) -> float:
    within = np.zeros(len(iip_z), dtype=bool)
    for left, right in ranges:
        within |= iip_z.between(left, right).to_numpy()
    return float(within.mean())
