"""What counts as a session and as a treatment, and when symptoms were rated."""

import math
from dataclasses import dataclass
from typing import Literal

from rupture_repair.manuscript.results import Results
from rupture_repair.words.templates import Claim


@dataclass(frozen=True)
class Treatments(Claim, at="treatment/treatments"):
    """Which sessions are those of a treatment.

    again : of patients who came again. further : how many treatments that makes, none where they
    are few; further_shown : whether that is known. pause : days without a session
    that end a treatment.
    """

    intake: bool
    leave_out: bool
    again: Literal["first", "all", "each"] | None
    further_shown: bool
    further: int | None
    pause: int
    numbers: Literal["as_given", "from_first", "in_order"]


@dataclass(frozen=True)
class SymptomsWhen(Claim, at="treatment/symptoms_when"):
    """When symptoms were rated: at sessions, or so many days away from them.

    window : days that a rating may be away. largest : none where it may not be told.
    """

    apart: bool
    window: int
    median: float
    largest: float | None


def treatments(results: Results) -> str:
    """Say which sessions are those of a treatment."""
    rules = results.settings.sessions
    further = _value(results, "further_treatments", "n")
    return Treatments(
        intake=bool(rules.intake),
        leave_out=bool(rules.leave_out),
        again=rules.second_treatment,
        further_shown=further is not None,
        further=None if further is None else results.count(further),
        pause=rules.pause_days,
        numbers=rules.numbers,
    ).words


def symptoms_when(results: Results) -> str:
    """Say when symptoms were rated, and how far from the session where it was another day."""
    window = results.settings.sessions.symptom_days
    median = _value(results, "symptoms_days", "median")
    if median is None:
        return SymptomsWhen(False, window, math.nan, None).words
    most = _value(results, "symptoms_days", "max") or 0.0
    # of confidential patients the largest distance, that of a single one, is not given
    return SymptomsWhen(True, window, median, None if math.isnan(most) else most).words


def _value(results: Results, variable: str, statistic: str) -> float | None:
    """Return a value of Table 1 for all, None where the table has no such row."""
    table = results.tables["cohort"]
    rows = table[(table["variable"] == variable) & (table["statistic"] == statistic)]
    return None if rows.empty else float(rows["value"].iloc[0])
