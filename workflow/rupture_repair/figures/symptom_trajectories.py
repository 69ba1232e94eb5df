"""Model-implied change of symptoms: pattern × interpersonal problems × treatment length."""

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from rupture_repair.config.criteria import PATTERNS, Pattern
from rupture_repair.config.instruments import Instrument
from rupture_repair.config.steps.figures import FigureSettings
from rupture_repair.figures.labels import Labels, labels
from rupture_repair.figures.style import (
    COLOURS,
    GREY,
    LINES,
    SMALL,
    TEXT,
    Drawing,
    finish,
    nearest,
    new_figure,
    nothing_to_draw,
    spread_apart,
)
from rupture_repair.figures.tooltips import add_tooltips
from rupture_repair.modelling.design import time_at
from rupture_repair.words.templates import Claim

TABLES = ("trajectories", "simple_slopes", "analysis")
ROW = 43  # height in mm
# distance of two labels as a share of a panel's height
LABEL_GAP = 0.12
CHANGE = ["change", "low", "high"]


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
    """The courses, a row of panels each; confidence: of the bands, in percent.

    counted : panels say how many patients are near to them.
    """

    confidence: float
    counted: bool
    rows: tuple[Row, ...]


def draw(tables: Mapping[str, pd.DataFrame], settings: FigureSettings) -> Drawing:
    """Draw `trajectories` as change from the first session: a column per level of problems.

    The first row is model M2, those below are model M3 at each length, as far as estimated.
    """
    courses = changes(tables["trajectories"], tables["simple_slopes"], settings)
    if courses.empty:
        return nothing_to_draw("Model-implied symptoms", "symptom_trajectories", 40, settings)
    levels, say = settings.modelling.iip_levels, labels("symptom_trajectories", settings.language)
    rows = list(courses.groupby(["model", "length"], dropna=False, sort=True))
    tool, iip = settings.instruments.symptoms, settings.instruments.iip.short
    people = _people(tables["analysis"], settings)
    figure = new_figure(24 + ROW * max(len(rows), 1.5))
    panels = figure.subplots(len(rows), len(levels), sharex=True, sharey=True, squeeze=False)
    last = int(courses["session"].max())
    low, high = _limits(courses)
    ended = []
    for across, ((model, length), found) in zip(panels, rows, strict=True):
        name = "all_lengths" if math.isnan(length) else "length"
        across[0].set_ylabel(say(name, model=model, n=f"{length:g}"), fontweight="bold")
        at_levels = []
        for axes, level in zip(across, levels, strict=True):
            axes.axhline(0, color=GREY, linewidth=0.7)
            own, n = found[found["iip_z"] == level], people.get((f"{length:g}", level))
            ends = _panel(axes, own, LABEL_GAP * (high - low), last, n, say)
            shown = tuple(End(pattern, ends.get(pattern)) for pattern in PATTERNS)
            at_levels.append(AtLevel(float(level), shown))
        of = None if math.isnan(length) else float(length)
        ended.append(Row(str(model), of, float(found["session"].max()), tuple(at_levels)))
    for axes, level in zip(panels[0], levels, strict=True):
        axes.set_title(say("title", iip=iip, level=say.iip(level)))
    for axes in panels[-1]:
        axes.set_xlabel(say("x"))
        axes.set_xlim(1, last)
        axes.set_xticks([1, *range(5, last + 1, 5)])
        axes.set_ylim(low, high)
    worse = tool.higher_is == "worse"
    better = say("down_is_better" if worse else "up_is_better")
    figure.supylabel(say("y", tool=tool.short, better=better), fontsize=TEXT)
    finish(figure, settings)
    texts = Texts(100 * settings.modelling.confidence, bool(people), tuple(ended))
    return Drawing(figure, texts.text("caption"), texts.text("alt"))


def changes(courses: pd.DataFrame, slopes: pd.DataFrame, settings: FigureSettings) -> pd.DataFrame:
    """Return the courses with `change, low, high` since the first session, in points.

    The models are linear in time, so that a change is a slope times the time since then, and its
    interval that of the slope. What leaves the range of the questionnaire is left out.
    """
    place = ["model", "pattern", "iip_z", "length"]
    known = _inside(courses.dropna(subset=["estimate"]), settings.instruments.symptoms)
    known = known.merge(
        slopes[[*place, "ci_low", "ci_high"]], "left", on=place, suffixes=("_level", "")
    )
    first = known[known["session"] == known["session"].min()]
    known = known.merge(first[[*place, "estimate"]], on=place, suffixes=("", "_first"))
    time = time_at(known["session"], settings.modelling.time)
    return known.assign(
        change=known["estimate"] - known["estimate_first"],
        low=known["ci_low"] * time,
        high=known["ci_high"] * time,
    )[[*place, "session", *CHANGE]]


def _inside(courses: pd.DataFrame, tool: Instrument) -> pd.DataFrame:
    """Return the part of the courses that lies in the range of the questionnaire."""
    return courses[courses["estimate"].between(tool.minimum, tool.maximum)]


def _limits(courses: pd.DataFrame) -> tuple[float, float]:
    """Return the ends of the axis: zero, all lines, and all intervals but the widest."""
    low = min(0.0, courses["change"].min(), courses["low"].quantile(0.01))
    high = max(0.0, courses["change"].max(), courses["high"].quantile(0.99))
    margin = 0.06 * (high - low or 1.0)
    return low - margin, high + margin


def _people(analysis: pd.DataFrame, settings: FigureSettings) -> dict[tuple[str, float], pd.Series]:
    """Return the patients by pattern nearest to each length, `nan` for all, and level of problems.

    Of a confidential cohort none: counts in so many groups would be small.
    """
    if settings.private:
        return {}
    person = analysis.drop_duplicates("patient_id")
    levels, lengths = settings.modelling.iip_levels, settings.modelling.lengths
    level = nearest(person["iip_z"], levels)
    length = nearest(np.log(person["length"]), np.log(lengths))
    found = {}
    for column, iip in enumerate(levels):
        here = level == column
        found["nan", iip] = person.loc[here, "pattern"].value_counts()
        for row, sessions in enumerate(lengths):
            found[f"{sessions:g}", iip] = person.loc[
                here & (length == row), "pattern"
            ].value_counts()
    return found


def _row_name(model: str, length: float) -> str:
    return f"All lengths ({model})" if math.isnan(length) else f"{length:g} sessions ({model})"


def _panel(
    axes: Axes, courses: pd.DataFrame, gap: float, last: int, n: pd.Series | None, say: Labels
) -> dict[str, float]:
    """Draw one line per pattern; return where each ends.

    last : session at the end of the axis; n : patients by pattern, where they are shown.
    """
    ends: dict[str, float] = {}
    for pattern in PATTERNS:
        line = courses[courses["pattern"] == pattern]
        if line.empty:
            continue
        session, colour = line["session"], COLOURS[pattern]
        axes.fill_between(session, line["low"], line["high"], color=colour, alpha=0.16, lw=0)
        axes.plot(session, line["change"], color=colour, linestyle=LINES[pattern])
        points = say.intervals(line[CHANGE].to_numpy(float), digits=1)
        tooltips = [
            say("value", pattern=say(pattern), session=f"{at:g}", value=value)
            for at, value in zip(session, points, strict=True)
        ]
        add_tooltips(axes, session, line["change"], tooltips, size=5)
        ends[pattern] = float(line["change"].iloc[-1])
    end = courses["session"].max()
    heights = spread_apart(list(ends.values()), gap)
    for (which, at), height in zip(ends.items(), heights, strict=True):
        name = say(which) if n is None else say("name", pattern=say(which), n=n.get(which, 0))
        axes.annotate(
            name, (end, at), (end + 0.08 * (last - 1), height), textcoords="data", va="center",
            color=COLOURS[which], fontsize=SMALL, annotation_clip=False,
            arrowprops={
                "arrowstyle": "-", "color": COLOURS[which], "linewidth": 0.6,
                "shrinkA": 0, "shrinkB": 0, "relpos": (0, 0.5),
            },
        )  # fmt: skip
    return ends
