"""Predicted random effects of patients and therapists beside normal distributions."""

from collections.abc import Mapping

import pandas as pd

from rupture_repair.config.steps.figures import FigureSettings
from rupture_repair.figures.diagnostic_panels import SHOWN, largest_gap, quantile_panel, reach
from rupture_repair.figures.labels import labels
from rupture_repair.figures.style import (
    Drawing,
    finish,
    new_figure,
    nothing_to_draw,
)

TABLES = ("diagnostic_quantiles",)
PANELS = {
    "patient_intercept": "Patients: intercept",
    "patient_slope": "Patients: slope on time",
    "therapist_intercept": "Therapists: intercept",
}


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
    caption = (
        f"Predicted random effects of model {SHOWN} (REML), each divided by its standard deviation "
        "under the model, so that short treatments and small caseloads can be compared with long "
        "and large ones. Quantiles beside those of a normal distribution (line: equal)"
        f"{reach(table)}."
    )
    words = "; ".join(f"{PANELS[part]}, {largest_gap(points)}" for part, points in parts.items())
    return Drawing(figure, caption, f"Quantile–quantile panels of random effects. {words}.")
