"""Sentences on noise that alliance and symptoms of a session share."""

from dataclasses import dataclass
from typing import Literal

import pandas as pd

from rupture_repair.manuscript.results import Results
from rupture_repair.words.templates import Claim

# a slope, and whether patients are left out whose ruptures are all in their last rating
Asked = Literal["unrepaired", "unrepaired without last", "repaired", "moderation", "average length"]
ASKED: tuple[tuple[str, str, str, Asked], ...] = (
    ("M1", "time:pattern[unrepaired]", "all", "unrepaired"),
    ("M1", "time:pattern[unrepaired]", "without_last", "unrepaired without last"),
    ("M1", "time:pattern[repaired]", "all", "repaired"),
    ("M2", "time:pattern[repaired]:iip_z", "all", "moderation"),
    ("M3", "time:pattern[repaired]:iip_z", "all", "average length"),
)


@dataclass(frozen=True)
class Correlation:
    """The correlation of both ratings of a session about each patient's own line."""

    r: float
    ci_low: float
    ci_high: float


@dataclass(frozen=True)
class Beside:
    """A slope of the data, and what shared errors alone give on average and in which range.

    significant : percent of the cohorts without ruptures in which it is.
    """

    asked: Asked
    estimate: float
    null: float
    ci_low: float
    ci_high: float
    significant: float
    outside: bool


@dataclass(frozen=True)
class SharedNoise(Claim, at="shared_noise/shared_noise"):
    """The correlation of both errors, and what it gives in so many cohorts without ruptures."""

    correlation: Correlation | None
    replicates: int
    slopes: tuple[Beside, ...]


def shared_noise(results: Results) -> str:
    """Tell the correlation of both errors, and what it gives without ruptures beside the data."""
    known = results.tables["session_correlation"].dropna(subset=["r"])
    if known.empty:
        return SharedNoise(None, 0, ()).words
    at, rows = known.iloc[0], results.tables["shared_noise"]
    slopes = tuple(
        _beside(row, asked)
        for model, term, sample, asked in ASKED
        for _, row in _known(rows, model, term, sample).head(1).iterrows()
    )
    replicates = int(rows["replicates"].max()) if slopes else 0
    correlation = Correlation(*(float(at[name]) for name in ("r", "ci_low", "ci_high")))
    return SharedNoise(correlation, replicates, slopes).words


def _known(rows: pd.DataFrame, model: str, term: str, sample: str) -> pd.DataFrame:
    own = rows[(rows["model"] == model) & (rows["term"] == term) & (rows["sample"] == sample)]
    return own.dropna(subset=["estimate", "null_mean"])


def _beside(row: pd.Series, asked: Asked) -> Beside:
    return Beside(
        asked=asked,
        estimate=float(row["estimate"]),
        null=float(row["null_mean"]),
        ci_low=float(row["null_low"]),
        ci_high=float(row["null_high"]),
        significant=float(100 * row["null_significant"]),
        outside=not row["null_low"] <= row["estimate"] <= row["null_high"],
    )
