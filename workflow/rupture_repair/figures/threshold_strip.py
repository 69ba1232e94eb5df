"""Patterns and moderation over the multiple of the scale that makes a drop a rupture."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import pandas as pd
from matplotlib.axes import Axes

from rupture_repair.config.criteria import PATTERNS
from rupture_repair.config.steps.figures import FigureSettings
from rupture_repair.figures.labels import Labels, labels
from rupture_repair.figures.style import (
    COLOURS,
    GREY,
    INK,
    LIGHT,
    LINES,
    Drawing,
    finish,
    new_figure,
    nothing_to_draw,
)
from rupture_repair.figures.tooltips import add_tooltips
from rupture_repair.words.templates import Claim

TABLES = ("threshold_strip",)


@dataclass(frozen=True)
class Point:
    """A value at a multiple k of the scale."""

    k: float
    value: float


@dataclass(frozen=True)
class Line:
    """The first and the last point of the moderation or of a pattern's share; none: not shown."""

    of: Literal["none", "unrepaired", "repaired", "moderation"]
    ends: tuple[Point, ...]


@dataclass(frozen=True)
class Texts(Claim, at="figures/threshold_strip", blocks=("caption", "alt")):
    """Patterns and moderation over the multiple of the scale."""

    criterion: str
    private: bool
    lines: tuple[Line, ...]


def draw(tables: Mapping[str, pd.DataFrame], settings: FigureSettings) -> Drawing:
    """Draw `threshold_strip`: shares of the patterns above, the moderation below."""
    rows = tables["threshold_strip"].sort_values("k")
    if rows["percent_none"].isna().all() and rows["estimate"].isna().all():
        return nothing_to_draw("Threshold of a rupture", "threshold_strip", 60, settings)
    say = labels("threshold_strip", settings.language)
    figure = new_figure(110)
    shares, moderation = figure.subplots(2, 1, sharex=True)
    for pattern in PATTERNS:
        known = rows.dropna(subset=[f"percent_{pattern}"])
        multiples, percent = known["k"], known[f"percent_{pattern}"]
        shares.plot(
            multiples, percent, color=COLOURS[pattern], linestyle=LINES[pattern],
            label=say(pattern), marker="." if settings.private else None,
        )  # fmt: skip
        tooltips = [
            say("share", k=say.number(k), pattern=say(pattern), share=say.number(p, 1))
            for k, p in zip(multiples, percent, strict=True)
        ]
        add_tooltips(shares, multiples, percent, tooltips)
    shares.set_ylabel(say("y"))
    shares.set_ylim(bottom=0)
    shares.legend(ncols=len(PATTERNS), loc="lower left", bbox_to_anchor=(0, 1), borderaxespad=0.2)
    _moderation(moderation, rows, say)
    chosen = rows.loc[rows["chosen"] == 1, "k"]
    for axes in (shares, moderation):
        for k in chosen:
            axes.axvline(k, color=GREY, linewidth=0.9, linestyle=(0, (3, 2)))
    finish(figure, settings)
    columns: dict[Literal["none", "unrepaired", "repaired", "moderation"], str] = {
        "none": "percent_none",
        "unrepaired": "percent_unrepaired",
        "repaired": "percent_repaired",
        "moderation": "estimate",
    }
    lines = tuple(Line(of, _ends(rows, column)) for of, column in columns.items())
    texts = Texts(settings.own, settings.private, lines)
    return Drawing(figure, texts.text("caption"), texts.text("alt"))


def _moderation(axes: Axes, rows: pd.DataFrame, say: Labels) -> None:
    axes.fill_between(rows["k"], rows["ci_low"], rows["ci_high"], color=LIGHT, linewidth=0)
    axes.plot(rows["k"], rows["estimate"], color=INK)
    axes.axhline(0, color=GREY, linewidth=0.7, linestyle=(0, (1, 2)))
    axes.set_xlabel(say("x"))
    axes.set_ylabel(say("y_moderation"))
    values = say.intervals(rows[["estimate", "ci_low", "ci_high"]].to_numpy(float))
    tooltips = [
        say("moderation", k=say.number(k), value=value)
        for k, value in zip(rows["k"], values, strict=True)
    ]
    add_tooltips(axes, rows["k"], rows["estimate"], tooltips)


def _ends(rows: pd.DataFrame, column: str) -> tuple[Point, ...]:
    known = rows.dropna(subset=[column])
    ends = (known.iloc[0], known.iloc[-1]) if len(known) else ()
    return tuple(Point(float(row["k"]), float(row[column])) for row in ends)
