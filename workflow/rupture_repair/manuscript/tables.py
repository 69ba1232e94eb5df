"""The paper's tables as Markdown, each with its note on engine, method, df and N."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Literal

import pandas as pd

from rupture_repair.config.criteria import PATTERNS
from rupture_repair.disclosure.suppression import MASKED, count_text
from rupture_repair.manuscript import (
    change_tables,
    compatibility_claims,
    detection_tables,
    model_tables,
    multiverse_claims,
    posterior_claims,
    robustness_tables,
    sensitivity_tables,
    supplement_tables,
)
from rupture_repair.manuscript.markdown import escape_markdown
from rupture_repair.manuscript.printed import TABLE, cell, printed
from rupture_repair.manuscript.results import Results
from rupture_repair.manuscript.summary_claims import claims_table
from rupture_repair.words import apa
from rupture_repair.words.templates import Claim

GROUPS = ("all", *PATTERNS)
Measure = Literal["sessions", "iip", "first_symptoms", "first_alliance", "age"]
MEASURES: tuple[Measure, ...] = ("sessions", "iip", "first_symptoms", "first_alliance", "age")


@dataclass(frozen=True)
class Sample(Claim, at="tables/cohort", blocks=(*TABLE, "patients", "therapists", "missing")):
    """The sample by pattern, and labels of its rows.

    all_known : whether the column of all has the patients of unknown pattern. private : counts may
    be masked. ratings : those that a row of missing ones is of.
    """

    all_known: bool
    private: bool
    ratings: Literal["alliance", "symptom"]


@dataclass(frozen=True)
class Described(Claim, at="tables/cohort", blocks=("mean", "median", "smd", "level")):
    """The label of a row: of a measure, of questionnaire `tool`, or of a level of a category.

    with_range : the median is given with the shortest and the longest.
    """

    measure: Measure
    tool: str
    with_range: bool
    category: str
    level: str


@dataclass(frozen=True)
class Breakdown(Claim, at="tables/breakdown", blocks=TABLE):
    """Patients by pattern, beside published shares where there are any."""

    criterion: str
    published: bool
    private: bool


def paper_tables(results: Results) -> dict[str, str]:
    """Return the Markdown of each table by the name of its include file."""
    makers: dict[str, Callable[[Results], str]] = {
        "cohort": _cohort,
        "breakdown": _breakdown,
        "comparison": model_tables.comparison,
        "headline": model_tables.headline,
        "effects": model_tables.effects,
        "contrasts": model_tables.contrasts,
        "contrasts-length": model_tables.contrasts_by_length,
        "variance": model_tables.variance,
        "not-estimated": model_tables.not_estimated,
        "reliable-change": change_tables.reliable_change,
        "effect-sizes": change_tables.effect_sizes,
        "robustness": robustness_tables.robustness,
        "posterior": posterior_claims.posterior_table,
        "sensitivity": sensitivity_tables.estimates,
        "sensitivity-questions": sensitivity_tables.questions,
        "within-person": sensitivity_tables.within_person,
        "diagnostics": robustness_tables.diagnostics,
        "certificates": supplement_tables.certificates,
        "definitions": detection_tables.definitions,
        "criteria": detection_tables.criteria,
        "compatibility": compatibility_claims.compatibility_table,
        "exposure": detection_tables.exposure,
        "influence": multiverse_claims.variance_shares,
        "engines": supplement_tables.engines,
        "verification": supplement_tables.verification,
        "claims": claims_table,
        "planted": supplement_tables.planted,
        "colophon": supplement_tables.colophon,
    }
    return {name: maker(results) for name, maker in makers.items()}


def _cohort(results: Results) -> str:
    values = results.tables["cohort"].set_index(["variable", "statistic", "group"])["value"]
    tools = results.settings.instruments
    sample = Sample(
        all_known=pd.notna(results.quantity("n_unclassifiable")),
        private=results.private,
        ratings="alliance",
    )
    rows = [[sample.text("patients"), *(count_text(values["patients", "n", g]) for g in GROUPS)]]
    counts = [count_text(values["therapists", "n", g]) for g in GROUPS]
    if not values["therapists", "n", "all"]:
        counts = [cell("not_recorded"), *["–"] * len(PATTERNS)]
    rows.append([sample.text("therapists"), *counts])
    shorts = {
        "iip": tools.iip.short,
        "first_symptoms": tools.symptoms.short,
        "first_alliance": tools.alliance.short,
    }
    for variable in MEASURES:
        if (variable, "mean", "all") not in values:
            continue
        row = Described(variable, shorts.get(variable, ""), not results.private, "", "")
        rows.append([row.text("mean"), *(_mean_sd(values, variable, g) for g in GROUPS)])
        if variable == "sessions":
            rows.append([row.text("median"), *(_range(values, g) for g in GROUPS)])
        smd = [apa.number(values.get((variable, "smd", g), float("nan"))) for g in GROUPS]
        rows.append([row.text("smd"), *smd])
    asked: tuple[tuple[str, Literal["alliance", "symptom"]], ...]
    asked = (("ratings", "alliance"), ("symptoms", "symptom"))
    for kind, ratings in asked:
        missing = [apa.number(values[f"missing_{kind}", "percent", g], 1) for g in GROUPS]
        rows.append([replace(sample, ratings=ratings).text("missing"), *missing])
    levels = [v for v in values.index.get_level_values(0).unique() if ": " in v]
    for variable in levels:
        kind, level = variable.split(": ", 1)
        row = Described("sessions", "", False, kind, escape_markdown(level))
        rows.append([row.text("level"), *_shares(values, variable)])
    rows = [_without(results.hidden, row) for row in rows]
    return printed(sample, rows)


def _mean_sd(values: pd.Series, variable: str, group: str) -> str:
    mean, sd = values[variable, "mean", group], values[variable, "sd", group]
    return f"{apa.number(mean)} ({apa.number(sd)})"


def _range(values: pd.Series, group: str) -> str:
    median, low, high = (values["sessions", name, group] for name in ("median", "min", "max"))
    if pd.isna(median):
        return MASKED
    # the shortest and the longest treatment are each of a single patient
    return f"{median:g}" if pd.isna(low) else f"{median:g} [{low:.0f}, {high:.0f}]"


def _without(hidden: frozenset[str], row: list[str]) -> list[str]:
    """Blank the cells of groups of which no number is shown."""
    cells = zip(GROUPS, row[1:], strict=True)
    return [row[0], *(MASKED if group in hidden else cell for group, cell in cells)]


def _shares(values: pd.Series, variable: str) -> list[str]:
    counts = {group: float(values[variable, "n", group]) for group in GROUPS}
    percent = {group: apa.number(values[variable, "percent", group], 1) for group in GROUPS}
    return [
        MASKED if pd.isna(counts[g]) else f"{count_text(counts[g])} ({percent[g]})" for g in GROUPS
    ]


def _breakdown(results: Results) -> str:
    data = results.tables["pattern_breakdown"].set_index("pattern")
    rows = []
    for pattern, row in data.iterrows():
        name = cell(str(pattern))
        cells = [name, count_text(row["n"]), apa.number(row["percent"], 1)]
        if pattern in results.hidden:
            cells = [name, MASKED, MASKED]
        rows.append(cells + [apa.number(row["published_percent"], 1)] * results.has_published)
    texts = Breakdown(results.own_criterion, results.has_published, results.private)
    return printed(texts, rows)
