"""The specification curve as a whole beside curves where there is nothing to find.

After Simonsohn, Simmons & Nelson (2020): is the curve more extreme than resampling under the null
gives? Added specifications (`also`) take no part: the draw alone stands for all combinations.
"""

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
import pandas as pd

from rupture_repair.config.reporting import ALPHA, CHANCE_INTERVAL, EXACT

KINDS = ("no_rupture", "permuted")
# without rows a table has these types, too
COLUMNS = {"id": str, "kind": str, "replicate": int}
COLUMNS |= dict.fromkeys(("estimate", "statistic", "p"), float)
STATISTICS = ("median_estimate", "share_significant")


def resampled_rows(rows: Iterable[Mapping[str, Any]]) -> pd.DataFrame:
    """Return the rows of `resampling.resampled` as a table, with the types of its columns."""
    return pd.DataFrame(list(rows), columns=list(COLUMNS)).astype(COLUMNS)


def joint_inference(table: pd.DataFrame, resampled: pd.DataFrame) -> pd.DataFrame:
    """Return a row per kind of null and statistic.

    Columns: `kind, statistic, specifications, observed, expected, low, high, replicates, p`.

    table : `multiverse.csv` of the drawn specifications and the cohort's own.
    resampled : rows of `resampling.resampled`, perhaps of some specifications only: then these
    make the curve, the observed one too. Empty without resampling, and then only `observed` is
    known.

    `median_estimate` is the median over specifications (points), `share_significant` the share
    with p < .05 in either direction, by the models' own standard errors (replicates have no
    others). `expected`, `low`, `high`: mean and 2.5 % and 97.5 % quantile
    over replicates. `p`: share of replicates, the data among them, whose median lies as far from
    the expected one in either direction, or whose share is as large.
    """
    estimable = table.dropna(subset=["estimate"])
    if len(resampled):
        estimable = estimable[estimable["id"].isin(resampled["id"])]
    observed = _curve(estimable["estimate"].to_numpy(), estimable["model_p"].to_numpy())
    rows = []
    for kind in KINDS:
        null = resampled[(resampled["kind"] == kind) & resampled["id"].isin(estimable["id"])]
        curves = [
            _curve(part["estimate"].to_numpy(), part["p"].to_numpy())
            for _, part in null.groupby("replicate")
        ]
        drawn = np.array(curves).reshape(-1, len(STATISTICS))
        drawn = drawn[~np.isnan(drawn).any(axis=1)]
        for n, statistic in enumerate(STATISTICS):
            row = {"kind": kind, "statistic": statistic, "specifications": len(estimable)}
            row |= {"observed": observed[n]}
            rows.append(row | _beside(observed[n], drawn[:, n], statistic))
    return pd.DataFrame(rows)


def _curve(estimates: np.ndarray, p: np.ndarray) -> tuple[float, float]:
    known = ~np.isnan(estimates)
    if not known.any():
        return float("nan"), float("nan")
    return float(np.median(estimates[known])), float((p[known] < ALPHA).mean())


def _beside(observed: float, null: np.ndarray, statistic: str) -> dict[str, float]:
    n = len(null)
    if n == 0 or np.isnan(observed):
        unknown = float("nan")
        return {"expected": unknown, "low": unknown, "high": unknown, "replicates": n, "p": unknown}
    expected = float(null.mean())
    low, high = np.percentile(null, CHANCE_INTERVAL, method=EXACT)
    if statistic == "median_estimate":
        as_extreme = np.abs(null - expected) >= abs(observed - expected) - 1e-12
    else:
        as_extreme = null >= observed - 1e-12
    return {
        "expected": expected,
        "low": float(low),
        "high": float(high),
        "replicates": n,
        "p": float((1 + as_extreme.sum()) / (1 + n)),
    }
