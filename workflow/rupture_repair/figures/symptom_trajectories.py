"""Model-implied course of symptoms: pattern × interpersonal problems × treatment length."""

import math
from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd
from matplotlib.axes import Axes

from rupture_repair.config.criteria import PATTERNS, Pattern
from rupture_repair.config.instruments import Instrument
from rupture_repair.config.steps.figures import FigureSettings
from rupture_repair.figures.style import (
    COLOURS,
    LABELS,
    LINES,
    Drawing,
    iip_label,
    label_line_end,
    mark_synthetic,
    new_figure,
    nothing_to_draw,
    spread_apart,
)
from rupture_repair.figures.values import intervals, tell
from rupture_repair.words.templates import Claim

TABLES = ("trajectories",)
NOT_ESTIMATED = "Model M2 could not be estimated from these data."
ROW = 41  # height in mm
# distance of two labels as a share of a panel's height
LABEL_GAP = 0.115


@dataclass(frozen=True)
class End:
    """Where the course of a pattern ends, in points; none where it was not estimated."""

    pattern: Pattern
    points: float | None


@dataclass(frozen=True)
class AtLevel:
    """The ends at a level of interpersonal problems, in SDs from the average."""

    level: float
    ends: tuple[End, ...]


@dataclass(frozen=True)
class Row:
    """The ends of a model at a length of treatment (none: of all lengths), at their session."""

    model: str
    length: float | None
    session: float
    levels: tuple[AtLevel, ...]


@dataclass(frozen=True)
class Texts(Claim, at="figures/symptom_trajectories", blocks=("caption", "alt")):
    """The courses, a row of panels each; confidence: of the bands, in percent."""

    confidence: float
    rows: tuple[Row, ...]


def draw(tables: Mapping[str, pd.DataFrame], settings: FigureSettings) -> Drawing:
    """Draw `trajectories`: a column per level of interpersonal problems.

    The first row is model M2, those below are model M3 at each length, as far as estimated.
    """
    courses = tables["trajectories"].dropna(subset=["estimate"])
    courses = _inside(courses, settings.instruments.symptoms)
    if courses.empty:
        return nothing_to_draw("Model-implied symptoms", NOT_ESTIMATED, 40, settings.synthetic)
    levels = settings.modelling.iip_levels
    rows = list(courses.groupby(["model", "length"], dropna=False, sort=True))
    tool, iip = settings.instruments.symptoms.short, settings.instruments.iip.short
    figure = new_figure(22 + ROW * max(len(rows), 1.5))
    panels = figure.subplots(len(rows), len(levels), sharex=True, sharey=True, squeeze=False)
    last = int(courses["session"].max())
    gap = LABEL_GAP * (courses["ci_high"].max() - courses["ci_low"].min())
    ended = []
    for across, (which, found) in zip(panels, rows, strict=True):
        name = _row_name(*which)
        across[0].set_ylabel(name, fontweight="bold")
        at_levels = []
        for axes, level in zip(across, levels, strict=True):
            ends = _panel(axes, found[found["iip_z"] == level], gap)
            shown = tuple(End(pattern, ends.get(pattern)) for pattern in PATTERNS)
            at_levels.append(AtLevel(float(level), shown))
        model, length = which
        of = None if math.isnan(length) else float(length)
        ended.append(Row(str(model), of, float(found["session"].max()), tuple(at_levels)))
    for axes, level in zip(panels[0], levels, strict=True):
        axes.set_title(f"{iip}: {iip_label(level)}")
    for axes in panels[-1]:
        axes.set_xlabel("Session")
        axes.set_xlim(1, last)
        axes.set_xticks([1, *range(5, last + 1, 5)])
    figure.supylabel(f"Symptoms ({tool} points)", fontsize=8)
    mark_synthetic(figure, settings.synthetic)
    texts = Texts(100 * settings.modelling.confidence, tuple(ended))
    return Drawing(figure, texts.text("caption"), texts.text("alt"))


def _inside(courses: pd.DataFrame, tool: Instrument) -> pd.DataFrame:
    """Return what of the courses and their bands lies in the range of the questionnaire."""
    inside = courses[courses["estimate"].between(tool.minimum, tool.maximum)]
    bands = {name: inside[name].clip(tool.minimum, tool.maximum) for name in ("ci_low", "ci_high")}
    return inside.assign(**bands)


def _row_name(model: str, length: float) -> str:
    return f"All lengths ({model})" if math.isnan(length) else f"{length:g} sessions ({model})"


def _panel(axes: Axes, courses: pd.DataFrame, gap: float) -> dict[str, float]:
    """Draw one line per pattern; return where each ends."""
    ends: dict[str, float] = {}
    for pattern in PATTERNS:
        line = courses[courses["pattern"] == pattern]
        if line.empty:
            continue
        session, colour = line["session"], COLOURS[pattern]
        axes.fill_between(session, line["ci_low"], line["ci_high"], color=colour, alpha=0.16, lw=0)
        axes.plot(session, line["estimate"], color=colour, linestyle=LINES[pattern])
        points = intervals(line[["estimate", "ci_low", "ci_high"]].to_numpy(float), digits=1)
        said = [
            f"{LABELS[pattern]}, session {at:g}: {words}"
            for at, words in zip(session, points, strict=True)
        ]
        tell(axes, session, line["estimate"], said, size=5)
        ends[pattern] = float(line["estimate"].iloc[-1])
    heights = spread_apart(list(ends.values()), gap)
    for name, height in zip(ends, heights, strict=True):
        label_line_end(axes, courses["session"].max(), height, name)
    return ends
