"""The comparison report: its numbers, tables and project folder."""

import json
import math
import shutil
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd
import yaml

from rupture_repair.comparison.slopes import CONFIDENCE
from rupture_repair.comparison.words import (
    LABELS,
    QUESTIONS,
    cohort_label,
    data_sentence,
    unit_of,
)
from rupture_repair.disclosure.suppression import told
from rupture_repair.figures.load import read_tables
from rupture_repair.manuscript import apa, markdown
from rupture_repair.manuscript.markdown import plain

DOCUMENT, FIGURE = "comparison", "forest_plot"
TERM_NOTE = "Terms of highest order of M2 and M3, each pattern against no rupture."
SECTIONS = ("Cohorts", "Method", "Results", "References")


@dataclass(frozen=True)
class Comparison:
    """What the report speaks of.

    tables : `cohorts`, `effects` and `pooled`; cohorts : their settings, in the same order.
    left_out : cohorts of the run that are not compared, with what stopped them.
    records : the provenance of each cohort; caption, alt : of the forest plot.
    """

    tables: Mapping[str, pd.DataFrame]
    cohorts: Sequence[Mapping[str, Any]]
    left_out: Mapping[str, str]
    records: Sequence[Mapping[str, Any]]
    caption: str
    alt: str

    @property
    def differ(self) -> list[str]:
        """What is not the same in all cohorts."""
        names = {"symptoms": "symptom", "alliance": "alliance", "iip": "interpersonal problems"}
        table = self.tables["cohorts"]
        found = [
            f"the {name} questionnaires" for key, name in names.items() if _several(table[key])
        ]
        return found + (["the rupture criteria"] if _several(table["criterion"]) else [])


def read_comparison(
    tables: Iterable[str],
    records: Iterable[str],
    texts: tuple[str, str],
    cohorts: Sequence[Mapping[str, Any]],
    left_out: Mapping[str, str],
) -> Comparison:
    """Read the files that the report speaks of; `texts` are caption and alt text of the figure."""
    caption, alt = (Path(file).read_text(encoding="utf-8").strip() for file in texts)
    read = [json.loads(Path(file).read_text(encoding="utf-8")) for file in records]
    described = read_tables(tables)
    names = ["title", "alliance", "symptoms", "iip", "criterion"]
    table = described["cohorts"]
    described["cohorts"] = table.assign(**{name: table[name].map(plain) for name in names})
    return Comparison(
        described,
        [cohort | {"title": plain(cohort["title"])} for cohort in cohorts],
        {name: plain(reason) for name, reason in left_out.items()},
        read,
        plain(caption),
        alt,
    )


def flags(comparison: Comparison) -> dict[str, Any]:
    """Return the metadata on which blocks of the report depend."""
    return {
        "title": "Moderation by interpersonal problems: comparison of "
        + apa.plural(len(comparison.cohorts), "cohort"),
        "has-synthetic": any(cohort["synthetic"] for cohort in comparison.cohorts),
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
        "unit": {model: unit_of(model, cohorts[0]["time"]) for model in QUESTIONS},
        "level": f"{100 * CONFIDENCE:g}",
        "claim": {
            model: " ".join(_claim(row) for _, row in pooled[pooled["model"] == model].iterrows())
            for model in QUESTIONS
        },
        "run": {
            "version": record["version"],
            "commit": record["commit"] or "unknown",
            "engine": engine,
        },
    }


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


def stage(
    comparison: Comparison, sources: Path, figures: Mapping[str, str], project: Path, engine: str
) -> None:
    """Write the project folder of the report.

    sources : the folder `reports`; figures : `svg` and `png` of the forest plot.
    """
    shutil.copytree(sources, project, dirs_exist_ok=True)
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


def _several(values: pd.Series) -> bool:
    return len(set(values)) > 1


def _claim(row: pd.Series) -> str:
    """Return the pooled term in a sentence; of association, never of cause."""
    name = LABELS[row["pattern"]]
    if math.isnan(row["slope"]):
        return f"{name}: not pooled, because fewer than two cohorts can estimate it."
    clear = row["ci_low"] > 0 or row["ci_high"] < 0
    verdict = "the interval leaves out zero" if clear else "the interval holds zero"
    return (
        f"{name}: *b* = {apa.number(row['slope'], 3)}, {100 * CONFIDENCE:g}% interval "
        f"{apa.interval(row['ci_low'], row['ci_high'], 3)}, {apa.p_statement(row['p'])} "
        f"({row['k']} cohorts; {verdict}; *I*² = {apa.number(row['i2'], 0)}%)."
    )


def _cohorts(comparison: Comparison) -> str:
    heading = ["Cohort", "Questionnaires", "Criterion", "Patients (therapists)"]
    heading += ["Sessions: *M* (*SD*)", "*SD* at start"]
    rows = [
        [
            cohort_label(cohort),
            ", ".join(row[role] for role in ("alliance", "symptoms", "iip")),
            row["criterion"].replace("\\_", " "),
            f"{told(row['patients'])} ({row['therapists']})",
            f"{apa.number(row['sessions_mean'], 1)} ({apa.number(row['sessions_sd'], 1)})",
            apa.number(row["baseline_sd"]),
        ]
        for cohort, row in zip(
            comparison.cohorts, comparison.tables["cohorts"].to_dict("records"), strict=True
        )
    ]
    note = (
        "Patients admitted to the analysis; questionnaires of the alliance, symptoms and "
        "interpersonal problems. *SD* at start: of first symptoms over all patients of the cohort, "
        "in points of its questionnaire; the unit of the standardised slopes."
    )
    return markdown.table("tbl-cohorts", "The cohorts compared.", heading, rows, note, left=3)


def _pooled(comparison: Comparison) -> str:
    level = f"{100 * CONFIDENCE:g}%"
    heading = ["Term", "*k*", "*b*", f"{level} interval (*t*)", "*p*", f"{level} interval (*z*)"]
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
    note = (
        f"{TERM_NOTE} Random-effects estimates of standardised slopes from *k* cohorts. *t*: "
        "Hartung–Knapp interval on *k* − 1 degrees of freedom, and its *p*; *z*: τ² taken as known."
    )
    return markdown.table("tbl-pooled", "Pooled moderation terms.", heading, rows, note)


def _heterogeneity(comparison: Comparison) -> str:
    heading = ["Term", "τ", "τ (DL)", "*Q*", "*p* of *Q*", "*I*² (%)", "Prediction interval"]
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
    note = (
        "τ: standard deviation between cohorts, by Paule–Mandel and by DerSimonian–Laird (DL), in "
        "the unit of the slopes. *Q* on *k* − 1 degrees of freedom. Prediction interval: for the "
        "slope of another cohort, from three cohorts."
    )
    return markdown.table(
        "tbl-heterogeneity", "Differences between the cohorts.", heading, rows, note
    )


def _effects(comparison: Comparison) -> str:
    titles = {cohort["name"]: cohort_label(cohort) for cohort in comparison.cohorts}
    heading = ["Term", "Cohort", "Points (*SE*)", "*b* (*SE*)"]
    heading += [f"{100 * CONFIDENCE:g}% interval", "Weight (%)"]
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
        for _, row in table[table["term"] == pooled["term"]].iterrows()
    ]
    note = (
        f"{TERM_NOTE} REML estimates. Points: of the cohort's own symptoms, which cannot be "
        "compared between questionnaires. *b*: divided by the cohort's *SD* of first symptoms "
        "and turned so that negative is faster improvement."
    )
    return markdown.table(
        "tbl-effects", "Moderation terms of each cohort.", heading, rows, note, left=2
    )


def _left_out(comparison: Comparison) -> str:
    rows = [[name, reason] for name, reason in comparison.left_out.items()]
    heading = ["Cohort", "What stopped it"]
    return markdown.table(
        "tbl-left-out", "Cohorts of the run that are not compared.", heading, rows, left=2
    )


def _colophon(comparison: Comparison) -> str:
    rows = [
        [
            cohort["name"],
            record["config_digest"][:16],
            "none" if record["seed"] is None else str(record["seed"]),
        ]
        for cohort, record in zip(comparison.cohorts, comparison.records, strict=True)
    ]
    heading = ["Cohort", "Configuration digest", "Seed"]
    return markdown.table("tbl-colophon", "Configuration of each cohort.", heading, rows, left=2)


def _term(row: pd.Series) -> str:
    return f"{row['model']} {row['pattern']}"


def _with_se(estimate: float, se: float) -> str:
    return "–" if math.isnan(estimate) else f"{apa.number(estimate, 3)} ({apa.number(se, 3)})"


def _interval(row: pd.Series, kind: str) -> str:
    low, high = row[f"{kind}_low"], row[f"{kind}_high"]
    return "–" if math.isnan(low) else apa.interval(low, high, 3)
