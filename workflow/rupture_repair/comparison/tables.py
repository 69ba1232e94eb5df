"""Tables of the comparison report as Markdown."""

import math

import pandas as pd

from rupture_repair.comparison.results import Comparison
from rupture_repair.comparison.slopes import CONFIDENCE
from rupture_repair.comparison.words import cohort_label
from rupture_repair.disclosure.suppression import told
from rupture_repair.manuscript import markdown
from rupture_repair.words import apa

TERM_NOTE = (
    "By how much the difference of slopes between a pattern and no rupture changes with one SD of "
    "interpersonal problems. At average length: at the cohort's own average log length."
)


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
    heading = [
        "Moderation",
        "*k*",
        "*b*",
        f"{level} interval (*t*)",
        "*p*",
        f"{level} interval (*z*)",
    ]
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
    return markdown.table("tbl-pooled", "Pooled moderations.", heading, rows, note)


def _heterogeneity(comparison: Comparison) -> str:
    heading = ["Moderation", "τ", "τ (DL)", "*Q*", "*p* of *Q*", "*I*² (%)", "Prediction interval"]
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
    titles = {cohort.name: cohort_label(cohort) for cohort in comparison.cohorts}
    heading = ["Moderation", "Cohort", "Points (*SE*)", "*b* (*SE*)"]
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
        for _, row in table[_at(table, pooled)].iterrows()
    ]
    note = (
        f"{TERM_NOTE} REML estimates, CR2 standard errors. Points: of the cohort's own symptoms, "
        "which cannot be compared between questionnaires. *b*: divided by the cohort's *SD* of "
        "first symptoms and turned so that negative is faster improvement."
    )
    return markdown.table("tbl-effects", "Moderation in each cohort.", heading, rows, note, left=2)


def _left_out(comparison: Comparison) -> str:
    rows = [[name, reason] for name, reason in comparison.left_out.items()]
    heading = ["Cohort", "What stopped it"]
    return markdown.table(
        "tbl-left-out", "Cohorts of the run that are not compared.", heading, rows, left=2
    )


def _colophon(comparison: Comparison) -> str:
    rows = [
        [
            cohort.name,
            record["config_digest"][:16],
            "none" if record["seed"] is None else str(record["seed"]),
        ]
        for cohort, record in zip(comparison.cohorts, comparison.records, strict=True)
    ]
    heading = ["Cohort", "Configuration digest", "Seed"]
    return markdown.table("tbl-colophon", "Configuration of each cohort.", heading, rows, left=2)


def _term(row: pd.Series) -> str:
    return f"{row['pattern'].capitalize()}, {row['term']}"


def _at(table: pd.DataFrame, pooled: pd.Series) -> "pd.Series[bool]":
    return (table["term"] == pooled["term"]) & (table["pattern"] == pooled["pattern"])


def _with_se(estimate: float, se: float) -> str:
    return "–" if math.isnan(estimate) else f"{apa.number(estimate, 3)} ({apa.number(se, 3)})"


def _interval(row: pd.Series, kind: str) -> str:
    low, high = row[f"{kind}_low"], row[f"{kind}_high"]
    return "–" if math.isnan(low) else apa.interval(low, high, 3)
