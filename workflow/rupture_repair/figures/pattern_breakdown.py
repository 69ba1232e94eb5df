"""How many patients show which pattern, beside the published shares."""

from collections.abc import Mapping
from typing import Any

import pandas as pd

from rupture_repair.config.criteria import PATTERNS
from rupture_repair.figures.style import (
    COLOURS,
    HATCHES,
    INK,
    LABELS,
    Drawing,
    data_note,
    mark_synthetic,
    new_figure,
)


def draw(tables: Mapping[str, pd.DataFrame], settings: Mapping[str, Any]) -> Drawing:
    """Draw `pattern_breakdown`: a bar per pattern, a diamond for the published share."""
    rows = tables["pattern_breakdown"].set_index("pattern").loc[list(PATTERNS)]
    published = rows["published_percent"].notna().any()
    figure = new_figure(62)
    axes = figure.subplots()
    for height, (pattern, row) in enumerate(rows.iterrows()):
        axes.barh(
            height,
            row["percent"],
            color=COLOURS[pattern],
            hatch=HATCHES[pattern],
            edgecolor="white",
            height=0.62,
        )
        share = f"{row['percent']:.1f} %  (n = {row['n']:.0f})"
        reach = max(row["percent"], row["published_percent"] if published else 0)
        axes.text(reach + 1.8, height, share, va="center")
    if published:
        axes.plot(
            rows["published_percent"],
            range(len(rows)),
            "D",
            markersize=5.5,
            markerfacecolor="white",
            markeredgecolor=INK,
            label="Published share",
        )
        axes.legend(loc="lower right", handletextpad=0.3)
    axes.set_yticks(range(len(rows)), [LABELS[pattern] for pattern in rows.index])
    axes.tick_params(axis="y", length=0)
    axes.invert_yaxis()
    axes.set_xlim(0, max(rows["percent"].max() * 1.3, 10))
    axes.set_xlabel("Patients with this pattern (%)")
    mark_synthetic(figure, settings["synthetic"])
    shares = "; ".join(
        f"{LABELS[pattern].lower()} {row['percent']:.1f} % ({row['n']:.0f} patients)"
        for pattern, row in rows.iterrows()
    )
    caption = (
        f"Patients by rupture pattern (N = {rows['n'].sum():.0f}), criterion "
        f"{settings['criterion']['name']}."
        + (" Diamonds: published shares." if published else "")
        + data_note(settings["synthetic"])
    )
    alt = f"Horizontal bars, one per rupture pattern: {shares}."
    if published:
        given = ", ".join(f"{value:.1f}" for value in rows["published_percent"])
        alt += f" Diamonds mark the published shares: {given} %."
    return Drawing(figure, caption, alt)
