"""Model-implied course of symptoms: pattern × interpersonal problems."""

from collections.abc import Mapping
from typing import Any

import pandas as pd

from rupture_repair.config.criteria import PATTERNS
from rupture_repair.figures.style import (
    COLOURS,
    LABELS,
    LINES,
    Drawing,
    data_note,
    iip_label,
    label_line_end,
    mark_synthetic,
    new_figure,
    nothing_to_draw,
    spread_apart,
)

NOT_ESTIMATED = "Model M2 could not be estimated from these data."


def draw(tables: Mapping[str, pd.DataFrame], settings: Mapping[str, Any]) -> Drawing:
    """Draw `trajectories` (model M2): a panel per level of interpersonal problems."""
    courses = tables["trajectories"].dropna(subset=["estimate"])
    if courses.empty:
        return nothing_to_draw("Model-implied symptoms", NOT_ESTIMATED, 40, settings["synthetic"])
    levels = settings["modelling"]["iip_levels"]
    tool = settings["instruments"]["symptoms"]
    figure = new_figure(82)
    panels = figure.subplots(1, len(levels), sharey=True, squeeze=False)[0]
    last = courses["session"].max()
    gap = 0.055 * (courses["ci_high"].max() - courses["ci_low"].min())
    ends = {}
    for axes, level in zip(panels, levels, strict=True):
        at = courses[courses["iip_z"] == level]
        shown = [pattern for pattern in PATTERNS if pattern in set(at["pattern"])]
        for pattern in shown:
            line = at[at["pattern"] == pattern]
            axes.fill_between(
                line["session"],
                line["ci_low"],
                line["ci_high"],
                color=COLOURS[pattern],
                alpha=0.16,
                lw=0,
            )
            axes.plot(
                line["session"], line["estimate"], color=COLOURS[pattern], linestyle=LINES[pattern]
            )
            ends[level, pattern] = float(line["estimate"].iloc[-1])
        heights = spread_apart([ends[level, pattern] for pattern in shown], gap)
        for pattern, height in zip(shown, heights, strict=True):
            label_line_end(axes, last, height, pattern)
        axes.set_title(f"{settings['instruments']['iip']['short']}: {iip_label(level)}")
        axes.set_xlabel("Session")
        axes.set_xlim(1, last)
        axes.set_xticks([1, *range(5, int(last) + 1, 5)])
    panels[0].set_ylabel(f"Symptoms ({tool['short']} points)")
    mark_synthetic(figure, settings["synthetic"])
    confidence = 100 * settings["modelling"]["confidence"]
    caption = (
        f"Model-implied symptoms by rupture pattern and interpersonal problems (model M2, REML). "
        f"Bands: {confidence:g} % intervals (t)." + data_note(settings["synthetic"])
    )
    said = "; ".join(
        f"interpersonal problems {iip_label(level)}: "
        + ", ".join(
            f"{LABELS[p].lower()} {ends[level, p]:.1f}"
            if (level, p) in ends
            else f"{LABELS[p].lower()} not estimated"
            for p in PATTERNS
        )
        for level in levels
    )
    alt = f"Lines of model-implied symptoms over {last:g} sessions. Points at the end: {said}."
    return Drawing(figure, caption, alt)
