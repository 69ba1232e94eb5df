"""The comparison report: its prose and its project folder."""

import math
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd
import yaml

from rupture_repair.comparison.results import Comparison
from rupture_repair.comparison.slopes import AVERAGED, CONFIDENCE, HEADLINE, SHOWN
from rupture_repair.comparison.tables import report_tables
from rupture_repair.comparison.words import (
    LABELS,
    cohort_label,
    data_sentence,
    unit_of,
)
from rupture_repair.disclosure.suppression import told
from rupture_repair.manuscript import markdown
from rupture_repair.words import apa

DOCUMENT, FIGURE = "comparison", "forest_plot"
SECTIONS = ("Cohorts", "Method", "Results", "Conclusion", "References")
NO_COMMON_LENGTH = "The cohorts state it at no length of treatment that all of them have."


def flags(comparison: Comparison) -> dict[str, Any]:
    """Return the metadata on which blocks of the report depend."""
    return {
        "title": "Moderation by interpersonal problems: comparison of "
        + apa.plural(len(comparison.cohorts), "cohort"),
        "has-synthetic": any(cohort.synthetic for cohort in comparison.cohorts),
        "two-cohorts": int(comparison.tables["pooled"]["k"].max()) <= 2,
        "has-left-out": bool(comparison.left_out),
        "has-differences": bool(comparison.differ),
    }


def variables(comparison: Comparison, engine: str) -> dict[str, Any]:
    """Return the nested keys of the prose; each value is text ready for print."""
    cohorts, pooled = comparison.cohorts, comparison.tables["pooled"]
    record = comparison.records[0]
    return {
        "cohorts": apa.joined([cohort_label(cohort) for cohort in cohorts]),
        "patients": told(comparison.tables["cohorts"]["patients"].sum(skipna=False)),
        "synthetic": data_sentence(cohorts) or "None.",
        "left_out": apa.joined([f"`{name}`" for name in comparison.left_out]) or "None",
        "differences": apa.joined(comparison.differ) or "nothing",
        "unit": unit_of(cohorts[0].time),
        "level": f"{100 * CONFIDENCE:g}",
        "claim": {
            "headline": _claims(pooled[pooled["term"] == HEADLINE]),
            "lengths": _claims(pooled[~pooled["term"].isin(SHOWN)]) or NO_COMMON_LENGTH,
            "averaged": _claims(pooled[pooled["term"] == AVERAGED]),
            "conclusion": conclusion(pooled),
        },
        "run": {
            "version": record["version"],
            "commit": record["commit"] or "unknown",
            "engine": engine,
        },
    }


def stage(
    comparison: Comparison, sources: Path, figures: Mapping[str, str], project: Path, engine: str
) -> None:
    """Write the project folder of the report.

    sources : the folder `reports`; figures : `svg` and `png` of the forest plot.
    """
    unused = shutil.ignore_patterns("manuscript.qmd", "supplement.qmd", "_sections", "preview")
    shutil.copytree(sources, project, dirs_exist_ok=True, ignore=unused)
    generated = project / "_generated"
    for folder in (generated, project / "figures"):
        folder.mkdir()
    for ending, file in figures.items():
        shutil.copyfile(file, project / f"figures/{FIGURE}.{ending}")
    block = markdown.figure("fig-forest", f"figures/{FIGURE}", comparison.caption, comparison.alt)
    (generated / f"_figure-{FIGURE}.md").write_text(block, encoding="utf-8")
    for name, text in report_tables(comparison).items():
        (generated / f"_table-{name}.md").write_text(text, encoding="utf-8")
    for name, content in (
        ("_variables", variables(comparison, engine)),
        ("_metadata", flags(comparison)),
    ):
        text = yaml.safe_dump(content, allow_unicode=True, sort_keys=True, width=10_000)
        (project / f"{name}.yml").write_text(text, encoding="utf-8")


def conclusion(pooled: pd.DataFrame) -> str:
    """Say in words what the cohorts together show of repaired ruptures, and what they do not."""
    row = pooled[(pooled["term"] == HEADLINE) & (pooled["pattern"] == "repaired")].iloc[0]
    if math.isnan(row["slope"]):
        return "Fewer than two cohorts can estimate the moderation: nothing can be concluded."
    low, high = (apa.number(row[end], 3) for end in ("ci_low", "ci_high"))
    if row["ci_low"] <= 0 <= row["ci_high"]:
        said = (
            "Together, the cohorts do not show that the symptom course with repaired ruptures, "
            "beside that without rupture, depends on interpersonal problems in treatments of "
            f"average length; nor do they exclude it: the interval goes from {low} to {high}."
        )
    else:
        more = "more" if row["ci_high"] < 0 else "less"
        said = (
            "Together, the cohorts show that the more interpersonal problems patients had, the "
            f"{more} improvement went with repaired ruptures beside none, in treatments of average "
            f"length: by {low} to {high}."
        )
    return f"{said} {_next_cohort(row)}"


def _next_cohort(row: pd.Series) -> str:
    if math.isnan(row["prediction_low"]):
        return "So few cohorts do not tell how much cohorts differ."
    between = apa.interval(row["prediction_low"], row["prediction_high"], 3)
    if row["prediction_low"] <= 0 <= row["prediction_high"]:
        return f"In another cohort it might go either way (prediction interval {between})."
    return (
        f"In another cohort the same direction is to be expected (prediction interval {between})."
    )


def _claims(rows: pd.DataFrame) -> str:
    return " ".join(_claim(row) for _, row in rows.iterrows())


def _claim(row: pd.Series) -> str:
    """Return the pooled term in a sentence; of association, never of cause."""
    name = LABELS[row["pattern"]]
    if row["term"] not in SHOWN:
        name = f"{row['term'].removeprefix('M3 ').capitalize()}, {name.lower()}"
    if math.isnan(row["slope"]):
        return f"{name}: not pooled, because fewer than two cohorts can estimate it."
    clear = row["ci_low"] > 0 or row["ci_high"] < 0
    verdict = "the interval leaves out zero" if clear else "the interval holds zero"
    return (
        f"{name}: *b* = {apa.number(row['slope'], 3)}, {100 * CONFIDENCE:g}% interval "
        f"{apa.interval(row['ci_low'], row['ci_high'], 3)}, {apa.p_statement(row['p'])} "
        f"({row['k']} cohorts; {verdict}; *I*² = {apa.number(row['i2'], 0)}%)."
    )
