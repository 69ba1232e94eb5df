"""Sentences on effect sizes and on reliable change."""

from dataclasses import dataclass
from typing import Literal

import pandas as pd

from rupture_repair.config.reporting import MIN_PATIENTS
from rupture_repair.manuscript.results import Results
from rupture_repair.modelling.reliable_change import reliable_at_95
from rupture_repair.words.templates import Claim, Percent

Named = Literal["none", "unrepaired", "repaired"]
NAMED: tuple[Named, ...] = ("none", "unrepaired", "repaired")


@dataclass(frozen=True)
class Size:
    """An effect size at a level of interpersonal problems, in SDs from the average."""

    d: float
    ci_low: float
    ci_high: float
    iip_z: float


@dataclass(frozen=True)
class EffectSize(Claim, at="change/effect_size"):
    """The difference between repaired and no rupture as effect sizes of a model.

    until : the session that change is counted to. negative_is_more : improvement with repair.
    """

    sizes: tuple[Size, ...]
    model: str
    with_length: bool
    until: float
    sd: float
    negative_is_more: bool


@dataclass(frozen=True)
class Source:
    """Where a criterion of reliable change is from: a key of the bibliography, or in words."""

    citation: str | None
    source: str


@dataclass(frozen=True)
class Stricter:
    """The level of a published criterion in percent, and the points that one at 95% would have."""

    level: float
    points: float


@dataclass(frozen=True)
class SmallestReliable(Claim, at="change/smallest_reliable"):
    """The smallest reliable change; without a source it was computed from the reliability.

    tool : which is named only where that is not clear.
    """

    points: float
    tool: str | None
    source: Source | None
    stricter: Stricter | None


@dataclass(frozen=True)
class ReliableRule(Claim, at="change/reliable_rule"):
    """By which criterion patients changed reliably, or that none is known."""

    by: Literal["instrument", "reliability"] | None


@dataclass(frozen=True)
class NoCriterion(Claim, at="change/no_criterion"):
    """Reliable change could not be counted for an instrument.

    reliability : whether it is known; then first ratings do not differ.
    """

    tool: str
    reliability: bool


@dataclass(frozen=True)
class Changed:
    """Of the patients of a pattern, those who changed reliably; what may not be told is none.

    few : whether fewer were rated twice than a share is estimated of.
    """

    pattern: Named
    improved: Percent | None
    deteriorated: Percent | None
    few: bool


@dataclass(frozen=True)
class ReliableChange(Claim, at="change/reliable_change"):
    """What counted as reliable, and who changed so; `some_once`: some were rated only once.

    once : how many, none where they are few.
    """

    smallest: str
    patterns: tuple[Changed, ...]
    some_once: bool
    once: int | None


def effect_size(results: Results) -> str:
    """Tell the difference between repaired and no rupture as d at each level of iip_z."""
    table = results.tables["effect_sizes"]
    model = results.headline_model
    rows = table[(table["model"] == model) & (table["kind"] == "contrast") & table["length"].isna()]
    rows = rows[(rows["what"] == "repaired - none")].dropna(subset=["d"])
    if rows.empty:
        return EffectSize((), model, False, float("nan"), float("nan"), True).words
    names = ["d", "d_low", "d_high", "iip_z"]
    return EffectSize(
        sizes=tuple(Size(*(float(row[name]) for name in names)) for _, row in rows.iterrows()),
        model=model,
        with_length=model == "M3",
        until=float(rows["duration"].iloc[0]),
        sd=float(rows["baseline_sd"].iloc[0]),
        negative_is_more=results.settings.instruments.symptoms.higher_is == "worse",
    ).words


def reliable_change(results: Results) -> str:
    """Tell improved and deteriorated shares by pattern, or that the instrument gives no criterion.

    Cells that must not be told are left out.
    """
    table = results.tables["reliable_change"]
    instrument = results.settings.instruments.symptoms
    tool = instrument.short
    if not results.has_reliable_change:
        return NoCriterion(tool, instrument.reliability is not None).words
    once = float(table.loc[table["pattern"] == "all", "n_once"].iloc[0])
    return ReliableChange(
        smallest=smallest_reliable(results, tool),
        patterns=tuple(_changed(results, pattern) for pattern in NAMED),
        some_once=bool(once),
        once=results.count(once),
    ).words


def _changed(results: Results, pattern: Named) -> Changed:
    table = results.tables["reliable_change"]
    rows = table[table["pattern"] == pattern].set_index("outcome")
    hidden = hidden_outcomes(results, pattern)
    shares = {
        outcome: Percent(*(float(100 * rows[name][outcome]) for name in ("share", "low", "high")))
        for outcome in ("improved", "deteriorated")
        if outcome not in hidden and pd.notna(rows["share"][outcome])
    }
    few = bool(0 < rows["n_rated"].iloc[0] < MIN_PATIENTS)
    return Changed(pattern, shares.get("improved"), shares.get("deteriorated"), few)


def smallest_reliable(results: Results, named: str | None = None) -> str:
    """Return `6 points or more [@…]`: with its source, or from what it was computed.

    named : the instrument, where it must be said of which the points are.
    """
    tool = results.settings.instruments.symptoms
    at = results.tables["reliable_change"].iloc[0]
    points = float(at["threshold"])
    if at["basis"] == "reliability":
        return SmallestReliable(points, named, None, None).words
    stricter, level = reliable_at_95(tool), tool.reliable_change_level
    known = None if stricter is None or level is None else Stricter(100 * level, stricter)
    return SmallestReliable(points, named, Source(tool.citation, tool.source or ""), known).words


def reliable_rule(results: Results) -> str:
    """Say by which criterion patients changed reliably, or that none is known."""
    if not results.has_reliable_change:
        return ReliableRule(None).words
    computed = results.tables["reliable_change"]["basis"].iloc[0] == "reliability"
    return ReliableRule("reliability" if computed else "instrument").words


def hidden_outcomes(results: Results, pattern: str) -> frozenset[str]:
    """Return the outcomes of which no number is shown for a pattern, or `all`."""
    table = results.tables["reliable_change"]
    counts = table[table["pattern"] == pattern].set_index("outcome")["n"]
    if counts.isna().any():
        return frozenset()
    if pattern in results.hidden:
        return frozenset(counts.index)
    found = results.small_cells({str(name): float(n) for name, n in counts.items()})
    if pattern == "all":  # the whole less the other patterns would tell a hidden cell
        found |= frozenset().union(*(hidden_outcomes(results, other) for other in NAMED))
    return found
