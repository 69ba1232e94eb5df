"""Names and notes that the figure and the report share."""

import textwrap
from collections.abc import Sequence

from rupture_repair.comparison.slopes import AVERAGED, HEADLINE
from rupture_repair.config.steps.comparison import ComparedCohort
from rupture_repair.words.apa import joined

LABELS = {"unrepaired": "Unrepaired − no rupture", "repaired": "Repaired − no rupture"}
PLACES = {
    HEADLINE: "at average length of treatment (M3)",
    AVERAGED: "without length in the model (M2)",
}


def cohort_label(cohort: ComparedCohort, width: int | None = None) -> str:
    """Return the title of a cohort, cut to `width`; a synthetic one is called that."""
    mark = " (synthetic)" if cohort.synthetic else ""
    title = cohort.title
    if width is not None:
        title = textwrap.shorten(title, width - len(mark), placeholder="…")
    return title + mark


def unit_of(time: str) -> str:
    """Return the unit of a standardised slope."""
    unit = "log-session" if time == "log" else "session"
    return f"SDs of first symptoms per {unit} and SD of interpersonal problems"


def data_sentence(cohorts: Sequence[ComparedCohort]) -> str:
    """Return which of the cohorts are synthetic, or nothing where none is."""
    synthetic = [cohort.title for cohort in cohorts if cohort.synthetic]
    if not synthetic:
        return ""
    if len(synthetic) == len(cohorts):
        return "All cohorts are synthetic: they are no evidence about patients."
    verb = "is" if len(synthetic) == 1 else "are"
    return (
        f"{joined(synthetic)} {verb} synthetic: the pooled values are no evidence about patients."
    )
