"""Names and notes that the figure and the report share."""

import textwrap
from collections.abc import Sequence
from dataclasses import dataclass

from rupture_repair.config.steps.comparison import ComparedCohort
from rupture_repair.words.templates import Claim


@dataclass(frozen=True)
class Data(Claim, at="comparison/data"):
    """Which of the cohorts are synthetic: the titles, and whether all of them are."""

    synthetic: tuple[str, ...]
    all_of_them: bool


@dataclass(frozen=True)
class Unit(Claim, at="comparison/unit"):
    """The unit of a standardised slope; per log-session, or per session."""

    log_time: bool


@dataclass(frozen=True)
class Name(Claim, at="comparison/cohort"):
    """The title of a cohort, with a mark where it is synthetic."""

    title: str
    synthetic: bool


def cohort_label(cohort: ComparedCohort, width: int | None = None) -> str:
    """Return the title of a cohort, cut to `width`; a synthetic one is called that."""
    title = cohort.title
    if width is not None:
        mark = len(Name("x", cohort.synthetic).words) - 1
        title = textwrap.shorten(title, width - mark, placeholder="…")
    return Name(title, cohort.synthetic).words


def unit_of(time: str) -> str:
    """Return the unit of a standardised slope."""
    return Unit(time == "log").words


def data_sentence(cohorts: Sequence[ComparedCohort]) -> str:
    """Return which of the cohorts are synthetic, or nothing where none is."""
    synthetic = tuple(cohort.title for cohort in cohorts if cohort.synthetic)
    return Data(synthetic, len(synthetic) == len(cohorts)).words
