"""The interpersonal problems for which the slopes of two patterns differ."""

from collections.abc import Mapping

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from rupture_repair.config.reporting import FEWEST_PATIENTS
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
from rupture_repair.figures.values import tell

TABLES = ("johnson_neyman", "johnson_neyman_curve", "patients", "patterns")
SHOWN = {"repaired - none": "repaired_none", "repaired - unrepaired": "repaired_unrepaired"}


def draw(tables: Mapping[str, pd.DataFrame], settings: FigureSettings) -> Drawing:
    """Draw `johnson_neyman_curve` with the regions of `johnson_neyman` and a rug of patients."""
    curve, regions = tables["johnson_neyman_curve"], tables["johnson_neyman"]
    regions = regions.set_index("contrast").dropna(subset=["interaction"])
    model = "".join(regions["model"].unique()[:1])
    place = ", at average log length" if model == "M3" else ""
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
        said = [
            say("value", sd=say.number(at), value=words)
            for at, words in zip(line["iip_z"], points, strict=True)
        ]
        tell(axes, line["iip_z"], line["estimate"], said, size=5)
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
    marks = "Ticks: patients with repaired ruptures. " if single else ""
    confidence = 100 * settings.modelling.confidence
    caption = (
        "Johnson–Neyman regions of the difference of symptom slopes over the observed range of "
        f"interpersonal problems (model {model}{place}; REML). Line and band: estimate and "
        f"{confidence:g}% interval (CR2, t); grey: the interval excludes zero; between the dotted "
        f"lines at least {FEWEST_PATIENTS} patients with repaired ruptures lie on either side. "
        f"{marks}".rstrip()
    )
    panels_words = "Two panels" if len(contrasts) > 1 else "A panel"
    alt = f"{panels_words} with a line and its interval. " + " ".join(
        _words(contrast, regions.loc[contrast]) for contrast in contrasts
    )
    return Drawing(figure, caption, alt)


def _regions(axes: Axes, region: pd.Series) -> None:
    for side in ("low", "high"):
        if pd.notna(region[f"{side}_from"]):
            axes.axvspan(region[f"{side}_from"], region[f"{side}_to"], color=LIGHT, lw=0, zorder=0)


def _words(contrast: str, region: pd.Series) -> str:
    ranges = [
        f"{region[f'{side}_from']:.2f} to {region[f'{side}_to']:.2f} SD"
        for side in ("low", "high")
        if pd.notna(region[f"{side}_from"])
    ]
    slope = "falls" if region["interaction"] < 0 else "rises"
    named = contrast.replace(" - ", " minus ").replace("none", "no rupture")
    where = f"significant from {' and from '.join(ranges)}" if ranges else "significant nowhere"
    return f"{named.capitalize()} {slope} with interpersonal problems and is {where}."
