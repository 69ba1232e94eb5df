"""Slopes of symptoms at chosen lengths and levels of interpersonal problems."""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from rupture_repair.config.criteria import PATTERNS
from rupture_repair.config.steps.figures import FigureSettings
from rupture_repair.figures.labels import Labels, labels
from rupture_repair.figures.style import (
    COLOURS,
    GREY,
    LABELS,
    LINES,
    MARKERS,
    Drawing,
    finish,
    iip_label,
    new_figure,
    nothing_to_draw,
)
from rupture_repair.figures.values import tell

TABLES = ("simple_slopes",)
DODGE = 0.13


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
            said = [
                say("value", pattern=say(pattern), n=f"{length:g}", iip=say.iip(level), value=words)
                for level, words in zip(levels, slopes_here, strict=True)
            ]
            tell(axes, x, at["estimate"], said)
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
    confidence = 100 * settings.modelling.confidence
    worse = "down is better" if tool.higher_is == "worse" else "up is better"
    caption = (
        "Simple slopes of symptoms on time by rupture pattern, at chosen treatment lengths and "
        f"levels of interpersonal problems (model M3, REML; {worse}). Bars: {confidence:g}% "
        "intervals (CR2, t)."
    )
    extreme = slopes[slopes["length"] == lengths[-1]].set_index(["iip_z", "pattern"])["estimate"]
    ends = {pattern: extreme[levels[-1], pattern] for pattern in PATTERNS}
    listed = ", ".join(
        f"{LABELS[pattern].lower()} " + ("not estimated" if np.isnan(end) else f"{end:.2f}")
        for pattern, end in ends.items()
    )
    alt = (
        f"Slopes with intervals in {len(lengths)} panels, for {lengths[0]:g} to {lengths[-1]:g} "
        f"sessions. At {lengths[-1]:g} sessions and interpersonal problems "
        f"{iip_label(levels[-1])}: {listed}."
    )
    return Drawing(figure, caption, alt)


def _tick(level: float, say: Labels) -> str:
    if not level:
        return say("mean")
    return say("tick", sd=say.decimal(f"{level:+g}".replace("-", "−")))
