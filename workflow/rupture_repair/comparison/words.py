"""Names and notes that the figure and the report share."""

import textwrap
from collections.abc import Sequence
from dataclasses import dataclass

from rupture_repair.comparison.slopes import AVERAGED, HEADLINE
from rupture_repair.config.steps.comparison import ComparedCohort
from rupture_repair.words.templates import Claim

LABELS = {"unrepaired": "Unrepaired − no rupture", "repaired": "Repaired − no rupture"}
PLACES = {
    HEADLINE: "at average length of treatment (M3)",
    AVERAGED: "without length in the model (M2)",
}


@dataclass(frozen=True)
class Data(Claim, at="comparison/data"):
    """Which of the cohorts are synthetic: the titles, and whether all of them are."""

    synthetic: tuple[str, ...]
    all_of_them: bool


@dataclass(frozen=True)
class Unit(Claim, at="comparison/unit"):
    """The unit of a standardised slope; per log-session, or per session."""

    log_time: bool


def cohort_label(cohort: ComparedCohort, width: int | None = None) -> str:
    """Return the title of a cohort, cut to `width`; a synthetic one is called that."""
    mark = " (synthetic)" if cohort.synthetic else ""
    title = cohort.title
    if width is not None:
        title = textwrap.shorten(title, width - len(mark), placeholder="…")
    return title + mark


def unit_of(time: str) -> str:
    """Return the unit of a standardised slope."""
    return Unit(time == "log").words


def data_sentence(cohorts: Sequence[ComparedCohort]) -> str:
    """Return which of the cohorts are synthetic, or nothing where none is."""
    synthetic = tuple(cohort.title for cohort in cohorts if cohort.synthetic)
    return Data(synthetic, len(synthetic) == len(cohorts)).words
