"""What is found about each question: a sentence, what it rests on, a verdict."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeGuard

import pandas as pd

from rupture_repair.config.reporting import ALPHA
from rupture_repair.manuscript import apa
from rupture_repair.manuscript.results import Results

MODERATION = "time:pattern[repaired]:iip_z"


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
    """Return what is said of the questions: by p against `ALPHA` and by the sign, nothing else."""
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
    """Return the coefficient of the moderation, if it could be estimated."""
    return results.effect("M2", MODERATION)


def length_row(results: Results) -> pd.Series | None:
    """Return the coefficient of the moderation by length, if it could be estimated."""
    return results.effect("M3", f"{MODERATION}:length_c")


def significant(row: pd.Series | None) -> TypeGuard[pd.Series]:
    """Whether there is a coefficient that differs from zero at `ALPHA`."""
    return row is not None and bool(row["p"] < ALPHA)


def improves(results: Results, row: pd.Series) -> bool:
    """Whether the coefficient means more improvement per unit of time."""
    worse = results.settings["instruments"]["symptoms"]["higher_is"] == "worse"
    return bool((row["estimate"] < 0) == worse)


def stronger(results: Results) -> bool:
    """Whether moderation and its dependence on length have the same sign."""
    first, second = moderation_row(results), length_row(results)
    if first is None or second is None:
        return False
    return bool((first["estimate"] < 0) == (second["estimate"] < 0))


def at_end(results: Results, end: Callable[[list[float]], float]) -> pd.Series | None:
    """Return M2's difference of repaired ruptures from none at the last of the levels shown.

    end : `min` or `max` of the levels of interpersonal problems.
    """
    levels = results.settings["modelling"]["iip_levels"]
    rows = results.tables["contrasts"]
    rows = rows[(rows["model"] == "M2") & (rows["contrast"] == "repaired - none")]
    rows = rows[rows["iip_z"] == end(levels)]
    return None if rows.empty or rows["estimate"].isna().any() else rows.iloc[0]


def crossed(results: Results) -> str:
    """Return `less improvement` (or more) where few problems go with the opposite of many."""
    row, few = moderation_row(results), at_end(results, min)
    if not significant(row) or not significant(few):
        return ""
    opposite = (few["estimate"] < 0) != (row["estimate"] < 0)
    return f"{'more' if improves(results, few) else 'less'} improvement" if opposite else ""


def _moderation(results: Results) -> Finding:
    row = moderation_row(results)
    question = "Do the differences depend on interpersonal problems? (M2)"
    if row is None:
        words = "The moderation could not be estimated"
        return Finding(question, words, "", "not estimated")
    told = statistics(results, row)
    difference = (
        "The difference in slopes between patients with repaired ruptures and patients without "
        "rupture"
    )
    if not significant(row):
        words = f"{difference} did not depend significantly on interpersonal problems"
        return Finding(question, words, told, "not shown")
    more = "more" if improves(results, row) else "less"
    words = (
        f"{difference} depended on interpersonal problems: the more interpersonal problems a "
        f"patient had, the {more} improvement went with a repaired rupture"
    )
    return Finding(question, words, told, f"shown: {more}")


def _length(results: Results) -> Finding:
    row = length_row(results)
    question = "Does that dependence change with treatment length? (M3)"
    if row is None:
        words = "Whether this depends on treatment length could not be estimated"
        return Finding(question, words, "", "not estimated")
    told = statistics(results, row)
    if not significant(row):
        words = "The data did not show that this moderation depends on treatment length"
        return Finding(question, words, told, "not shown")
    how = "stronger" if stronger(results) else "weaker"
    words = f"The moderation was {how} in longer treatments"
    return Finding(question, words, told, f"shown: {how}")


def _pattern(results: Results, pattern: str) -> Finding:
    row = results.effect("M1", f"time:pattern[{pattern}]")
    question = f"Do courses differ between {pattern} ruptures and none? (M1)"
    those = f"those with {pattern} ruptures"
    if row is None:
        words = f"The symptom slope of {those} could not be estimated"
        return Finding(question, words, "", "not estimated")
    told = statistics(results, row)
    if not significant(row):
        words = (
            f"Over all patients, the symptom slope of {those} did not differ significantly from "
            "that of patients without rupture"
        )
        return Finding(question, words, told, "not shown")
    more = "more" if improves(results, row) else "less"
    words = (
        f"Over all patients, {those} improved {more} per unit of time than patients without rupture"
    )
    return Finding(question, words, told, f"shown: {more}")
