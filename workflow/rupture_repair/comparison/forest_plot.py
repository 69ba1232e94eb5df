"""Forest plot of the moderation: a row per cohort, a diamond for all."""

import math
import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Literal

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.markers import CARETLEFT, CARETRIGHT
from matplotlib.patches import Polygon

from rupture_repair.comparison.forest_parts import (
    AROUND,
    BELOW,
    MIN_ROW,
    Part,
    parts,
    row_height,
)
from rupture_repair.comparison.slopes import CONFIDENCE, HEADLINE, SHOWN
from rupture_repair.comparison.words import cohort_label, data_sentence, unit_of
from rupture_repair.config.steps.comparison import ComparedCohort
from rupture_repair.figures.labels import Labels, labels
from rupture_repair.figures.style import (
    COLOURS,
    GREY,
    INK,
    LIGHT,
    SMALL,
    TEXT,
    Drawing,
    new_figure,
    note,
)
from rupture_repair.words.templates import Claim

ROW = 5.2  # mm, where there is room
TEXT_OF_ROW = 2.55  # points per mm of a row, where rows are lower than text
ESTIMATE = ("slope", "ci_low", "ci_high")
LABEL_WIDTH, TITLE_WIDTH = 34, 28  # characters; the second where panels stand side by side


@dataclass(frozen=True)
class Pooled:
    """A pooled moderation, of a term and a pattern."""

    term: str
    pattern: Literal["unrepaired", "repaired"]
    slope: float
    ci_low: float
    ci_high: float


@dataclass(frozen=True)
class Texts(Claim, at="comparison/forest_plot", blocks=("caption", "alt")):
    """The panels; level: of the intervals, in percent. predicted: an interval for another cohort.

    data : which cohorts are synthetic, in words. part : of so many `parts` of the figure, from 1.
    """

    level: float
    predicted: bool
    data: str
    panels: int
    cohorts: tuple[str, ...]
    pooled: tuple[Pooled, ...]
    part: int
    parts: int


def draw(
    slopes: pd.DataFrame, pooled: pd.DataFrame, cohorts: Sequence[ComparedCohort]
) -> list[Drawing]:
    """Draw `effects` and `pooled` of the comparison: the headline and M2, a panel per pattern.

    Each panel has its own scale, see `_range`; an arrow says that an interval goes on. With many
    cohorts the patterns stand side by side, and the figure has as many `parts` as it takes.
    """
    pooled = pooled[pooled["term"].isin(SHOWN)]
    pages = parts(len(cohorts))
    drawn = []
    for number, part in enumerate(pages, start=1):
        shown = pooled[pooled["term"].isin([SHOWN[term] for term in part.terms])]
        texts = _texts(shown, cohorts, number, len(pages))
        figure = _page(slopes, shown, cohorts, part)
        drawn.append(Drawing(figure, texts.text("caption"), texts.text("alt")))
    return drawn


def _page(
    slopes: pd.DataFrame, pooled: pd.DataFrame, cohorts: Sequence[ComparedCohort], part: Part
) -> Figure:
    say = labels("forest_plot")
    names = [cohort_label(cohort, LABEL_WIDTH) for cohort in cohorts] + [say("all")]
    names += [say("next")] if pooled["prediction_low"].notna().any() else []
    names = names[part.first : part.last]
    columns = 1 if len(part.terms) > 1 and row_height(len(names), len(pooled)) >= MIN_ROW else 2
    lines = math.ceil(len(pooled) / columns)
    row = min(ROW, row_height(len(names), lines))
    figure = new_figure(lines * (len(names) * row + AROUND) + BELOW)
    panels = figure.subplots(lines, columns, squeeze=False)
    for axes, (_, overall) in zip(panels.flat, pooled.iterrows(), strict=False):
        at = (slopes["term"] == overall["term"]) & (slopes["pattern"] == overall["pattern"])
        of_panel = slopes[at].set_index("cohort").loc[[cohort.name for cohort in cohorts]]
        axes.set_xlim(*_range(of_panel, overall))  # the same in each part
        size = min(SMALL, TEXT_OF_ROW * row)
        _panel(axes, of_panel[part.first : part.last], say, size)
        if part.last > len(cohorts):
            _overall(axes, len(cohorts) - part.first, overall, say, size)
        place = say("average_length" if overall["term"] == HEADLINE else "without_length")
        title = say("title", pattern=say(overall["pattern"]), place=place)
        axes.set_title(title if columns == 1 else textwrap.fill(title, TITLE_WIDTH))
        axes.set_ylim(len(names) - 0.4, -0.6)
        axes.set_yticks(range(len(names)), names if axes in panels[:, 0] else [])
    figure.supxlabel(say("x", unit=unit_of(cohorts[0].time)), fontsize=TEXT)
    synthetic = [cohort.synthetic for cohort in cohorts]
    if any(synthetic):
        note(figure, say("synthetic" if all(synthetic) else "partly_synthetic"))
    return figure


def _panel(axes: Axes, slopes: pd.DataFrame, say: Labels, size: float) -> None:
    """Draw the rows of the cohorts, with text of `size` points."""
    axes.axvline(0, color=GREY, linewidth=0.7)
    write = partial(_write, axes, size=size)
    for height, row in enumerate(slopes.to_dict("records")):
        if math.isnan(row["slope"]):
            write(height, say("not_estimable"))
            continue
        _bar(axes, height, row["ci_low"], row["ci_high"], INK)
        weight = 0.0 if math.isnan(row["weight"]) else row["weight"]
        mark = (2.5 + weight / 20) * size / SMALL
        axes.plot(row["slope"], height, "s", color=INK, markersize=mark)
        write(height, say.interval([row[name] for name in ESTIMATE], 3))
    axes.tick_params(axis="y", length=0, pad=8, labelsize=size)
    axes.spines["left"].set_visible(False)


def _overall(axes: Axes, height: int, overall: pd.Series, say: Labels, size: float) -> None:
    """Draw the rows of all cohorts, at `height`, and of another one."""
    write = partial(_write, axes, size=size)
    colour = COLOURS[overall["pattern"]]
    if math.isnan(overall["slope"]):
        write(height, say("too_few"))
    else:
        corners = [(overall["ci_low"], height), (overall["slope"], height - 0.28)]
        corners += [(overall["ci_high"], height), (overall["slope"], height + 0.28)]
        axes.add_patch(Polygon(corners, facecolor=colour, edgecolor=INK, linewidth=0.6, zorder=3))
        _arrows(axes, height, overall["ci_low"], overall["ci_high"], INK)
        write(height, say.interval([overall[name] for name in ESTIMATE], 3), bold=True)
    if not math.isnan(overall["prediction_low"]):
        ends = overall["prediction_low"], overall["prediction_high"]
        _bar(axes, height + 1, *ends, GREY, (2, 1.5))
        start, end = (say.number(value, 3) for value in ends)
        write(height + 1, say("prediction", low=start, high=end))
    axes.axhline(height - 0.5, color=LIGHT, linewidth=0.7)


def _range(slopes: pd.DataFrame, overall: pd.Series) -> tuple[float, float]:
    """Return limits that hold zero, the intervals of the cohorts and, in reason, the pooled one.

    That of two cohorts is so wide that nothing else could be seen: it may add half of the width
    on either side.
    """
    ends = [0.0, *slopes["ci_low"], *slopes["ci_high"]]
    known = [end for end in ends if not math.isnan(end)]
    low, high = min(known), max(known)
    width = high - low or 1.0
    if not math.isnan(overall["slope"]):
        low = max(min(low, overall["ci_low"]), low - width / 2)
        high = min(max(high, overall["ci_high"]), high + width / 2)
    return low - 0.12 * width, high + 0.12 * width


def _bar(
    axes: Axes,
    height: float,
    start: float,
    end: float,
    colour: str,
    dashes: tuple[float, ...] | None = None,
) -> None:
    """Draw an interval, and `_arrows` where it goes on."""
    low, high = axes.get_xlim()
    style = "-" if dashes is None else (0, dashes)
    axes.plot(
        [max(start, low), min(end, high)], [height] * 2, color=colour, lw=1.1, linestyle=style
    )
    _arrows(axes, height, start, end, colour)


def _arrows(axes: Axes, height: float, start: float, end: float, colour: str) -> None:
    """Draw an arrow at the edge of the panel where an interval goes on; its tip is the edge."""
    low, high = axes.get_xlim()
    for beyond, edge, marker in (
        (start < low, low, CARETLEFT),
        (end > high, high, CARETRIGHT),
    ):
        if beyond:
            axes.plot(edge, height, marker=marker, color=colour, markersize=5, zorder=4)


def _write(axes: Axes, height: float, text: str, *, size: float, bold: bool = False) -> None:
    axes.text(
        1.025,
        height,
        text,
        transform=axes.get_yaxis_transform(),
        va="center",
        fontsize=size,
        fontweight="bold" if bold else "normal",
    )


def _texts(pooled: pd.DataFrame, cohorts: Sequence[ComparedCohort], part: int, parts: int) -> Texts:
    return Texts(
        level=100 * CONFIDENCE,
        predicted=bool(pooled["prediction_low"].notna().any()),
        data=data_sentence(cohorts),
        panels=len(pooled),
        cohorts=tuple(cohort_label(cohort) for cohort in cohorts),
        pooled=tuple(
            Pooled(row["term"], row["pattern"], row["slope"], row["ci_low"], row["ci_high"])
            for row in pooled.dropna(subset=["slope"]).to_dict("records")
        ),
        part=part,
        parts=parts,
    )
