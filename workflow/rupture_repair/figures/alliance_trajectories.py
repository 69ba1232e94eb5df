"""Alliance over sessions, a panel per pattern, ruptures and repairs marked."""

from collections.abc import Mapping

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from rupture_repair.config.criteria import PATTERNS
from rupture_repair.config.steps.figures import FigureSettings
from rupture_repair.disclosure.rounding import DECIMALS
from rupture_repair.disclosure.suppression import MASK_NOTE, told
from rupture_repair.figures.style import (
    COLOURS,
    GREY,
    INK,
    LABELS,
    Drawing,
    mark_synthetic,
    new_figure,
)

TABLES = ("sessions", "events", "patterns", "pattern_breakdown")
SHOWN_SESSIONS = 25
EXAMPLES = 6
FEWEST = 5


def draw(tables: Mapping[str, pd.DataFrame], settings: FigureSettings) -> Drawing:
    """Draw mean alliance with the range of the middle half of patients.

    Single courses with their ruptures and repairs are drawn where no real patient can be seen;
    in confidential cohorts the panels show the sessions of ruptures and repairs in bulk instead.
    """
    sessions, events = tables["sessions"], tables["events"]
    patterns = tables["patterns"].set_index("patient_id")["pattern"]
    single = not settings.private
    counts = tables["pattern_breakdown"].set_index("pattern")["n"]
    tool = settings.instruments.alliance
    last = int(min(SHOWN_SESSIONS, sessions["session"].max()))
    figure = new_figure(78)
    panels = figure.subplots(1, len(PATTERNS), sharey=True, sharex=True)
    for axes, pattern in zip(panels, PATTERNS, strict=True):
        members = patterns.index[patterns == pattern]
        if pd.isna(counts[pattern]):
            members = members[:0]  # what is masked is not drawn either
        own = sessions[sessions["patient_id"].isin(members) & (sessions["session"] <= last)]
        _summary(axes, own.dropna(subset=["alliance"]), COLOURS[pattern], single=single)
        axes.set_title(f"{LABELS[pattern]} (n = {told(counts[pattern])})")
        axes.set_xlabel("Session")
        mine = events[events["patient_id"].isin(members)]
        if single:
            _examples(axes, own, mine, last)
        elif len(mine) >= FEWEST:
            _bulk(axes, mine, last, tool.minimum)
    panels[0].set_ylabel(f"Alliance ({tool.short}, {tool.minimum:g}–{tool.maximum:g})")
    panels[0].set_ylim(tool.minimum, tool.maximum * 1.02)
    panels[0].set_xlim(1, last)
    if events.empty:
        pass
    elif single:
        down = panels[0].plot([], [], "v", color=INK, markersize=5, label="Rupture")[0]
        up = panels[0].plot(
            [], [], "^", color=INK, markerfacecolor="white", markersize=5, label="Repair"
        )[0]
        panels[0].legend(handles=[down, up], loc="lower left", ncols=2, handletextpad=0.1)
    mark_synthetic(figure, settings.synthetic)
    what = (
        "Thin lines: courses of some patients; ▼ rupture, △ repair."
        if single
        else "▼ median session of ruptures, △ of repairs; single patients are not shown."
    )
    caption = (
        f"Alliance over the first {last} sessions by rupture pattern. Thick line: mean rating; "
        f"band: middle half of the ratings, where at least {FEWEST} patients rated"
        f"{'' if single else f' (the band: {4 * FEWEST})'}. {what}"
        + (MASK_NOTE if counts[list(PATTERNS)].isna().any() else "")
    )
    alt = (
        "Three panels of alliance over sessions: "
        + "; ".join(
            f"{LABELS[pattern].lower()}, {told(counts[pattern])} patients, mean rating "
            + (
                "not shown (masked)"
                if pd.isna(counts[pattern])
                else _course_words(sessions, patterns, pattern, last)
            )
            for pattern in PATTERNS
        )
        + "."
    )
    return Drawing(figure, caption, alt)


def _summary(axes: Axes, rated: pd.DataFrame, colour: str, *, single: bool) -> None:
    """Draw the mean, and the middle half where no quartile stands for fewer than `FEWEST`.

    single : whether single patients may be seen. If not, numbers are rounded: a mean of ratings on
    a known grid would tell of how many, and the sessions' numbers of those who have ended.
    """
    ratings = rated.groupby("session")["alliance"]
    table = ratings.agg(["count", "mean"])
    table["low"], table["high"] = ratings.quantile(0.25), ratings.quantile(0.75)
    table = table[table["count"] >= FEWEST]
    if not single:
        table = table.round(DECIMALS)
    band = table if single else table[table["count"] >= 4 * FEWEST]
    axes.fill_between(band.index, band["low"], band["high"], color=colour, alpha=0.22, lw=0)
    axes.plot(table.index, table["mean"], color=colour, linewidth=2.2, zorder=5)


def _examples(axes: Axes, own: pd.DataFrame, events: pd.DataFrame, last: int) -> None:
    """Draw some courses, spread over the treatment lengths so that short ones are seen too."""
    length = own.groupby("patient_id")["session"].max().sort_values(kind="stable")
    if length.empty:
        return
    picks = length.index[
        np.unique(np.linspace(len(length) * 0.3, len(length) - 1, EXAMPLES, dtype=int))
    ]
    for patient in picks:
        course = own[own["patient_id"] == patient].dropna(subset=["alliance"])
        axes.plot(course["session"], course["alliance"], color=GREY, linewidth=0.6, alpha=0.75)
        values = course.set_index("session")["alliance"]
        for event in events[events["patient_id"] == patient].itertuples():
            if event.session in values.index:
                axes.plot(
                    event.session, values[event.session], "v", color=INK, markersize=4, zorder=6
                )
            if pd.notna(event.repaired_at) and event.repaired_at in values.index:
                axes.plot(
                    event.repaired_at,
                    values[event.repaired_at],
                    "^",
                    color=INK,
                    markerfacecolor="white",
                    markersize=4,
                    zorder=6,
                )


def _bulk(axes: Axes, events: pd.DataFrame, last: int, floor: float) -> None:
    for column, marker, face in (("session", "v", INK), ("repaired_at", "^", "white")):
        values = events[column].dropna().astype(float)
        if len(values) >= FEWEST:
            middle = min(float(values.median()), last)
            axes.plot(
                middle,
                floor + 0.1,
                marker,
                color=INK,
                markerfacecolor=face,
                markersize=5,
                clip_on=False,
            )


def _course_words(sessions: pd.DataFrame, patterns: pd.Series, pattern: str, last: int) -> str:
    members = patterns.index[patterns == pattern]
    own = sessions[sessions["patient_id"].isin(members) & (sessions["session"] <= last)]
    ratings = own.dropna(subset=["alliance"]).groupby("session")["alliance"].agg(["count", "mean"])
    ratings = ratings[ratings["count"] >= FEWEST]
    if ratings.empty:
        return "not shown (too few patients)"
    return (
        f"{ratings['mean'].iloc[0]:.1f} at session {ratings.index[0]} and "
        f"{ratings['mean'].iloc[-1]:.1f} at session {ratings.index[-1]}"
    )
