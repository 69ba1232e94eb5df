"""Bias, coverage and rates of rejection over replicates, with Monte Carlo errors.

Standard errors as in Morris, White & Crowther (2019), table 6.
"""

import numpy as np
import pandas as pd

from rupture_repair.config.reporting import ALPHA

KEYS = ["scenario", "model", "term"]
SUMMARY = [*KEYS, "measure", "value", "mc_se", "replicates"]


def summarise(findings: pd.DataFrame) -> pd.DataFrame:
    """Return a row per scenario, model, term and measure: `value`, `mc_se`, `replicates`.

    findings : a row per study and term, columns as in `Finding`.
    Measures: `truth`; `bias`, mean error; `empirical_se`, SD of estimates; `model_se`, root mean
    square of the standard errors; `coverage` of the 95 % intervals; `rejected`, share of p below
    .05; `identified` and `certified`, shares of all studies. The others are over the studies that
    identified the term, `replicates` of them.
    """
    parts = []
    for key, group in findings.groupby(KEYS, sort=False):
        rows = pd.DataFrame(_measures(group), columns=SUMMARY[3:])
        for position, (name, value) in enumerate(zip(KEYS, key, strict=True)):
            rows.insert(position, name, value)
        parts.append(rows)
    return pd.concat(parts, ignore_index=True)


def share(flags: pd.Series) -> tuple[float, float, int]:
    """Return a proportion, its Monte Carlo standard error √(p(1 − p)/n), and n."""
    n = len(flags)
    value = float(flags.mean()) if n else np.nan
    return value, float(np.sqrt(value * (1 - value) / n)) if n else np.nan, n


def _measures(group: pd.DataFrame) -> list[tuple[str, float, float, int]]:
    kept = group[group["p"].notna()]
    n = len(kept)
    rows = []
    if group["truth"].notna().all():
        error = kept["estimate"] - kept["truth"]
        spread = error.std(ddof=1)
        squares = kept["se"] ** 2
        size = float(np.sqrt(squares.mean()))
        inside = (kept["ci_low"] <= kept["truth"]) & (kept["truth"] <= kept["ci_high"])
        rows = [
            ("truth", group["truth"].iloc[0], 0.0, n),
            ("bias", error.mean(), spread / np.sqrt(n), n),
            ("empirical_se", spread, spread / np.sqrt(2 * (n - 1)), n),
            ("model_se", size, squares.std(ddof=1) / (2 * size * np.sqrt(n)), n),
            ("coverage", *share(inside)),
        ]
    rows.append(("rejected", *share(kept["p"] < ALPHA)))
    rows.append(("identified", *share(group["p"].notna())))
    return [*rows, ("certified", *share(group["certified"]))]
