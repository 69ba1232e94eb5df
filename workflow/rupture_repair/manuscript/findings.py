"""What is found about each question: a sentence, what it rests on, a verdict."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import pandas as pd

from rupture_repair.manuscript.results import Results
from rupture_repair.modelling.answers import (
    Change,
    at_lengths,
    by_length_row,
    change,
    main_row,
    shown,
)
from rupture_repair.words.templates import NOTHING, Claim, Direction, Estimate, estimate


@dataclass(frozen=True)
class InFull(Claim, at="findings/in_full"):
    """A finding's sentence with what it rests on, or with where to read why there is none."""

    sentence: str
    statistic: str


@dataclass(frozen=True)
class Statistic(Claim, at="findings/statistic"):
    """What a finding rests on."""

    row: Estimate


@dataclass(frozen=True)
class PatternQuestion(Claim, at="findings/pattern_question"):
    """Whether courses differ between a pattern and no rupture."""

    pattern: Literal["unrepaired", "repaired"]


@dataclass(frozen=True)
class Pattern(Claim, at="findings/pattern"):
    """The difference of slopes between a pattern and no rupture in M1."""

    pattern: Literal["unrepaired", "repaired"]
    row: Estimate | None


@dataclass(frozen=True)
class ModerationQuestion(Claim, at="findings/moderation_question"):
    """Whether differences depend on interpersonal problems, in the headline's model."""

    model: str
    with_length: bool


@dataclass(frozen=True)
class Moderation(Claim, at="findings/moderation"):
    """The moderation; `why` it is not estimated; whether length is in the headline's model."""

    row: Estimate | None
    why: str
    with_length: bool


@dataclass(frozen=True)
class LengthQuestion(Claim, at="findings/length_question"):
    """Whether the moderation changes with treatment length."""


@dataclass(frozen=True)
class Length(Claim, at="findings/length"):
    """How the moderation depends on length, with what it is in short and in long treatments."""

    found: Change
    shortest: Estimate
    longest: Estimate
    larger: Estimate


@dataclass(frozen=True)
class Verdict(Claim, at="tables/claims/verdict"):
    """Whether something is shown (none: it was not estimated), and what."""

    shown: bool | None
    how: str


@dataclass(frozen=True)
class Finding:
    """A sentence without its full stop, what it rests on, and the verdict in two words."""

    question: str
    sentence: str
    statistic: str
    verdict: str

    @property
    def in_full(self) -> str:
        """The sentence with its statistic, or with where to read why there is none."""
        return InFull(self.sentence, self.statistic).words


def findings(results: Results) -> dict[str, Finding]:
    """Return what is said of the questions, by the rules of `modelling.answers` alone."""
    return {
        "unrepaired": _pattern(results, "unrepaired"),
        "repaired": _pattern(results, "repaired"),
        "moderation": _moderation(results),
        "length": _length(results),
    }


def effect(results: Results, row: pd.Series) -> Estimate:
    """Return a slope, or a difference of slopes, of a table of results."""
    return estimate(row, 100 * results.settings.modelling.confidence, more(results, row))


def moderation_row(results: Results) -> pd.Series | None:
    """Return the moderation at average treatment length, if it could be estimated."""
    return main_row(results.tables["headline"])


def main_effect(results: Results) -> Estimate | None:
    """Return the same as an estimate."""
    row = moderation_row(results)
    return None if row is None else effect(results, row)


def averaged_effect(results: Results) -> Estimate | None:
    """Return the moderation in M2, averaged over the lengths in the data, beside that of M3."""
    rows = results.tables["headline"]
    rows = rows[rows["role"] == "averaged"].dropna(subset=["estimate"])
    return None if rows.empty else effect(results, rows.iloc[0])


def with_length(results: Results) -> bool:
    """Whether the headline's model has length; not where all treatments have the same."""
    return results.headline_model == "M3"


def improves(results: Results, row: pd.Series) -> bool:
    """Whether the estimate means more improvement per unit of time."""
    worse = results.settings.instruments.symptoms.higher_is == "worse"
    return bool((row["estimate"] < 0) == worse)


def more(results: Results, row: pd.Series) -> Direction:
    """Return `more` or `less`, of improvement."""
    return "more" if improves(results, row) else "less"


def ends(results: Results) -> tuple[Estimate, Estimate, Estimate]:
    """Return the moderation at the shortest and longest of the stated lengths, and the larger.

    The larger is by how it depends on length. All are missing where there are not two lengths.
    """
    rows = at_lengths(results.tables["headline"])
    if len(rows) < 2:
        return NOTHING, NOTHING, NOTHING
    short, long = effect(results, rows[0]), effect(results, rows[-1])
    return short, long, long if change(results.tables["headline"]) == "stronger" else short


def at_end(results: Results, end: Callable[[tuple[float, ...]], float]) -> pd.Series | None:
    """Return the difference of repaired ruptures from none at the last of the levels shown.

    end : `min` or `max` of the levels of interpersonal problems; at average treatment length.
    """
    levels = results.settings.modelling.iip_levels
    rows = results.tables["contrasts"]
    rows = rows[(rows["model"] == results.headline_model) & rows["length"].isna()]
    rows = rows[(rows["contrast"] == "repaired - none") & (rows["iip_z"] == end(levels))]
    return None if rows.empty or rows["estimate"].isna().any() else rows.iloc[0]


def crossed(results: Results) -> Direction | None:
    """Return what few problems go with where that is the opposite of many, and both are shown."""
    row, few = moderation_row(results), at_end(results, min)
    if not shown(row) or not shown(few):
        return None
    opposite = (few["estimate"] < 0) != (row["estimate"] < 0)
    return more(results, few) if opposite else None


def why_not(results: Results) -> str:
    """Return why there is no headline, where a reason is known."""
    rows = results.tables["headline"]
    reasons = rows.loc[rows["role"] == "headline", "reason"].dropna()
    return str(reasons.iloc[0]) if len(reasons) else ""


def _moderation(results: Results) -> Finding:
    row, length = main_effect(results), with_length(results)
    question = ModerationQuestion(results.headline_model, length).words
    words = Moderation(row, why_not(results), length).words
    return _finding(question, words, row, row.how if row else "")


def _length(results: Results) -> Finding:
    headline = results.tables["headline"]
    row, found = by_length_row(headline), change(headline)
    words = Length(found, *ends(results)).words
    tested = None if row is None else effect(results, row)
    how = "changes" if found == "unclear" else found
    return _finding(LengthQuestion().words, words, tested, how)


def _pattern(results: Results, pattern: Literal["unrepaired", "repaired"]) -> Finding:
    found = results.contrast("M1", f"{pattern} - none", 0.0, None)
    row = None if found is None else effect(results, found)
    words = Pattern(pattern, row).words
    return _finding(PatternQuestion(pattern).words, words, row, row.how if row else "")


def _finding(question: str, words: str, row: Estimate | None, how: str) -> Finding:
    """Return a finding with its verdict; `how`: what is shown, where the estimate is."""
    if row is None:
        return Finding(question, words, "", Verdict(None, "").words)
    return Finding(question, words, Statistic(row).words, Verdict(row.shown, how).words)
