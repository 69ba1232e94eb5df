"""Sentences on the multiple of the scale that makes a drop a rupture."""

from dataclasses import dataclass

from rupture_repair.config.reporting import ALPHA
from rupture_repair.manuscript.results import Results
from rupture_repair.words.templates import Claim


@dataclass(frozen=True)
class Share:
    """Percent of patients with a rupture at a multiple of the scale."""

    k: float
    percent: float


@dataclass(frozen=True)
class Chosen:
    """The moderation at the multiple of this paper."""

    k: float
    estimate: float


@dataclass(frozen=True)
class Moderations:
    """The range of the moderation of M2 over so many multiples, significant under some of them."""

    lowest: float
    highest: float
    significant: int
    multiples: int
    chosen: Chosen | None


@dataclass(frozen=True)
class Thresholds(Claim, at="thresholds/thresholds"):
    """What shares and moderation are from the smallest multiple to the largest.

    shown : whether the shares can be; few : whether else because they would tell of few patients.
    """

    shown: bool
    few: bool
    first: Share
    last: Share
    moderations: Moderations | None


def thresholds(results: Results) -> str:
    """Tell what the shares and the moderation are over the range of k, and at the chosen one."""
    rows = results.tables["threshold_strip"].sort_values("k")
    shown = rows.dropna(subset=["percent_none"])
    if len(shown) < 2:
        nothing = Share(float("nan"), float("nan"))
        return Thresholds(False, results.private, nothing, nothing, None).words
    first, last = (
        Share(float(row["k"]), float(100 - row["percent_none"]))
        for row in (shown.iloc[0], shown.iloc[-1])
    )
    known = rows.dropna(subset=["estimate"])
    if known.empty:
        return Thresholds(True, False, first, last, None).words
    own = known[known["chosen"] == 1]
    moderations = Moderations(
        lowest=float(known["estimate"].min()),
        highest=float(known["estimate"].max()),
        significant=int((known["p"] < ALPHA).sum()),
        multiples=len(known),
        chosen=Chosen(own["k"].iloc[0], own["estimate"].iloc[0]) if len(own) else None,
    )
    return Thresholds(True, False, first, last, moderations).words
