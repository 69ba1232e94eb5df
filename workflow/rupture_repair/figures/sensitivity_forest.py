"""The headline moderation by other analyses; questions in other units have axes of their own."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from rupture_repair.config.steps.figures import FigureSettings
from rupture_repair.figures.style import (
    COLOURS,
    GREY,
    INK,
    LIGHT,
    Drawing,
    mark_synthetic,
    new_figure,
)
from rupture_repair.figures.values import interval, tell
from rupture_repair.words.templates import Claim

TABLES = ("sensitivity",)
ROW = 5.6  # mm
Contrast = Literal["repaired - none", "repaired - unrepaired"]
TITLES: dict[Contrast, str] = {
    "repaired - none": "Repaired − no rupture",
    "repaired - unrepaired": "Repaired − unrepaired",
}
STATES = {
    "repaired - none": "repaired −\nno rupture yet",
    "repaired - unrepaired": "repaired −\nunrepaired",
}
UNITS = {
    "rupture_state": "points of symptoms",
    "alliance_to_symptoms": "points of symptoms\nper point of alliance",
    "symptoms_to_alliance": "points of alliance\nper point of symptoms",
}
PER_SD = "per SD of interpersonal problems"
# times the median width: a wider interval would leave the others no room, and is cut off
WIDEST = 4.0
RANGED = "without_each_therapist"


@dataclass(frozen=True)
class Estimates:
    """The estimates of a difference: how many, and between which they lie."""

    contrast: Contrast
    estimates: int
    lowest: float
    highest: float


@dataclass(frozen=True)
class Other:
    """The estimate of another question, by the name of its analysis."""

    name: str
    estimate: float


@dataclass(frozen=True)
class Texts(Claim, at="figures/sensitivity_forest", blocks=("caption", "alt")):
    """The headline moderation by other analyses; confidence: of the intervals, in percent."""

    at_session: float
    confidence: float
    differences: tuple[Estimates, ...]
    others: tuple[Other, ...]


def draw(tables: Mapping[str, pd.DataFrame], settings: FigureSettings) -> Drawing:
    """Draw `sensitivity`: part A in two panels with one unit, part B in a panel per unit."""
    table = tables["sensitivity"]
    main, other = table[table["part"] == "A"], table[table["part"] == "B"]
    moderations = other[other["effect"].isin([*TITLES, PER_SD])]
    rows = main["variant"].nunique()
    figure = new_figure(ROW * rows + 68)
    heights = (ROW * rows + 20, 48)
    (upper,), (lower,) = figure.subfigures(2, 1, height_ratios=heights, squeeze=False)
    ends = _comparable(main)
    panels = upper.subplots(1, 2, sharey=True)
    for axes, (effect, title) in zip(panels, TITLES.items(), strict=True):
        of = main[main["effect"] == effect]
        _forest(axes, of, list(of["label"]), ends)
        axes.set_title(title)
    at = main["at_session"].iloc[0]
    upper.suptitle("A  The same question by other means", x=0.005, ha="left", fontsize=9)
    upper.supxlabel(f"points of symptoms by session {at:.0f}, {PER_SD}", fontsize=8)
    lower.suptitle("B  Other questions, other units", x=0.005, ha="left", fontsize=9)
    below = lower.subplots(1, len(UNITS))
    for axes, (variant, unit) in zip(below, UNITS.items(), strict=True):
        of = moderations[moderations["variant"] == variant]
        names = [STATES.get(effect, "") for effect in of["effect"]]
        _forest(axes, of, names, of[["ci_low", "ci_high"]].to_numpy(float))
        axes.set_title(of["label"].iloc[0])
        axes.set_xlabel(f"{unit}, per SD")
    mark_synthetic(figure, settings.synthetic)
    known = moderations.dropna(subset=["estimate"])
    texts = Texts(
        at_session=float(at),
        confidence=100 * settings.modelling.confidence,
        differences=tuple(_estimates(main, contrast) for contrast in TITLES),
        others=tuple(Other(str(r.label), float(r.estimate)) for r in known.itertuples()),
    )
    return Drawing(figure, texts.text("caption"), texts.text("alt"))


def _comparable(rows: pd.DataFrame) -> np.ndarray:
    """Return the ends that give the axis its range: those of intervals of a comparable width."""
    ends = rows[["ci_low", "ci_high", "range_low", "range_high"]].to_numpy(float)
    width = ends[:, 1] - ends[:, 0]
    known = width[np.isfinite(width)]
    return ends[~(width > WIDEST * np.median(known))] if len(known) else ends


def _forest(axes: Axes, rows: pd.DataFrame, names: Sequence[str], ends: np.ndarray) -> None:
    """Draw a row each, first on top; `ends` of all intervals on this axis give its range."""
    known = np.append(ends[np.isfinite(ends)], 0.0)
    margin = 0.08 * (np.ptp(known) or 1.0)
    axes.set_xlim(known.min() - margin, known.max() + margin)
    if np.ptp(known):
        axes.xaxis.set_major_locator(MaxNLocator(5))
        axes.axvline(0, color=GREY, linewidth=0.7)
    else:  # without an estimate there is no scale
        axes.set_xticks([])
    for height, row in enumerate(rows.to_dict("records")):
        headline = row["variant"] == "headline"
        colour = COLOURS["unrepaired"] if headline else INK
        if row["variant"] == RANGED and pd.notna(row["range_low"]):
            axes.plot(
                [row["range_low"], row["range_high"]],
                [height] * 2,
                color=COLOURS["none"],
                linewidth=5,
                alpha=0.55,
                solid_capstyle="butt",
            )
        elif pd.isna(row["estimate"]):
            axes.text(
                0.5, height, "not estimated", transform=axes.get_yaxis_transform(), ha="center",
                va="center", fontsize=7.5, color=GREY, style="italic", backgroundcolor="white",
            )  # fmt: skip
        else:
            axes.plot([row["ci_low"], row["ci_high"]], [height] * 2, color=colour, linewidth=1.2)
            axes.plot(row["estimate"], height, "v" if headline else "s", color=colour, markersize=5)
            left, right = axes.get_xlim()
            for end, beyond, arrow in (
                (left, row["ci_low"] < left, "<"),
                (right, row["ci_high"] > right, ">"),
            ):
                if beyond:
                    axes.plot(end, height, arrow, color=colour, markersize=4, clip_on=False)
            words = interval(row["estimate"], row["ci_low"], row["ci_high"])
            tell(axes, [row["estimate"]], [height], [f"{row['label']}: {words} {row['unit']}"])
        if headline and pd.notna(row["estimate"]):
            axes.axvline(row["estimate"], color=LIGHT, linewidth=0.9, zorder=0)
    axes.set_ylim(len(rows) - 0.5, -0.5)
    axes.set_yticks(range(len(names)), names)
    axes.tick_params(axis="y", length=0)
    axes.spines["left"].set_visible(False)


def _estimates(main: pd.DataFrame, contrast: Contrast) -> Estimates:
    own = main.loc[main["effect"] == contrast, "estimate"].dropna()
    return Estimates(contrast, len(own), float(own.min()), float(own.max()))
