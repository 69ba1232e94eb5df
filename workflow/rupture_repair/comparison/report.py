"""The comparison report: its prose and its project folder."""

import math
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import pandas as pd
import yaml

from rupture_repair.comparison.forest_parts import FIGURE
from rupture_repair.comparison.results import Compared, Comparison
from rupture_repair.comparison.slopes import AVERAGED, CONFIDENCE, HEADLINE, SHOWN
from rupture_repair.comparison.tables import report_tables
from rupture_repair.comparison.words import cohort_label, data_sentence, unit_of
from rupture_repair.disclosure.suppression import count_text
from rupture_repair.manuscript import markdown
from rupture_repair.words.templates import Claim, Direction

DOCUMENT = "comparison"
SECTIONS = ("Cohorts", "Method", "Results", "Conclusion", "References")


@dataclass(frozen=True)
class Report(
    Claim,
    at="comparison/report",
    blocks=(
        *("title", "cohorts", "none_synthetic", "left_out", "differences", "no_common_length"),
        "commit",
    ),
):
    """The cohorts, those left out, what is not the same in all, and the commit if known."""

    cohorts: tuple[str, ...]
    left_out: tuple[str, ...]
    differ: tuple[Compared, ...]
    commit: str | None


@dataclass(frozen=True)
class Moderation(Claim, at="comparison/moderation"):
    """A pooled moderation of a pattern.

    place : the length that it is at, where that is not in the heading. slope : none where fewer
    than two cohorts can estimate it. level : of its interval, in percent.
    """

    pattern: Literal["unrepaired", "repaired"]
    place: str | None
    slope: float | None
    ci_low: float
    ci_high: float
    level: float
    p: float
    cohorts: int
    clear: bool
    i2: float


@dataclass(frozen=True)
class NextCohort:
    """The prediction interval for another cohort, and whether it excludes zero."""

    ci_low: float
    ci_high: float
    same_direction: bool


@dataclass(frozen=True)
class Conclusion(Claim, at="comparison/conclusion"):
    """What the cohorts show together of repaired ruptures; next: none with too few cohorts.

    how : improvement with more interpersonal problems, where it is shown.
    """

    estimated: bool
    how: Direction | None
    ci_low: float
    ci_high: float
    next: NextCohort | None


def flags(comparison: Comparison) -> dict[str, Any]:
    """Return the metadata on which blocks of the report depend."""
    return {
        "title": _report(comparison).text("title"),
        "has-synthetic": any(cohort.synthetic for cohort in comparison.cohorts),
        "two-cohorts": int(comparison.tables["pooled"]["k"].max()) <= 2,
        "has-left-out": bool(comparison.left_out),
        "has-differences": bool(comparison.differ),
    }


def variables(comparison: Comparison, engine: str) -> dict[str, Any]:
    """Return the nested keys of the prose; each value is text ready for print."""
    cohorts, pooled = comparison.cohorts, comparison.tables["pooled"]
    record, texts = comparison.records[0], _report(comparison)
    return {
        "cohorts": texts.text("cohorts"),
        "patients": count_text(comparison.tables["cohorts"]["patients"].sum(skipna=False)),
        "synthetic": data_sentence(cohorts) or texts.text("none_synthetic"),
        "left_out": texts.text("left_out"),
        "differences": texts.text("differences"),
        "unit": unit_of(cohorts[0].time),
        "level": f"{100 * CONFIDENCE:g}",
        "claim": {
            "headline": _claims(pooled[pooled["term"] == HEADLINE]),
            "lengths": _claims(pooled[~pooled["term"].isin(SHOWN)])
            or texts.text("no_common_length"),
            "averaged": _claims(pooled[pooled["term"] == AVERAGED]),
            "conclusion": conclusion(pooled),
        },
        "run": {
            "version": record["version"],
            "commit": texts.text("commit"),
            "engine": engine,
        },
    }


def stage(
    comparison: Comparison, sources: Path, figures: Sequence[str], project: Path, engine: str
) -> None:
    """Write the project folder of the report.

    sources : the folder `reports`; figures : SVG and PNG of each part of the forest plot.
    """
    unused = shutil.ignore_patterns(
        "manuscript.qmd", "supplement.qmd", "_sections", "preview", "words"
    )
    shutil.copytree(sources, project, dirs_exist_ok=True, ignore=unused)
    generated = project / "_generated"
    for folder in (generated, project / "figures"):
        folder.mkdir()
    for file in figures:
        shutil.copyfile(file, project / "figures" / Path(file).name)
    blocks = []
    for number, (caption, alt) in enumerate(comparison.texts, start=1):
        more = f"-{number}" if number > 1 else ""
        file = f"figures/{FIGURE}{more.replace('-', '_')}"
        blocks.append(markdown.figure(f"fig-forest{more}", file, caption, alt))
    (generated / f"_figure-{FIGURE}.md").write_text("\n".join(blocks), encoding="utf-8")
    for name, text in report_tables(comparison).items():
        (generated / f"_table-{name}.md").write_text(text, encoding="utf-8")
    for name, content in (
        ("_variables", variables(comparison, engine)),
        ("_metadata", flags(comparison)),
    ):
        text = yaml.safe_dump(content, allow_unicode=True, sort_keys=True, width=10_000)
        (project / f"{name}.yml").write_text(text, encoding="utf-8")


def _report(comparison: Comparison) -> Report:
    return Report(
        cohorts=tuple(cohort_label(cohort) for cohort in comparison.cohorts),
        left_out=tuple(comparison.left_out),
        differ=comparison.differ,
        commit=comparison.records[0]["commit"],
    )


def conclusion(pooled: pd.DataFrame) -> str:
    """Say in words what the cohorts together show of repaired ruptures, and what they do not."""
    row = pooled[(pooled["term"] == HEADLINE) & (pooled["pattern"] == "repaired")].iloc[0]
    how: Direction | None = "more" if row["ci_high"] < 0 else "less" if row["ci_low"] > 0 else None
    return Conclusion(
        estimated=not math.isnan(row["slope"]),
        how=how,
        ci_low=float(row["ci_low"]),
        ci_high=float(row["ci_high"]),
        next=_next_cohort(row),
    ).words


def _next_cohort(row: pd.Series) -> NextCohort | None:
    low, high = float(row["prediction_low"]), float(row["prediction_high"])
    return None if math.isnan(low) else NextCohort(low, high, low > 0 or high < 0)


def _claims(rows: pd.DataFrame) -> str:
    return " ".join(_claim(row) for _, row in rows.iterrows())


def _claim(row: pd.Series) -> str:
    """Return the pooled term in a sentence; of association, never of cause."""
    place = None if row["term"] in SHOWN else row["term"].removeprefix("M3 ")
    return Moderation(
        pattern=row["pattern"],
        place=place,
        slope=None if math.isnan(row["slope"]) else float(row["slope"]),
        ci_low=float(row["ci_low"]),
        ci_high=float(row["ci_high"]),
        level=100 * CONFIDENCE,
        p=float(row["p"]),
        cohorts=int(row["k"]),
        clear=bool(row["ci_low"] > 0 or row["ci_high"] < 0),
        i2=float(row["i2"]),
    ).words
