"""The paper's tables as Markdown, each with its note on engine, method, df and N."""

from collections.abc import Callable

import pandas as pd

from rupture_repair.config.criteria import PATTERNS
from rupture_repair.disclosure.suppression import MASK_NOTE, MASKED, told
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
from rupture_repair.manuscript.markdown import plain, table
from rupture_repair.manuscript.results import Results
from rupture_repair.manuscript.summary_claims import claims_table
from rupture_repair.words import apa

GROUPS = ("all", *PATTERNS)
NAMES = {"all": "All", "none": "No rupture", "unrepaired": "Unrepaired", "repaired": "Repaired"}


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
        "influence": multiverse_claims.influence,
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
    rows = [["Patients, *n*", *(told(values["patients", "n", g]) for g in GROUPS)]]
    counts = [told(values["therapists", "n", g]) for g in GROUPS]
    if not values["therapists", "n", "all"]:
        counts = ["not recorded", *["–"] * len(PATTERNS)]
    rows.append(["Therapists, *n*", *counts])
    measured = [
        ("sessions", "Sessions"),
        ("iip", f"{tools.iip.short}"),
        ("first_symptoms", f"{tools.symptoms.short}, first"),
        ("first_alliance", f"{tools.alliance.short}, first"),
        ("age", "Age, years"),
    ]
    for variable, words in measured:
        if (variable, "mean", "all") not in values:
            continue
        rows.append([f"{words}: *M* (*SD*)", *(_mean_sd(values, variable, g) for g in GROUPS)])
        if variable == "sessions":
            measure = "median" if results.private else "median [range]"
            rows.append([f"{words}: {measure}", *(_range(values, g) for g in GROUPS)])
        smd = [apa.number(values.get((variable, "smd", g), float("nan"))) for g in GROUPS]
        rows.append([f"{words}: SMD", *smd])
    for kind, words in (("ratings", "alliance"), ("symptoms", "symptom")):
        missing = [apa.number(values[f"missing_{kind}", "percent", g], 1) for g in GROUPS]
        rows.append([f"Missing {words} ratings, %", *missing])
    levels = [v for v in values.index.get_level_values(0).unique() if ": " in v]
    for variable in levels:
        kind, level = variable.split(": ", 1)
        rows.append([f"{kind.capitalize()}: {plain(level)}, *n* (%)", *_shares(values, variable)])
    rows = [_without(results.hidden, row) for row in rows]
    note = (
        "SMD: difference of means to patients without rupture, in units of √((*s*₁² + *s*₂²)/2), "
        "*s* being the two groups' *SD*s [@austin2009]. "
        "First: rating of the first rated session." + _whom(results) + _masked(results)
    )
    heading = ["Characteristic", *(NAMES[group] for group in GROUPS)]
    return table("tbl-cohort", "Sample by rupture pattern", heading, rows, note)


def _whom(results: Results) -> str:
    """Say when few unclassifiable patients are not described, which their sums would tell of."""
    n = results.quantity("n_unclassifiable")
    return " All: the patients whose pattern is known." if pd.isna(n) else ""


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


def _masked(results: Results) -> str:
    return MASK_NOTE if results.private else ""


def _shares(values: pd.Series, variable: str) -> list[str]:
    counts = {group: float(values[variable, "n", group]) for group in GROUPS}
    percent = {group: apa.number(values[variable, "percent", group], 1) for group in GROUPS}
    return [MASKED if pd.isna(counts[g]) else f"{told(counts[g])} ({percent[g]})" for g in GROUPS]


def _breakdown(results: Results) -> str:
    data = results.tables["pattern_breakdown"].set_index("pattern")
    heading = ["Pattern", "*n*", "%"] + (["Published %"] if results.has_published else [])
    rows = []
    for pattern, row in data.iterrows():
        name = NAMES.get(str(pattern), "Unclassifiable")
        cells = [name, told(row["n"]), apa.number(row["percent"], 1)]
        if pattern in results.hidden:
            cells = [name, MASKED, MASKED]
        rows.append(cells + [apa.number(row["published_percent"], 1)] * results.has_published)
    note = f"Criterion: {results.settings.criterion.name}." + _masked(results)
    return table("tbl-breakdown", "Patients by rupture pattern", heading, rows, note)
