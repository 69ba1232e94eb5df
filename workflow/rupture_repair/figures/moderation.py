"""What the study asks: repaired ruptures against none, over interpersonal problems, by length."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from rupture_repair.config.steps.figures import FigureSettings
from rupture_repair.figures.labels import Labels, labels
from rupture_repair.figures.style import (
    COLOURS,
    GREY,
    INK,
    LIGHT,
    SMALL,
    Drawing,
    finish,
    nearest,
    new_figure,
    nothing_to_draw,
)
from rupture_repair.figures.tooltips import add_tooltips
from rupture_repair.words.templates import Claim

TABLES = ("moderation_curve", "johnson_neyman", "analysis")
LESS, MORE = COLOURS["unrepaired"], COLOURS["repaired"]


@dataclass(frozen=True)
class Region:
    """From where to where, in points, patients with repaired ruptures improved more, or less."""

    how: Literal["less", "more"]
    start: float
    end: float


@dataclass(frozen=True)
class Difference:
    """The difference at a length, in points, from the lowest to the highest problems shown.

    ends : none without patients with repaired ruptures.
    """

    length: float
    ends: tuple[float, ...]
    regions: tuple[Region, ...]


@dataclass(frozen=True)
class Texts(Claim, at="figures/moderation", blocks=("caption", "alt")):
    """The difference by length; with a single one, `several` is not so. confidence: in percent."""

    confidence: float
    several: bool
    private: bool
    differences: tuple[Difference, ...]


def draw(tables: Mapping[str, pd.DataFrame], settings: FigureSettings) -> Drawing:
    """Draw `moderation_curve`: a panel per length, coloured where the interval excludes zero."""
    curve = tables["moderation_curve"].dropna(subset=["estimate"])
    if curve.empty:
        return nothing_to_draw("Moderation", "moderation", 40, settings)
    lengths = [float(length) for length in curve["length"].unique()]
    people = tables["analysis"].drop_duplicates("patient_id")
    people = people[people["pattern"] == "repaired"]
    near = np.asarray(lengths)[nearest(np.log(people["length"]), np.log(lengths))]
    worse = settings.instruments.symptoms.higher_is == "worse"
    say = labels("moderation", settings.language)
    figure = new_figure(78)
    panels = figure.subplots(1, len(lengths), sharey=True, squeeze=False)[0]
    low, high = _limits(curve)
    ranges = {}
    for axes, length in zip(panels, lengths, strict=True):
        own = curve[curve["length"] == length].reset_index(drop=True)
        here = people[near == length]
        ranges[length] = _supported(own, here, tables["johnson_neyman"], settings.private)
        _panel(axes, own, ranges[length], worse, say)
        axes.set_title(say("title", n=f"{length:g}"))
        if not settings.private and len(here):
            _people(axes, here, low, say("people_of" if len(lengths) > 1 else "people", **_n(here)))
    first = panels[0]
    first.set_ylim(low, high)
    first.set_ylabel(say("y", symptoms=settings.instruments.symptoms.short))
    for arrow, words, at, colour in (
        ("▲", "less" if worse else "more", 0.98, LESS if worse else MORE),
        ("▼", "more" if worse else "less", 0.21, MORE if worse else LESS),
    ):
        first.text(
            0.03, at, f"{arrow} {say(words)}", transform=first.transAxes,
            va="top", fontsize=SMALL, color=colour,
        )  # fmt: skip
    panels[len(panels) // 2].set_xlabel(say("x", iip=settings.instruments.iip.short))
    finish(figure, settings)
    texts = Texts(
        confidence=100 * settings.modelling.confidence,
        several=len(lengths) > 1,
        private=settings.private,
        differences=tuple(
            _finding(curve[curve["length"] == length], length, ranges[length], worse)
            for length in lengths
        ),
    )
    return Drawing(figure, texts.text("caption"), texts.text("alt"))


def _limits(curve: pd.DataFrame) -> tuple[float, float]:
    """Return the ends of the axis: of all intervals but the widest tenth, and zero."""
    low = min(0.0, float(curve["ci_low"].quantile(0.1)))
    high = max(0.0, float(curve["ci_high"].quantile(0.9)))
    margin = 0.2 * (high - low)
    return low - margin, high + margin


def _supported(
    own: pd.DataFrame, here: pd.DataFrame, regions: pd.DataFrame, private: bool
) -> tuple[float, float]:
    """Return between which interpersonal problems there are patients with repaired ruptures.

    own : the curve of a length; here : these patients, in treatments about as long. Of a
    confidential cohort, between the limits that are shared anyway, of all lengths.
    """
    if not private:
        return (float(here["iip"].min()), float(here["iip"].max())) if len(here) else (np.nan,) * 2
    row = regions[regions["contrast"] == "repaired - none"]
    if row.empty:
        return np.nan, np.nan
    limits = row.iloc[0][["supported_low", "supported_high"]].to_numpy(float)
    low, high = np.interp(limits, own["iip_z"], own["iip"])
    return float(low), float(high)


def _panel(
    axes: Axes, own: pd.DataFrame, supported: tuple[float, float], worse: bool, say: Labels
) -> None:
    axes.axhline(0, color=GREY, linewidth=0.7)
    axes.plot(own["iip"], own["estimate"], color=GREY, linewidth=0.9, linestyle=(0, (2, 2)))
    low, high = supported
    grid = np.unique(np.clip(np.append(own["iip"], [low, high]), low, high))
    grid = grid[np.isfinite(grid)]
    if not len(grid):
        return
    inside = {
        name: np.interp(grid, own["iip"], own[name]) for name in ("estimate", "ci_low", "ci_high")
    }
    axes.fill_between(grid, inside["ci_low"], inside["ci_high"], color=LIGHT, lw=0)
    above, below = inside["ci_low"] > 0, inside["ci_high"] < 0
    for where, colour in ((above, LESS if worse else MORE), (below, MORE if worse else LESS)):
        if where.any():
            ends = inside["ci_low"], inside["ci_high"]
            axes.fill_between(grid, *ends, where=where, color=colour, alpha=0.5, lw=0)
    axes.plot(grid, inside["estimate"], color=INK)
    points = pd.DataFrame(inside)[["estimate", "ci_low", "ci_high"]].to_numpy(float)
    tooltips = [
        say("value", iip=say.number(at), value=words)
        for at, words in zip(grid, say.intervals(points), strict=True)
    ]
    add_tooltips(axes, grid, inside["estimate"], tooltips, size=5)
    axes.set_xlim(own["iip"].min(), own["iip"].max())


def _n(here: pd.DataFrame) -> dict[str, int]:
    """Return how many patients there are, and how long the shortest and the longest treatment."""
    length = here["length"]
    return {"n": len(here), "shortest": int(length.min()), "longest": int(length.max())}


def _people(axes: Axes, here: pd.DataFrame, low: float, words: str) -> None:
    axes.plot(here["iip"], np.full(len(here), low), "|", color=INK, markersize=9, alpha=0.7)
    axes.text(
        0.98, 0.05, words, transform=axes.transAxes, ha="right", va="bottom", fontsize=SMALL,
        color=GREY, bbox={"facecolor": "white", "edgecolor": "none", "pad": 1},
    )  # fmt: skip


def _finding(
    own: pd.DataFrame, length: float, supported: tuple[float, float], worse: bool
) -> Difference:
    own = own[own["iip"].between(*supported)]
    if own.empty:
        return Difference(length, (), ())
    above, below = own[own["ci_low"] > 0], own[own["ci_high"] < 0]
    less, more = (above, below) if worse else (below, above)
    sides: tuple[tuple[Literal["less", "more"], pd.DataFrame], ...] = (
        ("less", less),
        ("more", more),
    )
    regions = tuple(
        Region(how, float(part["iip"].min()), float(part["iip"].max()))
        for how, part in sides
        if len(part)
    )
    return Difference(length, tuple(own["estimate"].iloc[[0, -1]].astype(float)), regions)
