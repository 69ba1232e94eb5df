"""What is said of the headline moderation by other analyses, and of other questions."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import pandas as pd

from rupture_repair.manuscript.results import Results
from rupture_repair.words.templates import NOTHING, Claim, Estimate, Range, estimate

Difference = Literal["repaired - none", "repaired - unrepaired"]
DIFFERENCES: tuple[Difference, ...] = ("repaired - none", "repaired - unrepaired")
UNREPAIRED = "unrepaired - none"
PER_SD, AVERAGE = "per SD of interpersonal problems", "at average interpersonal problems"
Rated = Literal["alliance", "symptoms"]
STEPS: dict[str, tuple[Rated, Rated]] = {
    "alliance_to_symptoms": ("alliance", "symptoms"),
    "symptoms_to_alliance": ("symptoms", "alliance"),
}
MISSING = float("nan")


@dataclass(frozen=True)
class Others:
    """What other analyses of a difference give.

    kept_sign, clear : how many have the sign of the headline, and of these an interval without
    zero. none_clear : whether no interval of any excludes zero. with_zero, turned : labels of those
    whose interval holds zero, and whose sign is the other one.
    """

    known: int
    lowest: float
    highest: float
    kept_sign: int
    clear: int
    none_clear: bool
    with_zero: tuple[str, ...]
    turned: tuple[str, ...]


@dataclass(frozen=True)
class Sensitivity(Claim, at="sensitivity/sensitivity"):
    """The headline beside other analyses of the same difference.

    missing : what could not be estimated, as `label: reason`. without_therapist : the range of the
    headline without any one therapist.
    """

    difference: Difference
    headline: float | None
    at_session: float
    total: int
    others: Others | None
    missing: tuple[str, ...]
    without_therapist: Range | None
    confidence: float


@dataclass(frozen=True)
class Limits(Claim, at="sensitivity/limits"):
    """To which limits how many percent of symptom ratings were set at either end."""

    percent: float
    ci_low: float
    ci_high: float


@dataclass(frozen=True)
class Landmark(Claim, at="sensitivity/landmark"):
    """The one analysis of the moderation that keeps the order of time.

    session : the last one of which ratings make the pattern. repaired : patients, where it may be
    told. turned : whether its sign is not that of the headline.
    """

    run: bool
    session: int
    row: Estimate | None
    reason: str
    repaired: int | None
    turned: bool


@dataclass(frozen=True)
class NoState(Claim, at="sensitivity/no_state"):
    """Why the state of a rupture could not be examined."""

    reason: str


@dataclass(frozen=True)
class State(Claim, at="sensitivity/state"):
    """Whether symptoms after repair depend on interpersonal problems, and beside what."""

    difference: Difference
    row: Estimate


@dataclass(frozen=True)
class WhileUnrepaired(Claim, at="sensitivity/while_unrepaired"):
    """Symptoms while a rupture was unrepaired, in the same session or in the next."""

    when: Literal["rupture_state", "rupture_state_next"]
    row: Estimate


@dataclass(frozen=True)
class RepairEvent(Claim, at="sensitivity/repair_event"):
    """Symptoms after a session that repairs, and how that depends on interpersonal problems."""

    run: bool
    reason: str
    average: Estimate | None
    moderated: Estimate


@dataclass(frozen=True)
class Step(Claim, at="sensitivity/step"):
    """What goes from one session to the next, and how that depends on interpersonal problems."""

    before: Rated
    after: Rated
    reason: str
    average: Estimate | None
    moderated: Estimate


def sensitivity(results: Results) -> str:
    """Count the analyses that agree with the headline in sign, and whose interval excludes zero."""
    return " ".join(_difference(results, effect).words for effect in DIFFERENCES)


def limits(results: Results) -> str:
    """Say to which limits symptom ratings were moved by winsorising."""
    row = _rows(results, "repaired - none").loc["winsorised"]
    share = 100 * results.settings.sensitivity.winsorise
    return Limits(share, float(row["limit_low"]), float(row["limit_high"])).words


def landmark(results: Results) -> str:
    """Say what the one analysis of the moderation finds that keeps the order of time."""
    rows = _rows(results, "repaired - none")
    last = results.settings.sensitivity.landmark
    if "landmark" not in rows.index:
        return Landmark(False, last, None, "", None, False).words
    row, headline = rows.loc["landmark"], rows.loc["headline", "estimate"]
    if pd.isna(row["estimate"]):
        return Landmark(True, last, None, str(row["reason"]), None, False).words
    turned = bool(pd.notna(headline) and (row["estimate"] > 0) != (headline > 0))
    many = results.count(row["n_repaired"])
    return Landmark(True, last, _estimate(results, row), "", many, turned).words


def rupture_state(results: Results) -> str:
    """Say whether the level of symptoms in a state depends on interpersonal problems."""
    rows = results.tables["sensitivity"].query("variant == 'rupture_state'").set_index("effect")
    known = rows.dropna(subset=["estimate"])
    if known.empty:
        return NoState(str(rows["reason"].iloc[0])).words
    sentences = [
        State(effect, _estimate(results, row)).words
        for name, row in known.iterrows()
        for effect in DIFFERENCES
        if effect == name
    ]
    return " ".join([*sentences, *_while_unrepaired(results)])


def _while_unrepaired(results: Results) -> Iterator[str]:
    """Say how symptoms were while a rupture was unrepaired, then and in the session after."""
    variants: tuple[Literal["rupture_state", "rupture_state_next"], ...]
    variants = ("rupture_state", "rupture_state_next")
    for variant in variants:
        rows = results.tables["sensitivity"]
        rows = rows[(rows["variant"] == variant) & (rows["effect"] == UNREPAIRED)]
        for _, row in rows.dropna(subset=["estimate"]).iterrows():
            yield WhileUnrepaired(variant, _estimate(results, row)).words


def repair_event(results: Results) -> str:
    """Say whether symptoms are other after a session that repairs than after one that does not."""
    rows = results.tables["sensitivity"].query("variant == 'repair_event'").set_index("effect")
    if rows.empty:
        return RepairEvent(False, "", None, NOTHING).words
    return RepairEvent(True, *_average_and_moderated(results, rows)).words


def steps(results: Results) -> str:
    """Say what goes from one session to the next, in both directions."""
    table = results.tables["sensitivity"]
    return " ".join(
        Step(
            before,
            after,
            *_average_and_moderated(results, table[table["variant"] == name].set_index("effect")),
        ).words
        for name, (before, after) in STEPS.items()
    )


def _average_and_moderated(
    results: Results, rows: pd.DataFrame
) -> tuple[str, Estimate | None, Estimate]:
    """Return why there is no estimate, and both effects where there is."""
    if rows["estimate"].isna().any():
        return str(rows["reason"].dropna().iloc[0]), None, NOTHING
    return "", _estimate(results, rows.loc[AVERAGE]), _estimate(results, rows.loc[PER_SD])


def without_estimate(rows: pd.DataFrame) -> list[str]:
    """Return `label: reason` of what has none; each pair once."""
    missing = rows[rows["reason"].notna()]
    return list(dict.fromkeys(f"{r.label}: {r.reason}" for r in missing.itertuples()))


def _difference(results: Results, effect: Difference) -> Sensitivity:
    rows = _rows(results, effect)
    headline = rows.loc["headline"]
    others = rows.drop(index=["headline", "without_each_therapist"])
    span = rows.loc["without_each_therapist"]
    known = pd.notna(headline["estimate"])
    return Sensitivity(
        difference=effect,
        headline=float(headline["estimate"]) if known else None,
        at_session=float(headline["at_session"]) if known else MISSING,
        total=len(others),
        others=_others(others.dropna(subset=["estimate"]), headline["estimate"]),
        missing=tuple(without_estimate(others)),
        without_therapist=(
            Range(span["range_low"], span["range_high"]) if pd.notna(span["range_low"]) else None
        ),
        confidence=100 * results.settings.modelling.confidence,
    )


def _others(known: pd.DataFrame, headline: float) -> Others | None:
    if known.empty:
        return None
    same = (known["estimate"] > 0) == (headline > 0)
    clear = (known["ci_low"] > 0) | (known["ci_high"] < 0)
    return Others(
        known=len(known),
        lowest=float(known["estimate"].min()),
        highest=float(known["estimate"].max()),
        kept_sign=int(same.sum()),
        clear=int((same & clear).sum()),
        none_clear=not clear.any(),
        with_zero=tuple(known.loc[~clear, "label"]),
        turned=tuple(known.loc[~same, "label"]),
    )


def _estimate(results: Results, row: pd.Series) -> Estimate:
    return estimate(row, 100 * results.settings.modelling.confidence)


def _rows(results: Results, effect: str) -> pd.DataFrame:
    table = results.tables["sensitivity"]
    rows = table[(table["part"] == "A") & (table["effect"] == effect)]
    return rows.set_index("variant")
