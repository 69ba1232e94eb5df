"""The headline moderation by other analyses; questions in other units have axes of their own."""

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.markers import CARETLEFT, CARETRIGHT
from matplotlib.ticker import MaxNLocator

from rupture_repair.config.steps.figures import FigureSettings
from rupture_repair.figures.labels import Labels, labels
from rupture_repair.figures.style import (
    COLOURS,
    GREY,
    INK,
    LARGE,
    LIGHT,
    SMALL,
    TEXT,
    Drawing,
    finish,
    new_figure,
)
from rupture_repair.figures.tooltips import add_tooltips
from rupture_repair.words.templates import Claim

TABLES = ("sensitivity",)
ROW = 5.6  # mm
Contrast = Literal["repaired - none", "repaired - unrepaired"]
TITLES: dict[Contrast, str] = {
    "repaired - none": "Repaired − no rupture",
    "repaired - unrepaired": "Repaired − unrepaired",
}
KEYS = {"repaired - none": "repaired_none", "repaired - unrepaired": "repaired_unrepaired"}
OTHERS = ("rupture_state", "alliance_to_symptoms", "symptoms_to_alliance")
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
    rows, say = main["variant"].nunique(), labels("sensitivity_forest", settings.language)
    worse = settings.instruments.symptoms.higher_is == "worse"
    figure = new_figure(ROW * rows + 76)
    heights = (ROW * rows + 26, 50)
    (upper,), (lower,) = figure.subfigures(2, 1, height_ratios=heights, squeeze=False)
    ends = _comparable(main)
    panels = upper.subplots(1, 2, sharey=True)
    for axes, effect in zip(panels, TITLES, strict=True):
        of = main[main["effect"] == effect]
        _forest(axes, of, [_name(row, say) for row in of.to_dict("records")], ends, say)
        axes.set_title(say(KEYS[effect]))
        _directions(axes, say("more" if worse else "less"), say("less" if worse else "more"))
    at = main["at_session"].iloc[0]
    upper.suptitle(say("part_a"), x=0.005, ha="left", fontsize=LARGE)
    upper.supxlabel(say("x", session=f"{at:.0f}"), fontsize=TEXT)
    lower.suptitle(say("part_b"), x=0.005, ha="left", fontsize=LARGE)
    below = lower.subplots(1, len(OTHERS))
    for axes, variant in zip(below, OTHERS, strict=True):
        of = moderations[moderations["variant"] == variant]
        names = [say(f"state_{KEYS[e]}") if e in KEYS else "" for e in of["effect"]]
        _forest(axes, of, names, of[["ci_low", "ci_high"]].to_numpy(float), say, beside=False)
        axes.set_title(_name(of.iloc[0], say))
        axes.set_xlabel(say(f"x_{variant}"))
    finish(figure, settings)
    known = moderations.dropna(subset=["estimate"])
    texts = Texts(
        at_session=float(at),
        confidence=100 * settings.modelling.confidence,
        differences=tuple(_estimates(main, contrast) for contrast in TITLES),
        others=tuple(Other(str(r.label), float(r.estimate)) for r in known.itertuples()),
    )
    return Drawing(figure, texts.text("caption"), texts.text("alt"))


def _name(row: Mapping[Hashable, Any] | pd.Series, say: Labels) -> str:
    """Return what the analysis of a row is called."""
    return say(f"name_{row['variant']}", model=row["model"], session=f"{row['session']:.0f}")


def _comparable(rows: pd.DataFrame) -> np.ndarray:
    """Return the ends that give the axis its range: those of intervals of a comparable width."""
    ends = rows[["ci_low", "ci_high", "range_low", "range_high"]].to_numpy(float)
    width = ends[:, 1] - ends[:, 0]
    known = width[np.isfinite(width)]
    return ends[~(width > WIDEST * np.median(known))] if len(known) else ends


def _directions(axes: Axes, left: str, right: str) -> None:
    """Write on either side of zero what an estimate there says, below the axis."""
    low, high = axes.get_xlim()
    if not len(axes.get_xticks()):  # without an estimate there is no scale
        return
    zero = -low / (high - low)
    for words, x, align in (
        (f"{left} ←", zero - 0.015, "right"),
        (f"→ {right}", zero + 0.015, "left"),
    ):
        sentences = axes.annotate(
            words, (x, 0), xycoords="axes fraction", xytext=(0, -24), textcoords="offset points",
            ha=align, va="baseline", fontsize=SMALL, color=GREY,
        )  # fmt: skip
        sentences.set_in_layout(False)  # there is room beside the axis, but not for a narrower one
    axes.set_xlabel(" ", fontsize=SMALL)  # keeps the height


def _forest(
    axes: Axes,
    rows: pd.DataFrame,
    names: Sequence[str],
    ends: np.ndarray,
    say: Labels,
    *,
    beside: bool = True,
) -> None:
    """Draw a row each, first on top; `ends` of all intervals on this axis give its range.

    beside : whether the numbers stand at the right, and not above their row.
    """
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
            low, high = (say.number(row[end]) for end in ("range_low", "range_high"))
            _number(axes, height, say("range", low=low, high=high), beside=beside)
        elif pd.isna(row["estimate"]):
            axes.text(
                0.5, height, say("not_estimated"), transform=axes.get_yaxis_transform(),
                ha="center", va="center", fontsize=SMALL, color=GREY, style="italic",
                backgroundcolor="white",
            )  # fmt: skip
        else:
            axes.plot([row["ci_low"], row["ci_high"]], [height] * 2, color=colour, linewidth=1.2)
            axes.plot(row["estimate"], height, "v" if headline else "s", color=colour, markersize=5)
            left, right = axes.get_xlim()
            for end, beyond, arrow in (
                (left, row["ci_low"] < left, CARETLEFT),
                (right, row["ci_high"] > right, CARETRIGHT),
            ):
                if beyond:  # the tip is the edge
                    axes.plot(end, height, marker=arrow, color=colour, markersize=5)
            values = (row["estimate"], row["ci_low"], row["ci_high"])
            words = say.interval(values, 2 if beside else 3)
            _number(axes, height, words, beside=beside)
            unit = say("unit" if row["part"] == "A" else f"unit_{row['variant']}")
            sentences = say("value", name=_name(row, say), value=words, unit=unit)
            add_tooltips(axes, [row["estimate"]], [height], [sentences])
        if headline and pd.notna(row["estimate"]):
            axes.axvline(row["estimate"], color=LIGHT, linewidth=0.9, zorder=0)
    axes.set_ylim(len(rows) - 0.5, -0.5)
    axes.set_yticks(range(len(names)), names)
    axes.tick_params(axis="y", length=0)
    axes.spines["left"].set_visible(False)


def _number(axes: Axes, height: float, words: str, *, beside: bool) -> None:
    """Write the numbers of a row at the right of the panel, or above the row."""
    x, y, align = (1.04, height, "left") if beside else (0.5, height - 0.18, "center")
    axes.text(
        x, y, words, transform=axes.get_yaxis_transform(), ha=align,
        va="center" if beside else "bottom", fontsize=SMALL,
        bbox={"facecolor": "white", "edgecolor": "none", "pad": 0.5},
    )  # fmt: skip


def _estimates(main: pd.DataFrame, contrast: Contrast) -> Estimates:
    own = main.loc[main["effect"] == contrast, "estimate"].dropna()
    return Estimates(contrast, len(own), float(own.min()), float(own.max()))
