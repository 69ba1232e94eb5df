"""What is found about each question: a sentence, what it rests on, a verdict."""

from collections.abc import Callable
from dataclasses import dataclass

import pandas as pd

from rupture_repair.manuscript import apa
from rupture_repair.manuscript.results import Results
from rupture_repair.modelling.answers import at_lengths, by_length_row, change, main_row, shown

# what is said of a dependence on length that is not shown, or whose direction is not clear
OPEN = {"not estimated", "not shown", "unclear"}


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
        return f"{self.sentence} ({self.statistic or '@tbl-not-estimated'})."


def findings(results: Results) -> dict[str, Finding]:
    """Return what is said of the questions, by the rules of `modelling.answers` alone."""
    return {
        "unrepaired": _pattern(results, "unrepaired"),
        "repaired": _pattern(results, "repaired"),
        "moderation": _moderation(results),
        "length": _length(results),
    }


def statistics(results: Results, row: pd.Series) -> str:
    """Return `*b* = …, *SE* = …, *t*(df) = …, *p* …, 95% CI […]`."""
    return apa.tested(row, results.interval_name)


def moderation_row(results: Results) -> pd.Series | None:
    """Return the moderation at average treatment length, if it could be estimated."""
    return main_row(results.tables["headline"])


def where(results: Results) -> str:
    """Return `at average treatment length`; nothing where all treatments have the same length."""
    return "at average treatment length" if results.headline_model == "M3" else ""


def improves(results: Results, row: pd.Series) -> bool:
    """Whether the estimate means more improvement per unit of time."""
    worse = results.settings.instruments.symptoms.higher_is == "worse"
    return bool((row["estimate"] < 0) == worse)


def more(results: Results, row: pd.Series) -> str:
    """Return `more` or `less`, of improvement."""
    return "more" if improves(results, row) else "less"


def ends(results: Results) -> tuple[pd.Series, pd.Series]:
    """Return the moderation at the shortest and at the longest of the stated lengths."""
    rows = at_lengths(results.tables["headline"])
    return rows[0], rows[-1]


def at_end(results: Results, end: Callable[[tuple[float, ...]], float]) -> pd.Series | None:
    """Return the difference of repaired ruptures from none at the last of the levels shown.

    end : `min` or `max` of the levels of interpersonal problems; at average treatment length.
    """
    levels = results.settings.modelling.iip_levels
    rows = results.tables["contrasts"]
    rows = rows[(rows["model"] == results.headline_model) & rows["length"].isna()]
    rows = rows[(rows["contrast"] == "repaired - none") & (rows["iip_z"] == end(levels))]
    return None if rows.empty or rows["estimate"].isna().any() else rows.iloc[0]


def crossed(results: Results) -> str:
    """Return `less improvement` (or more) where few problems go with the opposite of many."""
    row, few = moderation_row(results), at_end(results, min)
    if not shown(row) or not shown(few):
        return ""
    opposite = (few["estimate"] < 0) != (row["estimate"] < 0)
    return f"{more(results, few)} improvement" if opposite else ""


def _moderation(results: Results) -> Finding:
    row, place = moderation_row(results), where(results)
    question = (
        f"Do the differences depend on interpersonal problems{f', {place}' if place else ''}? "
        f"({results.headline_model})"
    )
    if row is None:
        words = f"The moderation could not be estimated{why_not(results)}"
        return Finding(question, words, "", "not estimated")
    difference = (
        "the difference in slopes between patients with repaired ruptures and patients without "
        "rupture"
    )
    difference = f"{place}, {difference}" if place else difference
    difference = difference[0].upper() + difference[1:]
    if not shown(row):
        words = f"{difference} did not depend significantly on interpersonal problems"
        return Finding(question, words, statistics(results, row), "not shown")
    how = more(results, row)
    words = (
        f"{difference} depended on interpersonal problems: the more interpersonal problems a "
        f"patient had, the {how} improvement was associated with a repaired rupture"
    )
    return Finding(question, words, statistics(results, row), f"shown: {how}")


def why_not(results: Results) -> str:
    """Return `: 2 patients have …`, why there is no headline, where a reason is known."""
    rows = results.tables["headline"]
    reasons = rows.loc[rows["role"] == "headline", "reason"].dropna()
    return f": {results.counted(reasons.iloc[0])}" if len(reasons) and reasons.iloc[0] else ""


def _length(results: Results) -> Finding:
    headline = results.tables["headline"]
    row, found = by_length_row(headline), change(headline)
    question = "Does that dependence change with treatment length? (M3)"
    if row is None:
        words = "Whether the moderation depends on treatment length could not be estimated"
        return Finding(question, words, "", "not estimated")
    told = statistics(results, row)
    if found == "not shown":
        words = "The data did not show that the moderation depends on treatment length"
        return Finding(question, words, told, "not shown")
    if found == "unclear":
        words = (
            "The moderation changed with treatment length, but at the lengths stated it is not "
            "clear how"
        )
        return Finding(question, words, told, "shown: changes")
    if found == "reversed":
        short, long = ends(results)
        words = (
            f"The moderation reversed with treatment length: towards {more(results, short)} "
            f"improvement at {short['length']:g} sessions, towards {more(results, long)} at "
            f"{long['length']:g}"
        )
        return Finding(question, words, told, "shown: reversed")
    short, long = ends(results)
    how = more(results, long if found == "stronger" else short)
    words = (
        f"The moderation, towards {how} improvement after repair in patients with more problems, "
        f"was {found} in longer treatments"
    )
    return Finding(question, words, told, f"shown: {found}")


def _pattern(results: Results, pattern: str) -> Finding:
    row = results.contrast("M1", f"{pattern} - none", 0.0, None)
    question = f"Do courses differ between {pattern} ruptures and none? (M1)"
    those = f"those with {pattern} ruptures"
    if row is None:
        words = f"The symptom slope of {those} could not be estimated"
        return Finding(question, words, "", "not estimated")
    told = statistics(results, row)
    if not shown(row):
        words = (
            f"Over all patients, the symptom slope of {those} did not differ significantly from "
            "that of patients without rupture"
        )
        return Finding(question, words, told, "not shown")
    how = more(results, row)
    words = (
        f"Over all patients, {those} improved {how} per unit of time than patients without rupture"
    )
    return Finding(question, words, told, f"shown: {how}")
