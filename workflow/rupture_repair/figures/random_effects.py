"""Predicted random effects of patients and therapists beside normal distributions."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import pandas as pd

from rupture_repair.config.steps.figures import FigureSettings
from rupture_repair.figures.diagnostic_panels import SHOWN, has_tails, largest_gap, quantile_panel
from rupture_repair.figures.labels import labels
from rupture_repair.figures.style import (
    Drawing,
    finish,
    new_figure,
    nothing_to_draw,
)
from rupture_repair.words.templates import Claim

TABLES = ("diagnostic_quantiles",)
Part = Literal["patient_intercept", "patient_slope", "therapist_intercept"]
PANELS: dict[Part, str] = {
    "patient_intercept": "Patients: intercept",
    "patient_slope": "Patients: slope on time",
    "therapist_intercept": "Therapists: intercept",
}


@dataclass(frozen=True)
class Effect:
    """A random effect, and how far its quantiles lie off the normal ones, in SDs."""

    part: Part
    gap: float


@dataclass(frozen=True)
class Texts(Claim, at="figures/random_effects", blocks=("caption", "alt")):
    """The random effects of a model."""

    model: str
    tails: bool
    effects: tuple[Effect, ...]


def draw(tables: Mapping[str, pd.DataFrame], settings: FigureSettings) -> Drawing:
    """Draw the random effects of `diagnostic_quantiles`, a panel each that the model has."""
    table = tables["diagnostic_quantiles"].query("model == @SHOWN")
    parts = {part: table[table["part"] == part] for part in PANELS}
    parts = {part: points for part, points in parts.items() if len(points)}
    if not parts:
        return nothing_to_draw("Random effects", "random_effects", 40, settings)
    say = labels("random_effects", settings.language)
    figure = new_figure(72)
    panels = figure.subplots(1, len(parts), squeeze=False)[0]
    for axes, (part, points) in zip(panels, parts.items(), strict=True):
        quantile_panel(axes, points)
        axes.set_title(say(part))
        axes.set_xlabel(say("quantile"))
    panels[0].set_ylabel(say("y"))
    finish(figure, settings)
    texts = Texts(
        SHOWN,
        has_tails(table),
        tuple(Effect(part, largest_gap(own)) for part, own in parts.items()),
    )
    return Drawing(figure, texts.text("caption"), texts.text("alt"))
