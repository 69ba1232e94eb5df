"""Tables of the supplement on other analyses of the headline moderation."""

from dataclasses import dataclass
from typing import Literal

import pandas as pd

from rupture_repair.disclosure.suppression import count_text
from rupture_repair.manuscript.printed import CONTRASTS, TABLE, cell, printed
from rupture_repair.manuscript.results import Results
from rupture_repair.manuscript.sensitivity_claims import (
    AVERAGE,
    PER_SD,
    without_estimate,
)
from rupture_repair.words import apa
from rupture_repair.words.templates import Claim

DIFFERENCES = ("repaired - none", "repaired - unrepaired")


@dataclass(frozen=True)
class Questions(Claim, at="tables/sensitivity_questions", blocks=TABLE):
    """What each analysis asks."""

    private: bool


@dataclass(frozen=True)
class Estimates(Claim, at="tables/sensitivity", blocks=TABLE):
    """The moderation in one unit; confidence: in percent.

    missing : what was not estimated, with the reason; doubted : fits without certificate.
    """

    confidence: float
    at_session: float
    missing: tuple[str, ...]
    doubted: tuple[str, ...]


@dataclass(frozen=True)
class Within(Claim, at="tables/within_person", blocks=TABLE):
    """Other questions, each in its own unit; the parts as in `Estimates`."""

    confidence: float
    missing: tuple[str, ...]
    doubted: tuple[str, ...]


@dataclass(frozen=True)
class Effect(Claim, at="tables/within_person/effect"):
    """An effect that is no difference between states of a treatment."""

    effect: Literal["more per SD", "at the average"]


OTHER_EFFECTS = {PER_SD: Effect("more per SD"), AVERAGE: Effect("at the average")}


def questions(results: Results) -> str:
    """Return the table of what each analysis asks, and of how much it rests on."""
    data = results.tables["sensitivity"].drop_duplicates("variant")
    rows = [
        [
            row.label,
            row.question,
            count_text(row.n_patients),
            _repaired(row),
            count_text(row.n_sessions),
            f"{row.n_therapists:.0f}"
            if row.n_therapists or not row.n_sessions
            else cell("not_recorded"),
        ]
        for row in data.itertuples()
    ]
    return printed(Questions(results.private), rows, left=2)


def estimates(results: Results) -> str:
    """Return the table of part A: the moderation in one unit."""
    data = results.tables["sensitivity"].query("part == 'A'")
    rows = [
        [row.label, CONTRASTS[row.effect].text("slopes"), *_numbers(row, 2)]
        for row in data.itertuples()
    ]
    at = float(data["at_session"].iloc[0])
    texts = Estimates(results.confidence, at, tuple(without_estimate(data)), _doubted(data))
    return printed(texts, rows, left=2)


def within_person(results: Results) -> str:
    """Return the table of part B: other questions, each in its own unit."""
    data = results.tables["sensitivity"].query("part == 'B'")
    rows = [
        [row.label, _effect(row.effect), row.unit.replace("SD", "*SD*"), *_numbers(row, 3)]
        for row in data.itertuples()
    ]
    texts = Within(results.confidence, tuple(without_estimate(data)), _doubted(data))
    return printed(texts, rows, left=3)


def _effect(effect: str) -> str:
    if effect in OTHER_EFFECTS:
        return OTHER_EFFECTS[effect].words
    first_state = "repaired - unrepaired" if effect == "repaired - unrepaired" else effect
    return CONTRASTS[first_state].text("states")


def _numbers(row: pd.Series, decimals: int) -> list[str]:
    if pd.notna(row.range_low):
        span = f"{apa.number(row.range_low, decimals)} to {apa.number(row.range_high, decimals)}"
        return [span, "–", "–", "–", "–"]
    if pd.isna(row.estimate):
        return [cell("not_estimated").lower(), "–", "–", "–", "–"]
    return [
        apa.number(row.estimate, decimals),
        apa.number(row.se, decimals),
        apa.degrees(row.df),
        apa.p_value(row.p),
        apa.interval(row.ci_low, row.ci_high, decimals),
    ]


def _repaired(row: pd.Series) -> str:
    return count_text(row.n_repaired) if row.effect in DIFFERENCES else cell("not_used")


def _doubted(data: pd.DataFrame) -> tuple[str, ...]:
    """Return the fits that are in doubt, each once with its verdict."""
    doubted = data[data["certificate"].notna() & (data["certificate"] != "passed")]
    return tuple(dict.fromkeys(f"{row.label}: {row.certificate}" for row in doubted.itertuples()))
