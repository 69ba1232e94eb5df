"""Tables of the comparison report as Markdown."""

import math
from dataclasses import dataclass

import pandas as pd

from rupture_repair.comparison.results import Comparison
from rupture_repair.comparison.slopes import CONFIDENCE
from rupture_repair.comparison.words import cohort_label
from rupture_repair.disclosure.suppression import count_text
from rupture_repair.manuscript.markdown import escape_markdown
from rupture_repair.manuscript.printed import TABLE, cell, printed
from rupture_repair.words import apa
from rupture_repair.words.templates import Claim


@dataclass(frozen=True)
class Cohorts(Claim, at="comparison/cohorts", blocks=TABLE):
    """The cohorts."""


@dataclass(frozen=True)
class Pooled(Claim, at="comparison/pooled", blocks=TABLE):
    """Pooled moderations; level: of the intervals, in percent."""

    level: float


@dataclass(frozen=True)
class Heterogeneity(Claim, at="comparison/heterogeneity", blocks=TABLE):
    """How the cohorts differ."""


@dataclass(frozen=True)
class Effects(Claim, at="comparison/effects", blocks=TABLE):
    """The moderations of each cohort; level: of the intervals, in percent."""

    level: float


@dataclass(frozen=True)
class LeftOut(Claim, at="comparison/left_out", blocks=("title", "columns")):
    """Cohorts that are not compared."""


@dataclass(frozen=True)
class Colophon(Claim, at="comparison/colophon", blocks=("title", "columns")):
    """What each cohort was run with."""


def report_tables(comparison: Comparison) -> dict[str, str]:
    """Return the tables of the report as Markdown, by name."""
    return {
        "cohorts": _cohorts(comparison),
        "pooled": _pooled(comparison),
        "heterogeneity": _heterogeneity(comparison),
        "effects": _effects(comparison),
        "left-out": _left_out(comparison),
        "colophon": _colophon(comparison),
    }


def _cohorts(comparison: Comparison) -> str:
    rows = [
        [
            cohort_label(cohort),
            ", ".join(row[role] for role in ("alliance", "symptoms", "iip")),
            escape_markdown(cohort.printed_criterion) or row["criterion"].replace("\\_", " "),
            f"{count_text(row['patients'])} ({row['therapists']})",
            f"{apa.number(row['sessions_mean'], 1)} ({apa.number(row['sessions_sd'], 1)})",
            apa.number(row["baseline_sd"]),
        ]
        for cohort, row in zip(
            comparison.cohorts, comparison.tables["cohorts"].to_dict("records"), strict=True
        )
    ]
    return printed(Cohorts(), rows, left=3)


def _pooled(comparison: Comparison) -> str:
    rows = [
        [
            _term(row),
            f"{row['k']}",
            apa.number(row["slope"], 3),
            _interval(row, "ci"),
            apa.p_value(row["p"]),
            _interval(row, "z"),
        ]
        for _, row in comparison.tables["pooled"].iterrows()
    ]
    return printed(Pooled(100 * CONFIDENCE), rows)


def _heterogeneity(comparison: Comparison) -> str:
    rows = [
        [
            _term(row),
            apa.number(math.sqrt(row["tau2"]), 3),
            apa.number(math.sqrt(row["tau2_dl"]), 3),
            apa.number(row["q"]),
            apa.p_value(row["q_p"]),
            apa.number(row["i2"], 0),
            _interval(row, "prediction"),
        ]
        for _, row in comparison.tables["pooled"].iterrows()
    ]
    return printed(Heterogeneity(), rows)


def _effects(comparison: Comparison) -> str:
    titles = {cohort.name: cohort_label(cohort) for cohort in comparison.cohorts}
    table = comparison.tables["effects"]
    rows = [
        [
            _term(row),
            titles[row["cohort"]],
            _with_se(row["estimate"], row["se"]),
            _with_se(row["slope"], row["slope_se"]),
            _interval(row, "ci"),
            apa.number(row["weight"], 0),
        ]
        for _, pooled in comparison.tables["pooled"].iterrows()
        for _, row in table[_at(table, pooled)].iterrows()
    ]
    return printed(Effects(100 * CONFIDENCE), rows, left=2)


def _left_out(comparison: Comparison) -> str:
    rows = [[name, reason] for name, reason in comparison.left_out.items()]
    return printed(LeftOut(), rows, left=2)


def _colophon(comparison: Comparison) -> str:
    rows = [
        [
            cohort.name,
            record["config_digest"][:16],
            cell("nothing").lower() if record["seed"] is None else str(record["seed"]),
        ]
        for cohort, record in zip(comparison.cohorts, comparison.records, strict=True)
    ]
    return printed(Colophon(), rows, left=2)


def _term(row: pd.Series) -> str:
    return f"{row['pattern'].capitalize()}, {row['term']}"


def _at(table: pd.DataFrame, pooled: pd.Series) -> "pd.Series[bool]":
    return (table["term"] == pooled["term"]) & (table["pattern"] == pooled["pattern"])


def _with_se(estimate: float, se: float) -> str:
    return "–" if math.isnan(estimate) else f"{apa.number(estimate, 3)} ({apa.number(se, 3)})"


def _interval(row: pd.Series, kind: str) -> str:
    low, high = row[f"{kind}_low"], row[f"{kind}_high"]
    return "–" if math.isnan(low) else apa.interval(low, high, 3)
