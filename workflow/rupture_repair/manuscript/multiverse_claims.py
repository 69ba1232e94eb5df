"""Sentences and the table on other defensible analyses."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd

from rupture_repair.config.reporting import ALPHA
from rupture_repair.figures.labels import labels
from rupture_repair.manuscript.printed import TABLE, cell, printed
from rupture_repair.manuscript.results import Results
from rupture_repair.multiverse.specifications import CHOICES
from rupture_repair.words import apa
from rupture_repair.words.templates import Claim, Direction

# from this share of specifications on, nearly all of them
NEARLY_ALL = 0.95
# cohorts without ruptures; interpersonal problems shuffled between patients
Null = Literal["no_rupture", "permuted"]
NULLS: tuple[Null, ...] = ("no_rupture", "permuted")


@dataclass(frozen=True)
class Specifications(Claim, at="multiverse/specifications"):
    """How many were drawn (none: all were computed), which were added by name, and the total."""

    drawn: int
    added: int
    total: int


@dataclass(frozen=True)
class Own:
    """The estimate of this paper, and the share of the others that have less, or more, of it."""

    estimate: float
    share: float
    side: Direction


@dataclass(frozen=True)
class Curve(Claim, at="multiverse/curve"):
    """The estimates of the specifications.

    known, total : how many could be estimated, and how many there are. same, clear : share with
    the sign of the median, and of these with a p below alpha.
    """

    known: int
    total: int
    at_session: float
    lowest: float
    highest: float
    median: float
    negative: bool
    same: float
    clear: float
    own: Own | None


@dataclass(frozen=True)
class InShort(Claim, at="abstract/multiverse"):
    """The direction of most estimates, the share that has it, and of these with p below alpha."""

    known: int
    how: Direction
    same: float
    clear: float


@dataclass(frozen=True)
class Choice:
    """A choice that specifications make, and its share of the estimates' variance."""

    name: str
    share: float


@dataclass(frozen=True)
class Choices(Claim, at="multiverse/choices"):
    """The choices that the estimates depend on most; what is left to their combinations."""

    ranked: tuple[Choice, ...]
    combinations: float


@dataclass(frozen=True)
class Against:
    """The curve beside curves where there is nothing to find.

    expected, ci_low, ci_high : of their median estimates; p : of the observed one. expected_clear,
    observed_clear, p_clear : of the share of specifications with a p below alpha.
    """

    null: Null
    replicates: float
    expected: float
    ci_low: float
    ci_high: float
    p: float
    expected_clear: float
    observed_clear: float
    p_clear: float


@dataclass(frozen=True)
class Inference(Claim, at="multiverse/inference"):
    """The curve as a whole; without `nulls` it was not tested.

    some : how many specifications were run again, where not all. beyond : how many of the nulls
    give a curve that is less extreme. one_direction : whether nearly all estimates have one sign.
    """

    nulls: tuple[Against, ...]
    some: int | None
    beyond: Literal["all", "some", "none"]
    one_direction: bool


@dataclass(frozen=True)
class Influence(Claim, at="tables/influence", blocks=TABLE):
    """What the estimates depend on; of how many specifications, and of those with length."""

    moderation: int
    length: int


def specifications(results: Results) -> str:
    """Tell how many specifications were drawn, or that all were computed, and which were added."""
    counts = results.tables["multiverse_specifications"]["origin"].value_counts()
    drawn, added = int(counts.get("drawn", 0)), int(counts.get("also", 0))
    return Specifications(drawn, added, int(counts.sum())).words


def curve(results: Results) -> str:
    """Tell the range of estimates, their direction and significance, and where the paper's is.

    Estimates of one cohort share its chance: that most have one sign says nothing of the curve as a
    whole, which `inference` alone judges.
    """
    joined = _joined(results)
    known = joined.dropna(subset=["estimate"])
    if known.empty:
        missing = float("nan")
        four = (missing, missing, missing, missing)
        return Curve(0, len(joined), *four, False, missing, missing, None).words
    estimates = known["estimate"]
    negative, same, clear = _directions(known)
    return Curve(
        known=len(known),
        total=len(joined),
        at_session=float(known["at_session"].iloc[0]),
        lowest=float(estimates.min()),
        highest=float(estimates.max()),
        median=float(estimates.median()),
        negative=negative,
        same=same,
        clear=clear,
        own=_own(known, -1 if negative else 1),
    ).words


def in_short(results: Results) -> InShort:
    """Return what the abstract says of all specifications."""
    known = _joined(results).dropna(subset=["estimate"])
    if known.empty:
        return InShort(0, "more", float("nan"), float("nan"))
    negative, same, clear = _directions(known)
    worse = results.settings.instruments.symptoms.higher_is == "worse"
    return InShort(len(known), "more" if negative == worse else "less", same, clear)


def _directions(known: pd.DataFrame) -> tuple[bool, float, float]:
    """Return whether most estimates are negative, and the shares of `same` and `clear`."""
    estimates = known["estimate"]
    negative = bool(estimates.median() < 0)
    same = (estimates < 0) if negative else (estimates > 0)
    return negative, float(same.mean()), float((same & (known["p"] < ALPHA)).mean())


def _own(known: pd.DataFrame, sign: int) -> Own | None:
    own = known.loc[known["origin"] == "own", "estimate"]
    if own.empty or len(known) < 2:
        return None
    others = known.loc[known["origin"] != "own", "estimate"]
    weaker = float((others * sign < own.iloc[0] * sign).mean())
    side: Direction = "less" if weaker >= 0.5 else "more"
    return Own(float(own.iloc[0]), max(weaker, 1 - weaker), side)


def choices(results: Results) -> str:
    """Name the choices that the estimates depend on most."""
    shares = _shares(results, "moderation")
    ranked = shares.drop("residual", errors="ignore").sort_values(ascending=False)[:3]
    called = labels("specification_curve")
    named = tuple(
        Choice(called.phrase("choices", str(n)).lower(), float(s)) for n, s in ranked.items()
    )
    return Choices(named, float(shares.get("residual", float("nan")))).words


def inference(results: Results) -> str:
    """Compare the curve with curves where there is nothing to find: the only words on the whole."""
    rows = results.tables["multiverse_inference"].set_index(["kind", "statistic"])
    if not (rows["replicates"] > 0).all():
        return Inference((), None, "none", False).words
    some = int(rows["specifications"].iloc[0])
    nulls = tuple(_against(rows, null) for null in NULLS)
    beyond = sum(null.p < ALPHA for null in nulls)
    return Inference(
        nulls,
        some if some < len(results.tables["multiverse"]["estimate"].dropna()) else None,
        "all" if beyond == len(nulls) else "some" if beyond else "none",
        _one_direction(results),
    ).words


def _against(rows: pd.DataFrame, null: Null) -> Against:
    middle, clear = (rows.loc[(null, name)] for name in ("median_estimate", "share_significant"))
    return Against(
        null,
        float(middle["replicates"]),
        *(float(middle[name]) for name in ("expected", "low", "high", "p")),
        *(float(clear[name]) for name in ("expected", "observed", "p")),
    )


def _one_direction(results: Results) -> bool:
    estimates = _joined(results)["estimate"].dropna()
    return float((estimates * np.sign(estimates.median()) > 0).mean()) >= NEARLY_ALL


def variance_shares(results: Results) -> str:
    """Return the table `influence`."""
    moderation, length = (_shares(results, name) for name in ("moderation", "length"))
    called = labels("specification_curve")
    rows = [
        [
            cell("combinations") if name == "residual" else called.phrase("choices", name),
            *(_cell(s, name) for s in (moderation, length)),
        ]
        for name in (*CHOICES, "residual")
        if name in moderation or name in length
    ]
    table_of = results.tables["multiverse_influence"].groupby("outcome")["n_specifications"].first()
    counts = (int(table_of.get(name, 0)) for name in ("moderation", "length"))
    return printed(Influence(*counts), rows)


def _joined(results: Results) -> pd.DataFrame:
    origin = results.tables["multiverse_specifications"][["id", "origin"]]
    return origin.merge(results.tables["multiverse"], on="id")


def _shares(results: Results, outcome: str) -> pd.Series:
    rows = results.tables["multiverse_influence"]
    return rows[rows["outcome"] == outcome].set_index("choice")["share"]


def _cell(shares: pd.Series, name: str) -> str:
    return apa.number(100 * float(shares[name]), 1) if name in shares else "–"
