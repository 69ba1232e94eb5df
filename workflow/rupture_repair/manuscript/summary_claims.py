"""Sentences of the plain-language summary, the highlights for practice and the claims table."""

from dataclasses import dataclass
from typing import Literal

import pandas as pd

from rupture_repair.config.criteria import PATTERNS, Aggregate, Pattern
from rupture_repair.config.reporting import CHANCE_PERCENT
from rupture_repair.manuscript.detection_claims import JUDGED, side
from rupture_repair.manuscript.findings import (
    Finding,
    Verdict,
    at_end,
    crossed,
    ends,
    findings,
    main_effect,
    more,
    with_length,
)
from rupture_repair.manuscript.printed import TABLE, printed
from rupture_repair.manuscript.results import Results
from rupture_repair.modelling.answers import Change, change, shown
from rupture_repair.words.templates import Claim, Direction, Estimate, Range

HOW: dict[str, Direction] = {"more": "more", "fewer": "less"}


@dataclass(frozen=True)
class Noise(Claim, at="abstract/noise"):
    """Percent of patients with a rupture in the no-rupture model and in random order."""

    modelled: float | None
    ordered: float | None


@dataclass(frozen=True)
class PracticeNoise(Claim, at="summary/practice_noise"):
    """The same."""

    modelled: float | None
    ordered: float | None


@dataclass(frozen=True)
class Return(Claim, at="summary/return"):
    """What counts as a repair: within how many sessions, percent of the drop regained."""

    window: int | None
    regained: float


@dataclass(frozen=True)
class Share:
    """Of a pattern, percent of the patients."""

    pattern: Pattern
    percent: float


@dataclass(frozen=True)
class Patterns(Claim, at="summary/patterns"):
    """The shares that may be told, and by whose repair patterns are judged."""

    shares: tuple[Share, ...]
    judge: Aggregate
    some_unclassifiable: bool


@dataclass(frozen=True)
class Plain(Claim, at="summary/moderation"):
    """The moderation; `few`: what few problems go with, where that is the opposite of many."""

    row: Estimate | None
    with_length: bool
    few: Direction | None


@dataclass(frozen=True)
class PlainLength(Claim, at="summary/length"):
    """How it depends on length; `on_average`: shown at average length with the sign of `larger`."""

    found: Change
    shortest: Estimate
    longest: Estimate
    larger: Estimate
    on_average: bool


@dataclass(frozen=True)
class Practice(Claim, at="summary/practice"):
    """What is shown in patients with many problems (`clear`), or of the moderation, or nothing.

    elsewhere : whether something is shown at other lengths.
    """

    how: Direction | None
    clear: bool
    with_length: bool
    elsewhere: bool


@dataclass(frozen=True)
class Recovered(Claim, at="published/recovered"):
    """Of how many published directions the analysis found how many."""

    found: int
    directions: int


@dataclass(frozen=True)
class AgainstChanceQuestion(Claim, at="findings/chance_question"):
    """Whether a pattern is more frequent than chance gives."""

    pattern: Literal["none", "repaired"]


@dataclass(frozen=True)
class AgainstChance(Claim, at="findings/chance"):
    """Whether a share is known, and how it differs from what chance gives."""

    known: bool
    how: Direction | None


@dataclass(frozen=True)
class ChanceStatistic(Claim, at="findings/chance_statistic"):
    """The share that was observed and what chance gives, in percent."""

    observed: float
    expected: float
    range: Range


@dataclass(frozen=True)
class Claims(Claim, at="tables/claims", blocks=TABLE):
    """When something counts as shown; percent of the replicates in the range of chance."""

    level: float


def summary_claims(results: Results) -> dict[str, str]:
    """Return the conditional sentences by key."""
    sentences = {key: claim.words for key, claim in plain_claims(results).items()}
    return sentences | {"recovered": _recovered(results).words, "answers": _answers(results)}


def plain_claims(results: Results) -> dict[str, Claim]:
    """Return what the summary in plain language and the highlights for practice say, by key."""
    row, length = main_effect(results), with_length(results)
    return {
        "plain_return": _return(results),
        "plain_patterns": _patterns(results),
        "plain": Plain(row, length, crossed(results)),
        "plain_length": _length(results),
        "noise": Noise(*_by_chance(results)),
        "practice": _practice(results),
        "practice_noise": PracticeNoise(*_by_chance(results)),
    }


def claims_table(results: Results) -> str:
    """Return each claim with what it rests on and the verdict."""
    found = [*findings(results).values(), *_against_chance(results)]
    rows = [
        [finding.question, finding.sentence + ".", finding.statistic or "–", finding.verdict]
        for finding in found
    ]
    return printed(Claims(CHANCE_PERCENT), rows, left=4)


def _against_chance(results: Results) -> list[Finding]:
    rows = _chance_rows(results)
    asked: tuple[Literal["none", "repaired"], ...] = ("none", "repaired")
    found = []
    for pattern in asked:
        if pattern in results.hidden or (JUDGED, pattern) not in rows.index:
            continue
        row = rows.loc[(JUDGED, pattern)]
        question = AgainstChanceQuestion(pattern).words
        if pd.isna(row["observed_percent"]):
            nothing = AgainstChance(known=False, how=None).words
            found.append(Finding(question, nothing, "", Verdict(None, "").words))
            continue
        how = HOW.get(side(row))
        limits = Range(row["low"], row["high"])
        statistic = ChanceStatistic(row["observed_percent"], row["expected_percent"], limits).words
        verdict = Verdict(how is not None, how or "").words
        found.append(Finding(question, AgainstChance(True, how).words, statistic, verdict))
    return found


def _chance_rows(results: Results, length: str = "all") -> pd.DataFrame:
    rows = results.tables["chance"]
    return rows[rows["length"] == length].set_index(["kind", "pattern"])


def _by_chance(results: Results) -> tuple[float | None, float | None]:
    """Return the percent of patients whom the no-rupture model and random order give a rupture."""
    rows = _chance_rows(results)
    found: list[float | None] = []
    for kind in ("simulated", "permuted"):
        known = (kind, "none") in rows.index
        share = 100 - rows.loc[(kind, "none"), "expected_percent"] if known else float("nan")
        found.append(None if pd.isna(share) else float(share))
    return found[0], found[1]


def _return(results: Results) -> Return:
    criterion = results.settings.criterion
    return Return(criterion.repair_window, 100 - 100 * criterion.repair_tolerance)


def _patterns(results: Results) -> Patterns:
    shares = results.tables["pattern_breakdown"].set_index("pattern")["percent"]
    known_shares = tuple(
        Share(pattern, float(shares[pattern]))
        for pattern in PATTERNS
        if not (pattern in results.hidden or pd.isna(shares[pattern]))
    )
    return Patterns(known_shares, results.settings.criterion.aggregate, "unclassifiable" in shares)


def _length(results: Results) -> PlainLength:
    row, (short, long, larger) = main_effect(results), ends(results)
    same = row is not None and (row.estimate > 0) == (larger.estimate > 0)
    on_average = row is not None and row.shown and same
    return PlainLength(change(results.tables["headline"]), short, long, larger, on_average)


def _practice(results: Results) -> Practice:
    row, length = main_effect(results), with_length(results)
    if row is None or not row.shown:
        elsewhere = change(results.tables["headline"]) in {"stronger", "weaker", "reversed"}
        return Practice(None, False, length, elsewhere)
    many = at_end(results, max)
    clear = shown(many)
    return Practice(more(results, many) if clear else row.how, clear, length, False)


def _recovered(results: Results) -> Recovered:
    table_ = results.tables["verification"]
    directions = table_[table_["kind"] == "direction"]
    found = int(directions["verdict"].isin(["reproduced", "recovered"]).sum())
    return Recovered(found, len(directions))


def _answers(results: Results) -> str:
    """Answer the three questions of the introduction in their order."""
    answered = findings(results)
    first = [f"{answered[pattern].sentence}." for pattern in PATTERNS if pattern in answered]
    return " ".join([*first, *(f"{answered[name].sentence}." for name in ("moderation", "length"))])
