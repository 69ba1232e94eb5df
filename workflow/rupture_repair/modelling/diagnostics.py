"""Residuals and random effects compared with the assumptions of the models."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import ndtr, ndtri, stdtrit

from rupture_repair.config.reporting import DESCRIPTIVE_LEVEL
from rupture_repair.modelling.engine import (
    MixedModelResults,
    standardised_effects,
    standardised_residuals,
)

# quantiles from the fifth lowest to the fifth highest; beyond them, in the tails, single values
MIN_UNITS = 5
POINTS = 61
BINS, SESSIONS_PER_BIN = 20, 25
FAR = 3.0
SHARE_FAR = float(2 * ndtr(-FAR))  # of a normal distribution
NUMBERS = [
    *("model", "part", "n", "sd", "skewness", "excess_kurtosis", "n_far", "share_far"),
    *("expected_far", "spread_ratio", "trend"),
]
QUANTILES = ["model", "part", "expected", "observed", "tail"]
BINNED = ["model", "bin", "n_sessions", "n_patients", "fitted", "mean", "low", "high", "sd"]


@dataclass(frozen=True)
class Standardised:
    """A fit's residuals and random effects, each of variance 1 under the model.

    sessions : `patient_id`, `fitted` (random effects included, points) and `residual`.
    parts : name → values: `residual`, `patient_intercept`, `patient_slope`,
        `therapist_intercept`; those that are in the model and vary.
    """

    sessions: pd.DataFrame
    parts: dict[str, NDArray[np.float64]]


def diagnostic_tables(fits: Mapping[str, MixedModelResults]) -> dict[str, pd.DataFrame]:
    """Return the tables of the step by name; fits : model → its fit."""
    examined = {model: standardised(found) for model, found in fits.items()}
    return {
        "diagnostics": diagnostics(examined),
        "diagnostic_quantiles": quantiles(examined),
        "residual_bins": residual_bins(examined),
    }


def standardised(found: MixedModelResults) -> Standardised:
    """Return what is examined of a fit."""
    rows = found.model.design.rows
    residual = standardised_residuals(found).to_numpy()
    parts = {"residual": residual}
    effects = standardised_effects(found)
    for level, effect in (
        ("patient", "intercept"),
        ("patient", "slope"),
        ("therapist", "intercept"),
    ):
        values = effects[level][effect].dropna().to_numpy()
        if len(values):
            parts[f"{level}_{effect}"] = values
    sessions = {"patient_id": rows.patient_ids[rows.patient], "residual": residual}
    return Standardised(pd.DataFrame(sessions | {"fitted": found.fittedvalues.to_numpy()}), parts)


def diagnostics(fits: Mapping[str, Standardised]) -> pd.DataFrame:
    """Return a row per model and part, with shape and spread of the standardised values.

    skewness, excess_kurtosis : 0 for a normal distribution. share_far : share beyond ±3, beside
    that of a normal distribution. For residuals also spread_ratio : SD in the fifth of the
    sessions with the highest fitted values by that in the lowest fifth; trend : Spearman's rank
    correlation of absolute residuals and fitted values.
    """
    from scipy import stats  # half a second to import

    rows = []
    for model, fit in fits.items():
        for part, values in fit.parts.items():
            far = np.abs(values) > FAR
            row = {
                "model": model,
                "part": part,
                "n": len(values),
                "sd": _sd(values),
                "skewness": stats.skew(values),
                "excess_kurtosis": stats.kurtosis(values),
                "n_far": int(far.sum()),
                "share_far": far.mean(),
                "expected_far": SHARE_FAR,
            }
            if part == "residual":
                fitted = fit.sessions["fitted"].to_numpy()
                low, high = np.quantile(fitted, [0.2, 0.8])
                row["spread_ratio"] = _sd(values[fitted >= high]) / _sd(values[fitted <= low])
                row["trend"] = stats.spearmanr(np.abs(values), fitted).statistic
            rows.append(row)
    return pd.DataFrame(rows, columns=NUMBERS)


def quantiles(fits: Mapping[str, Standardised]) -> pd.DataFrame:
    """Return observed quantiles beside those of the standard normal distribution.

    At most `POINTS` per part, from the fifth lowest to the fifth highest value, and with tail = 1
    the four values beyond them at each end, which the masking of a confidential cohort removes.
    """
    parts = []
    for model, fit in fits.items():
        for part, values in fit.parts.items():
            n = len(values)
            if n < 2 * MIN_UNITS:
                continue
            low = ndtri((np.arange(MIN_UNITS) + 0.5) / n)
            inside = np.linspace(low[-1], -low[-1], min(POINTS, n - 2 * MIN_UNITS + 2))
            expected = np.concatenate([low[:-1], inside, -low[-2::-1]])
            points = {
                "expected": expected,
                "observed": np.quantile(values, ndtr(expected), method="hazen"),
                "tail": (np.abs(expected) > inside[-1]).astype(int),
            }
            parts.append(pd.DataFrame(points).assign(model=model, part=part)[QUANTILES])
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=QUANTILES)


def residual_bins(fits: Mapping[str, Standardised]) -> pd.DataFrame:
    """Return standardised residuals by fitted value, in bins of equally many sessions.

    fitted : mean fitted value of the bin, points. mean, low, high : mean residual and its
    interval at `DESCRIPTIVE_LEVEL`, sessions taken as independent; sd : spread in the bin.
    """
    parts = []
    for model, fit in fits.items():
        rows = fit.sessions.sort_values("fitted", kind="stable")
        n_bins = int(np.clip(len(rows) // SESSIONS_PER_BIN, 1, BINS))
        number = np.arange(len(rows)) * n_bins // len(rows)
        binned = rows.groupby(number)
        spread, n = binned["residual"].std(ddof=1), binned.size()
        reach = stdtrit(n - 1, (1 + DESCRIPTIVE_LEVEL) / 2)
        mean, margin = binned["residual"].mean(), reach * spread / np.sqrt(n)
        found = {
            "model": model,
            "bin": np.arange(1, n_bins + 1),
            "n_sessions": n,
            "n_patients": binned["patient_id"].nunique(),
            "fitted": binned["fitted"].mean(),
            "mean": mean,
            "low": mean - margin,
            "high": mean + margin,
            "sd": spread,
        }
        parts.append(pd.DataFrame(found)[BINNED])
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=BINNED)


def _sd(values: NDArray[np.float64]) -> float:
    return float(values.std(ddof=1)) if len(values) > 1 else float("nan")
