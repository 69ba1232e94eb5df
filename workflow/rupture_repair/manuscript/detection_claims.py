"""Sentences on ruptures beside chance, and under other criteria."""

from dataclasses import dataclass
from typing import Literal

import pandas as pd

from rupture_repair.config.criteria import PATTERNS
from rupture_repair.config.reporting import CHANCE_PERCENT
from rupture_repair.manuscript.results import Results
from rupture_repair.words.templates import Claim, Range

# Ratings of successive sessions are alike, which random order takes away: it would give another
# number of ruptures where there are none. It describes; what differs from chance, the model says.
JUDGED = "simulated"
Side = Literal["more", "fewer", "same"]
# fewer without a rupture are more with one
OPPOSITE: dict[Side, Side] = {"more": "fewer", "fewer": "more", "same": "same"}


@dataclass(frozen=True)
class Expected:
    """The share of a pattern that chance gives, in percent, and how many points more there are."""

    pattern: Literal["none", "unrepaired", "repaired"]
    percent: float
    excess: float
    ci_low: float
    ci_high: float


@dataclass(frozen=True)
class Chance(Claim, at="detection/chance"):
    """What chance gives, in random order and by the no-rupture model.

    status : whether it can be compared, or why not. level : percent of replicates in the ranges.
    ruptured, repaired : whether there are more of them than the model gives, where that is told.
    """

    status: Literal["compared", "too rare", "unclassified"]
    permuted: tuple[Expected, ...]
    simulated: tuple[Expected, ...]
    level: float
    ruptured: Side | None
    repaired: Side | None


@dataclass(frozen=True)
class Band:
    """Percent with a rupture by chance in treatments of a length, in sessions."""

    length: str
    percent: float


@dataclass(frozen=True)
class ChanceByLength(Claim, at="detection/chance_by_length"):
    """What the no-rupture model gives in the shortest and in the longest treatments."""

    compared: bool
    shortest: Band
    longest: Band


@dataclass(frozen=True)
class Pair:
    """Cohen's kappa between two criteria."""

    first: str
    second: str
    kappa: float


@dataclass(frozen=True)
class Criteria(Claim, at="detection/criteria"):
    """How criteria agree: the least and the most, and the range with this paper's criterion.

    pairs, known : how many there are, and how many have a kappa.
    """

    pairs: int
    known: int
    lowest: Pair
    highest: Pair
    median: float
    own: Range | None


@dataclass(frozen=True)
class Moves(Claim, at="detection/moves"):
    """How many patients have another pattern under another criterion; none where masked.

    classified : by every criterion. shown : whether those who move may be told.
    """

    nobody: bool
    shown: bool
    criteria: float
    classified: int | None
    same_pattern: int | None
    rupture_by_some: int | None


@dataclass(frozen=True)
class CriteriaChance(Claim, at="detection/criteria_chance"):
    """Under how many criteria patients with a rupture are more, or fewer, than chance gives."""

    criteria: int
    more: int
    fewer: int
    level: float


MISSING = float("nan")
NO_BAND = Band("", MISSING)
NO_PAIR = Pair("", "", MISSING)


def chance(results: Results) -> str:
    """Tell what both nulls give, and compare with the no-rupture model alone.

    Patterns of which no number is shown are left out.
    """
    table = results.tables["chance"]
    rows = table[table["length"] == "all"].set_index(["kind", "pattern"])
    shown = [pattern for pattern in PATTERNS if pattern not in results.hidden]
    if not shown or rows["observed_percent"].isna().all():
        why: Literal["too rare", "unclassified"] = "unclassified" if shown else "too rare"
        return Chance(why, (), (), CHANCE_PERCENT, None, None).words
    return Chance(
        status="compared",
        permuted=_expected(rows, "permuted", results),
        simulated=_expected(rows, "simulated", results),
        level=CHANCE_PERCENT,
        ruptured=OPPOSITE[side(rows.loc[(JUDGED, "none")])] if "none" in shown else None,
        repaired=side(rows.loc[(JUDGED, "repaired")]) if "repaired" in shown else None,
    ).words


def _expected(rows: pd.DataFrame, kind: str, results: Results) -> tuple[Expected, ...]:
    names = ["expected_percent", "excess", "excess_low", "excess_high"]
    return tuple(
        Expected(pattern, *(float(rows.loc[(kind, pattern), name]) for name in names))
        for pattern in ("none", "unrepaired", "repaired")
        if pattern not in results.hidden
    )


def side(row: pd.Series) -> Side:
    """Whether more, fewer or as many were observed as the null gives."""
    if row["excess_low"] > 0:
        return "more"
    return "fewer" if row["excess_high"] < 0 else "same"


def chance_by_length(results: Results) -> str:
    """Compare what noise alone gives in the shortest and in the longest treatments."""
    table = results.tables["chance"]
    rows = table[(table["pattern"] == "none") & (table["length"] != "all")]
    rows = rows.dropna(subset=["expected_percent"])
    rows = rows[rows["kind"] == JUDGED]
    if len(rows) < 2:
        return ChanceByLength(False, NO_BAND, NO_BAND).words
    first, last = (
        Band(row["length"], float(100 - row["expected_percent"]))
        for row in (rows.iloc[0], rows.iloc[-1])
    )
    return ChanceByLength(True, first, last).words


def criteria(results: Results) -> str:
    """Tell the range of kappa and of the share without rupture, and how many patients move."""
    pairs = results.tables["criteria_agreement"]
    known = pairs.dropna(subset=["kappa"])
    if known.empty:
        return Criteria(len(pairs), 0, NO_PAIR, NO_PAIR, MISSING, None).words
    low, high = (
        Pair(results.criterion(row["first"]), results.criterion(row["second"]), float(row["kappa"]))
        for row in (known.loc[known["kappa"].idxmin()], known.loc[known["kappa"].idxmax()])
    )
    name = results.settings.criterion.name
    own = known.loc[(known["first"] == name) | (known["second"] == name), "kappa"]
    among = Range(own.min(), own.max()) if len(own) else None
    claim = Criteria(len(pairs), len(known), low, high, known["kappa"].median(), among)
    return f"{claim.words} {_moves(results).words}"


def _moves(results: Results) -> Moves:
    values = results.tables["criteria_consistency"].set_index("quantity")["value"]
    return Moves(
        nobody=bool(values["n_classified_by_all"] == 0),
        # with the breakdowns it would tell of few who move
        shown=bool(pd.notna(values["n_same_pattern"])),
        criteria=float(values["n_criteria"]),
        classified=results.count(values["n_classified_by_all"]),
        same_pattern=results.count(values["n_same_pattern"]),
        rupture_by_some=results.count(values["n_rupture_by_some"]),
    )


def criteria_chance(results: Results) -> str:
    """Count the criteria under which ruptures are more, or less, frequent than chance gives."""
    table = results.tables["chance_by_criterion"]
    rows = table[(table["pattern"] == "none") & (table["kind"] == JUDGED)]
    rows = rows.dropna(subset=["observed_percent"])
    states = [OPPOSITE[side(row)] for _, row in rows.iterrows()]
    more, fewer = states.count("more"), states.count("fewer")
    return CriteriaChance(len(rows), more, fewer, CHANCE_PERCENT).words
