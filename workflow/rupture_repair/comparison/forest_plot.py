"""Forest plot of the moderation terms: a row per cohort, a diamond for all."""

import math
from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.patches import Polygon

from rupture_repair.comparison.slopes import CONFIDENCE
from rupture_repair.comparison.words import (
    LABELS,
    QUESTIONS,
    cohort_label,
    data_sentence,
    unit_of,
)
from rupture_repair.figures.style import (
    COLOURS,
    GREY,
    INK,
    LIGHT,
    Drawing,
    lay_out_below,
    new_figure,
)
from rupture_repair.manuscript.apa import interval, joined, number

ROW, SMALLEST_ROW, PAGE = 5.2, 3.0, 225.0  # mm
POOLED, NEXT = "All (random effects)", "Another cohort (prediction)"
LABEL_WIDTH = 34  # characters


def draw(
    slopes: pd.DataFrame, pooled: pd.DataFrame, cohorts: Sequence[Mapping[str, Any]]
) -> Drawing:
    """Draw `effects` and `pooled` of the comparison, a panel per model and pattern.

    Each panel has its own scale, wide enough for the intervals of the cohorts and for the pooled
    value; an arrow says that an interval goes on.
    """
    names = {cohort["name"]: cohort_label(cohort, LABEL_WIDTH) for cohort in cohorts}
    rows = len(cohorts) + 1 + bool(pooled["prediction_low"].notna().any())
    row = max(min(ROW, ((PAGE - 12) / len(pooled) - 12) / rows), SMALLEST_ROW)
    figure = new_figure(len(pooled) * (rows * row + 12) + 12)
    panels = figure.subplots(len(pooled), 1)
    for axes, (_, overall) in zip(panels, pooled.iterrows(), strict=True):
        at = (slopes["model"] == overall["model"]) & (slopes["pattern"] == overall["pattern"])
        _panel(axes, slopes[at], overall, names)
        axes.set_title(f"{QUESTIONS[overall['model']]}; {LABELS[overall['pattern']].lower()}")
        axes.set_ylim(rows - 0.4, -0.6)
    time = cohorts[0]["time"]
    figure.supxlabel(
        "Left of 0: the more interpersonal problems, the faster symptoms fall beside patients "
        f"without a rupture.\n{unit_of('M2', time)}; M3: and log-length",
        fontsize=7.5,
    )
    synthetic = [cohort["synthetic"] for cohort in cohorts]
    if any(synthetic):
        lay_out_below(figure, 0.975)
        words = "Synthetic data" if all(synthetic) else "Partly synthetic data"
        at = {"ha": "right", "va": "top", "fontsize": 7.5, "color": GREY, "style": "italic"}
        figure.text(0.995, 0.997, words, **at)
    return Drawing(figure, _caption(pooled, cohorts), _alt(pooled, cohorts))


def _panel(axes: Axes, slopes: pd.DataFrame, overall: pd.Series, names: Mapping[str, str]) -> None:
    low, high = _range(slopes, overall)
    axes.set_xlim(low, high)
    axes.axvline(0, color=GREY, linewidth=0.7)
    labels = []
    for height, (_, row) in enumerate(slopes.iterrows()):
        labels.append(names[row["cohort"]])
        if math.isnan(row["slope"]):
            _say(axes, height, "not estimable")
            continue
        _bar(axes, height, row["ci_low"], row["ci_high"], INK)
        weight = 0.0 if math.isnan(row["weight"]) else row["weight"]
        axes.plot(row["slope"], height, "s", color=INK, markersize=2.5 + weight / 20)
        _say(axes, height, f"{number(row['slope'], 3)} {_interval(row, 'ci')}")
    height = len(labels)
    labels.append(POOLED)
    colour = COLOURS[overall["pattern"]]
    if math.isnan(overall["slope"]):
        _say(axes, height, "fewer than two cohorts")
    else:
        _bar(axes, height, overall["ci_low"], overall["ci_high"], colour)
        left, right = max(overall["z_low"], low), min(overall["z_high"], high)
        corners = [(left, height), (overall["slope"], height - 0.28)]
        corners += [(right, height), (overall["slope"], height + 0.28)]
        axes.add_patch(Polygon(corners, facecolor=colour, edgecolor=INK, linewidth=0.6, zorder=3))
        _say(axes, height, f"{number(overall['slope'], 3)} {_interval(overall, 'ci')}", bold=True)
    if not math.isnan(overall["prediction_low"]):
        labels.append(NEXT)
        _bar(
            axes, height + 1, overall["prediction_low"], overall["prediction_high"], GREY, (2, 1.5)
        )
        _say(axes, height + 1, _interval(overall, "prediction"))
    axes.axhline(height - 0.5, color=LIGHT, linewidth=0.7)
    axes.set_yticks(range(len(labels)), labels)
    axes.tick_params(axis="y", length=0, pad=8)
    axes.spines["left"].set_visible(False)


def _range(slopes: pd.DataFrame, overall: pd.Series) -> tuple[float, float]:
    """Return limits that hold zero, the cohorts' intervals and the pooled z interval."""
    ends = [0.0, *slopes["ci_low"], *slopes["ci_high"], overall["z_low"], overall["z_high"]]
    known = [end for end in ends if not math.isnan(end)]
    margin = 0.12 * (max(known) - min(known) or 1.0)
    return min(known) - margin, max(known) + margin


def _bar(
    axes: Axes, height: float, start: float, end: float, colour: str, dashes: tuple | None = None
) -> None:
    """Draw an interval; an arrow at the edge of the panel where it goes on."""
    low, high = axes.get_xlim()
    style = "-" if dashes is None else (0, dashes)
    axes.plot(
        [max(start, low), min(end, high)], [height] * 2, color=colour, lw=1.1, linestyle=style
    )
    for beyond, edge, marker in ((start < low, low, 8), (end > high, high, 9)):
        if beyond:
            axes.plot(edge, height, marker=marker, color=colour, markersize=5, clip_on=False)


def _say(axes: Axes, height: float, text: str, bold: bool = False) -> None:
    axes.text(
        1.025,
        height,
        text,
        transform=axes.get_yaxis_transform(),
        va="center",
        fontsize=7.5,
        fontweight="bold" if bold else "normal",
    )


def _interval(row: pd.Series, kind: str) -> str:
    return interval(row[f"{kind}_low"], row[f"{kind}_high"], 3)


def _caption(pooled: pd.DataFrame, cohorts: Sequence[Mapping[str, Any]]) -> str:
    level = f"{100 * CONFIDENCE:g}%"
    text = (
        "Moderation of the association between rupture pattern and symptom slope in each cohort "
        f"and pooled. Squares: REML estimates with {level} intervals, area by weight; diamonds: "
        "random-effects estimate (Paule–Mandel), as wide as its z interval; line through the "
        "diamond: Hartung–Knapp interval (t), an arrow where it goes on beyond the panel. "
    )
    if pooled["prediction_low"].notna().any():
        text += f"Dashed: {level} prediction interval for another cohort. "
    return f"{text}{data_sentence(cohorts)}".strip()


def _alt(pooled: pd.DataFrame, cohorts: Sequence[Mapping[str, Any]]) -> str:
    said = [
        f"{row['model']}, {LABELS[row['pattern']].lower()}: {number(row['slope'], 3)} "
        f"{_interval(row, 'ci')}"
        for _, row in pooled.iterrows()
        if not math.isnan(row["slope"])
    ]
    titles = joined([cohort_label(cohort) for cohort in cohorts])
    return (
        f"Forest plot with {len(pooled)} panels, a row for each of {titles}, and a pooled "
        f"estimate. Pooled: {'; '.join(said) or 'none'}."
    )
