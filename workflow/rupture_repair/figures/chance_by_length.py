"""Patterns observed beside those expected by chance, overall and by treatment length."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from rupture_repair.config.criteria import PATTERNS, Pattern
from rupture_repair.config.reporting import CHANCE_PERCENT
from rupture_repair.config.steps.figures import FigureSettings
from rupture_repair.figures.labels import Labels, labels
from rupture_repair.figures.style import (
    COLOURS,
    GREY,
    INK,
    MARKERS,
    Drawing,
    finish,
    new_figure,
    whiskers,
)
from rupture_repair.figures.tooltips import add_tooltips
from rupture_repair.words.templates import Claim

TABLES = ("chance",)
EXCESS = ["excess", "excess_low", "excess_high"]
# where a null stands beside the observed share, in distances of bands, and its marker
NULLS = {"permuted": (-0.27, "o"), "simulated": (0.27, "s")}


@dataclass(frozen=True)
class Shares:
    """Percent of the patients with a pattern, observed (none: masked) and by chance.

    length : band of treatment lengths in sessions, none for all patients.
    """

    length: str | None
    observed: float | None
    ordered: float
    modelled: float


@dataclass(frozen=True)
class OfPattern:
    """The shares of a pattern, by treatment length."""

    pattern: Pattern
    shares: tuple[Shares, ...]


@dataclass(frozen=True)
class Texts(Claim, at="figures/chance_by_length", blocks=("caption", "alt")):
    """Shares of the patterns beside chance; level: percent of the replicates in the ranges."""

    criterion: str
    level: float
    private: bool
    patterns: tuple[OfPattern, ...]


def draw(tables: Mapping[str, pd.DataFrame], settings: FigureSettings) -> Drawing:
    """Draw `chance`: a column of panels per pattern, shares above, excess over chance below."""
    private, say = settings.private, labels("chance_by_length", settings.language)
    lengths = list(tables["chance"]["length"].unique())
    chance = tables["chance"].set_index(["kind", "pattern", "length"]).sort_index()
    figure = new_figure(118)
    panels = figure.subplots(2, len(PATTERNS), sharex=True, sharey="row", height_ratios=(3, 2))
    place = np.arange(len(lengths))
    for column, pattern in enumerate(PATTERNS):
        shares, excess = panels[:, column]
        for kind, (offset, marker) in NULLS.items():
            at, x = chance.loc[(kind, pattern)].loc[lengths], place + offset
            share, above = at[["expected_percent", "low", "high"]], at[EXCESS]
            _interval(shares, x, share, marker, say(kind), say)
            _interval(excess, x, above, marker, say(kind), say)
        observed = chance.loc[("permuted", pattern)].loc[lengths, "observed_percent"]
        shares.plot(
            place,
            observed,
            MARKERS[pattern],
            color=COLOURS[pattern],
            markersize=6,
            label=say("observed"),
            zorder=5,
        )
        tooltips = [
            say("observed_value", pattern=say(pattern), share=say.number(share, 1))
            for share in observed
        ]
        add_tooltips(shares, place, observed, tooltips)
        shares.set_title(say(pattern))
        excess.axhline(0, color=GREY, linewidth=0.7)
        for axes in (shares, excess):
            axes.axvline(0.5, color=GREY, linewidth=0.5, linestyle=(0, (1, 2)))
        excess.set_xticks(place, [_tick(chance, length, say) for length in lengths])
        excess.set_xlim(-0.5, len(lengths) - 0.5)
    panels[0, 0].set_ylabel(say("y"))
    panels[0, 0].set_ylim(bottom=-3)  # a marker at zero stays whole
    panels[1, 0].set_ylabel(say("y_excess"))
    panels[1, 1].set_xlabel(say("x"))
    handles, names = panels[0, 0].get_legend_handles_labels()
    figure.legend(handles, names, loc="outside lower center", ncols=3, handletextpad=0.4)
    finish(figure, settings)
    texts = Texts(
        criterion=settings.own,
        level=CHANCE_PERCENT,
        private=private,
        patterns=tuple(OfPattern(name, _finding(chance, name, lengths)) for name in PATTERNS),
    )
    return Drawing(figure, texts.text("caption"), texts.text("alt"))


def _interval(
    axes: Axes,
    place: np.ndarray,
    rows: pd.DataFrame,
    marker: str,
    name: str,
    say: Labels,
) -> None:
    """Draw `rows`, which are middle, low and high."""
    middle, low, high = (rows[column] for column in rows)
    axes.errorbar(
        place,
        middle,
        yerr=whiskers(middle, low, high),
        fmt=marker,
        markersize=3.5,
        color=INK,
        markerfacecolor="white",
        elinewidth=1,
        capsize=2,
        label=name,
    )
    points = say.intervals(rows.to_numpy(float), digits=1)
    add_tooltips(axes, place, middle, [say("value", name=name, value=words) for words in points])


def _tick(chance: pd.DataFrame, length: str, say: Labels) -> str:
    n = chance["n_patients"].xs(length, level="length").iloc[0]
    words = say("all") if length == "all" else length.capitalize()
    return f"{words}\n({say.counted(n)})"


def _finding(chance: pd.DataFrame, pattern: str, lengths: list[str]) -> tuple[Shares, ...]:
    found = []
    for length in lengths:
        ordered, modelled = (chance.loc[(kind, pattern, length)] for kind in NULLS)
        observed = ordered["observed_percent"]
        known = None if pd.isna(observed) else float(observed)
        shares = (float(null["expected_percent"]) for null in (ordered, modelled))
        found.append(Shares(None if length == "all" else length, known, *shares))
    return tuple(found)
