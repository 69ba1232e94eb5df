"""What the moderation would be without each therapist in turn."""

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd
from matplotlib.axes import Axes

from rupture_repair.config.steps.figures import FigureSettings
from rupture_repair.figures.labels import labels
from rupture_repair.figures.style import (
    COLOURS,
    GREY,
    INK,
    LIGHT,
    Drawing,
    finish,
    new_figure,
    nothing_to_draw,
)
from rupture_repair.modelling.formulas import BY_LENGTH, MODERATION
from rupture_repair.words.templates import Claim

TABLES = ("influence", "robustness")
TITLES = {MODERATION: "Moderation", BY_LENGTH: "Moderation by length"}
KEYS = {MODERATION: "moderation", BY_LENGTH: "by_length"}


@dataclass(frozen=True)
class LeftOut:
    """A term, of the moderation or of its change with length, with and without each therapist."""

    by_length: bool
    full: float
    lowest: float
    highest: float
    therapists: int


@dataclass(frozen=True)
class Texts(Claim, at="figures/influence", blocks=("caption", "alt")):
    """The terms of a model; confidence: of the interval, in percent."""

    model: str
    confidence: float
    terms: tuple[LeftOut, ...]


def draw(tables: Mapping[str, pd.DataFrame], settings: FigureSettings) -> Drawing:
    """Draw `influence` with the interval of the full fit from `robustness`, a panel per key term.

    Of M3 where it could be estimated, else of M2.
    """
    left_out = tables["influence"].dropna(subset=["estimate_without"])
    model = left_out["model"].max()
    left_out = left_out[left_out["model"] == model]
    full = tables["robustness"].query("method == 'cr2'").set_index(["model", "term"])
    shown = [term for term in TITLES if (left_out["term"] == term).any()]
    if not shown:
        return nothing_to_draw("Influence of therapists", "influence", 40, settings)
    say = labels("influence", settings.language)
    figure = new_figure(80)
    panels = figure.subplots(1, len(shown), squeeze=False)[0]
    terms = []
    for axes, term in zip(panels, shown, strict=True):
        points = left_out[left_out["term"] == term]
        whole = full.loc[(model, term)]
        _panel(axes, points, whole)
        axes.set_xlabel(say("x"))
        axes.set_title(say(KEYS[term], model=model))
        low, high = points["estimate_without"].min(), points["estimate_without"].max()
        ends = (float(whole["estimate"]), float(low), float(high))
        terms.append(LeftOut(term == BY_LENGTH, *ends, len(points)))
    panels[0].set_ylabel(say("y"))
    finish(figure, settings)
    texts = Texts(str(model), 100 * settings.modelling.confidence, tuple(terms))
    return Drawing(figure, texts.text("caption"), texts.text("alt"))


def _panel(axes: Axes, points: pd.DataFrame, whole: pd.Series) -> None:
    if pd.notna(whole["ci_low"]):
        axes.axhspan(whole["ci_low"], whole["ci_high"], color=LIGHT, lw=0)
    axes.axhline(whole["estimate"], color=INK, linewidth=1)
    axes.axhline(0, color=GREY, linewidth=0.7, linestyle=(0, (1, 2)))
    axes.plot(
        points["cook"],
        points["estimate_without"],
        "o",
        color=COLOURS["none"],
        markersize=4,
        alpha=0.8,
    )
    axes.set_xlim(left=0)
    axes.margins(x=0.1)
