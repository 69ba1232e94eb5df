"""Slopes of symptoms at chosen lengths and levels of interpersonal problems."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from rupture_repair.config.criteria import PATTERNS, Pattern
from rupture_repair.config.steps.figures import FigureSettings
from rupture_repair.figures.labels import Labels, labels
from rupture_repair.figures.style import (
    COLOURS,
    GREY,
    LINES,
    MARKERS,
    Drawing,
    finish,
    new_figure,
    nothing_to_draw,
)
from rupture_repair.figures.tooltips import add_tooltips
from rupture_repair.words.templates import Claim

TABLES = ("simple_slopes",)
DODGE = 0.13


@dataclass(frozen=True)
class Slope:
    """The slope of a pattern; none where it was not estimated."""

    pattern: Pattern
    estimate: float | None


@dataclass(frozen=True)
class Texts(Claim, at="figures/simple_slopes", blocks=("caption", "alt")):
    """Slopes in a panel per length; those of the longest treatments with the most problems.

    confidence : of the intervals, in percent. shortest, longest : lengths in sessions. level : of
    interpersonal problems in SDs from the average.
    """

    falling_is_better: bool
    confidence: float
    panels: int
    shortest: float
    longest: float
    level: float
    slopes: tuple[Slope, ...]


def draw(tables: Mapping[str, pd.DataFrame], settings: FigureSettings) -> Drawing:
    """Draw `simple_slopes` of model M3: a panel per length, a line per pattern."""
    slopes = tables["simple_slopes"]
    slopes = slopes[(slopes["model"] == "M3") & slopes["length"].notna()]
    if slopes["estimate"].isna().all():
        return nothing_to_draw("Simple slopes", "simple_slopes", 40, settings)
    lengths = sorted(slopes["length"].unique())
    levels = settings.modelling.iip_levels
    position = np.arange(len(levels))
    tool = settings.instruments.symptoms
    say = labels("simple_slopes", settings.language)
    figure = new_figure(80)
    panels = figure.subplots(1, len(lengths), sharey=True, squeeze=False)[0]
    for axes, length in zip(panels, lengths, strict=True):
        axes.axhline(0, color=GREY, linewidth=0.7)
        for offset, pattern in enumerate(PATTERNS):
            at = slopes[(slopes["length"] == length) & (slopes["pattern"] == pattern)]
            at = at.set_index("iip_z").loc[list(levels)]
            x = position + DODGE * (offset - 1)
            axes.errorbar(
                x,
                at["estimate"],
                yerr=[at["estimate"] - at["ci_low"], at["ci_high"] - at["estimate"]],
                color=COLOURS[pattern],
                linestyle=LINES[pattern],
                linewidth=1.2,
                elinewidth=1,
                marker=MARKERS[pattern],
                markersize=4.5,
                label=say(pattern),
            )
            slopes_here = say.intervals(at[["estimate", "ci_low", "ci_high"]].to_numpy(float))
            tooltips = [
                say("value", pattern=say(pattern), n=f"{length:g}", iip=say.iip(level), value=words)
                for level, words in zip(levels, slopes_here, strict=True)
            ]
            add_tooltips(axes, x, at["estimate"], tooltips)
        axes.set_title(say("title", n=f"{length:g}"))
        axes.set_xticks(position, [_tick(level, say) for level in levels])
        axes.set_xlim(-0.45, len(levels) - 0.55)
    panels[len(panels) // 2].set_xlabel(say("x", iip=settings.instruments.iip.short))
    unit = say("log_session" if settings.modelling.time == "log" else "session")
    panels[0].set_ylabel(say("y", tool=tool.short, unit=unit))
    figure.legend(
        *panels[0].get_legend_handles_labels(), loc="outside lower center", ncols=len(PATTERNS)
    )
    finish(figure, settings)
    extreme = slopes[slopes["length"] == lengths[-1]].set_index(["iip_z", "pattern"])["estimate"]
    ends = {pattern: float(extreme[levels[-1], pattern]) for pattern in PATTERNS}
    texts = Texts(
        falling_is_better=tool.higher_is == "worse",
        confidence=100 * settings.modelling.confidence,
        panels=len(lengths),
        shortest=float(lengths[0]),
        longest=float(lengths[-1]),
        level=float(levels[-1]),
        slopes=tuple(Slope(name, None if np.isnan(end) else end) for name, end in ends.items()),
    )
    return Drawing(figure, texts.text("caption"), texts.text("alt"))


def _tick(level: float, say: Labels) -> str:
    if not level:
        return say("mean")
    return say("tick", sd=say.decimal(f"{level:+g}".replace("-", "−")))
