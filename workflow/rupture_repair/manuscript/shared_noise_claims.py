"""Sentences on noise that alliance and symptoms of a session share."""

import pandas as pd

from rupture_repair.config.reporting import ALPHA
from rupture_repair.manuscript import apa
from rupture_repair.manuscript.results import Results

ASKED = (
    ("M1", "time:pattern[unrepaired]", "all", "unrepaired against no rupture in M1"),
    ("M1", "time:pattern[unrepaired]", "without_last", "the same without {last}"),
    ("M1", "time:pattern[repaired]", "all", "repaired against no rupture in M1"),
    ("M2", "time:pattern[repaired]:iip_z", "all", "the moderation in M2"),
    ("M3", "time:pattern[repaired]:iip_z", "all", "the moderation at average length in M3"),
)
LAST = "patients whose ruptures are all in their last rating"


def shared_noise(results: Results) -> str:
    """Tell the correlation of both errors, and what it gives without ruptures beside the data."""
    correlation = results.tables["session_correlation"]
    known = correlation.dropna(subset=["r"])
    if known.empty:
        return (
            "How far alliance and symptom ratings of one session share their errors could not be "
            "estimated: too few patients have four sessions with both."
        )
    at = known.iloc[0]
    words = (
        "About each patient's own line, alliance and symptoms of the same session correlated "
        f"*r* = {apa.proportion(at['r'])} {_interval(at)}. "
    )
    rows = results.tables["shared_noise"]
    told = [_beside(rows, model, term, sample, name) for model, term, sample, name in ASKED]
    found = [part for part in told if part]
    if not found:
        return f"{words}What this gives without ruptures could not be computed."
    replicates = int(rows["replicates"].max())
    return (
        f"{words}In {replicates} cohorts simulated without ruptures whose errors are coupled as "
        "much, slopes (points per unit of time) were on average, beside those of the data: "
        f"{'; '.join(found)}. In brackets the range of 95% of these cohorts, and how many of them "
        f"had *p* < {apa.proportion(ALPHA)}."
    )


def _beside(rows: pd.DataFrame, model: str, term: str, sample: str, name: str) -> str:
    own = rows[(rows["model"] == model) & (rows["term"] == term) & (rows["sample"] == sample)]
    own = own.dropna(subset=["estimate", "null_mean"])
    if own.empty:
        return ""
    row = own.iloc[0]
    outside = not row["null_low"] <= row["estimate"] <= row["null_high"]
    where = "outside of" if outside else "within"
    return (
        f"{name.format(last=LAST)}, {apa.number(row['null_mean'])} "
        f"({apa.interval(row['null_low'], row['null_high'])}, "
        f"{apa.number(100 * row['null_significant'], 0)}%) beside {apa.number(row['estimate'])}, "
        f"{where} that range"
    )


def _interval(row: pd.Series) -> str:
    return f"[{apa.proportion(row['ci_low'])}, {apa.proportion(row['ci_high'])}]"
