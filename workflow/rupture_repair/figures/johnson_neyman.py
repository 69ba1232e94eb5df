"""The interpersonal problems for which the slopes of two patterns differ."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from rupture_repair.config.reporting import MIN_PATIENTS
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
from rupture_repair.figures.tooltips import add_tooltips
from rupture_repair.words.templates import Claim

TABLES = ("johnson_neyman", "johnson_neyman_curve", "patients", "patterns")
SHOWN = {"repaired - none": "repaired_none", "repaired - unrepaired": "repaired_unrepaired"}


@dataclass(frozen=True)
class Span:
    """From where to where, in SDs of interpersonal problems, a difference is significant."""

    start: float
    end: float


@dataclass(frozen=True)
class Contrast:
    """How a difference from `reference` depends on interpersonal problems."""

    reference: Literal["none", "unrepaired"]
    falls: bool
    regions: tuple[Span, ...]


@dataclass(frozen=True)
class Texts(Claim, at="figures/johnson_neyman", blocks=("caption", "alt")):
    """The differences of repaired ruptures; confidence: of their interval, in percent.

    fewest : patients beyond the dotted lines, at least; single : single patients are drawn.
    """

    model: str
    at_average_length: bool
    confidence: float
    fewest: int
    single: bool
    contrasts: tuple[Contrast, ...]


def draw(tables: Mapping[str, pd.DataFrame], settings: FigureSettings) -> Drawing:
    """Draw `johnson_neyman_curve` with the regions of `johnson_neyman` and a rug of patients."""
    curve, regions = tables["johnson_neyman_curve"], tables["johnson_neyman"]
    regions = regions.set_index("contrast").dropna(subset=["interaction"])
    model = "".join(regions["model"].unique()[:1])
    contrasts = [contrast for contrast in SHOWN if contrast in regions.index]
    if not contrasts:
        return nothing_to_draw("Johnson–Neyman regions", "johnson_neyman", 40, settings)
    person = tables["patients"].merge(tables["patterns"], on="patient_id")
    person = person[person["pattern"] != "unclassifiable"]
    iip_z = (person["iip"] - person["iip"].mean()) / person["iip"].std(ddof=1)
    rug = iip_z[person["pattern"] == "repaired"]
    single, say = not settings.private, labels("johnson_neyman", settings.language)
    figure = new_figure(85)
    panels = figure.subplots(1, len(contrasts), sharey=True, squeeze=False)[0]
    low, high = curve["ci_low"].min(), curve["ci_high"].max()
    for axes, contrast in zip(panels, contrasts, strict=True):
        line, region = curve[curve["contrast"] == contrast], regions.loc[contrast]
        _regions(axes, region)
        axes.axhline(0, color=GREY, linewidth=0.7)
        axes.fill_between(
            line["iip_z"],
            line["ci_low"],
            line["ci_high"],
            color=COLOURS["repaired"],
            alpha=0.25,
            lw=0,
        )
        axes.plot(line["iip_z"], line["estimate"], color=COLOURS["repaired"])
        points = say.intervals(line[["estimate", "ci_low", "ci_high"]].to_numpy(float))
        tooltips = [
            say("value", sd=say.number(at), value=words)
            for at, words in zip(line["iip_z"], points, strict=True)
        ]
        add_tooltips(axes, line["iip_z"], line["estimate"], tooltips, size=5)
        for bound in ("supported_low", "supported_high"):
            axes.axvline(region[bound], color=INK, linewidth=0.9, linestyle=(0, (1, 2)))
        if single:
            axes.plot(
                rug,
                np.full(len(rug), low - 0.05 * (high - low)),
                "|",
                color=INK,
                markersize=6,
                alpha=0.7,
            )
        axes.set_title(say(SHOWN[contrast]))
        axes.set_xlabel(say("x", iip=settings.instruments.iip.short))
        axes.set_xlim(line["iip_z"].min(), line["iip_z"].max())
    panels[0].set_ylim(low - 0.1 * (high - low), high + 0.03 * (high - low))
    panels[0].set_ylabel(say("y"))
    finish(figure, settings)
    texts = Texts(
        model=model,
        at_average_length=model == "M3",
        confidence=100 * settings.modelling.confidence,
        fewest=MIN_PATIENTS,
        single=single,
        contrasts=tuple(_finding(contrast, regions.loc[contrast]) for contrast in contrasts),
    )
    return Drawing(figure, texts.text("caption"), texts.text("alt"))


def _regions(axes: Axes, region: pd.Series) -> None:
    for side in ("low", "high"):
        if pd.notna(region[f"{side}_from"]):
            axes.axvspan(region[f"{side}_from"], region[f"{side}_to"], color=LIGHT, lw=0, zorder=0)


def _finding(contrast: str, region: pd.Series) -> Contrast:
    spans = tuple(
        Span(float(region[f"{side}_from"]), float(region[f"{side}_to"]))
        for side in ("low", "high")
        if pd.notna(region[f"{side}_from"])
    )
    reference: Literal["none", "unrepaired"] = "none"
    if contrast == "repaired - unrepaired":
        reference = "unrepaired"
    return Contrast(reference, bool(region["interaction"] < 0), spans)
