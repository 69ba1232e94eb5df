"""Which rupture rules could have given the published shares, by noise alone and with ruptures."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

import pandas as pd
from matplotlib.axes import Axes

from rupture_repair.config.steps.figures import FigureSettings
from rupture_repair.figures.labels import Labels, labels
from rupture_repair.figures.style import (
    COLOURS,
    GREY,
    INK,
    SMALL,
    Drawing,
    finish,
    new_figure,
    nothing_to_draw,
)
from rupture_repair.words.templates import Claim

TABLES = ("rule_compatibility", "published_studies")
Family = Literal["noise", "ruptures"]
FAMILIES: dict[Family, str] = {"noise": "Noise alone", "ruptures": "Noise and ruptures"}
Unit = Literal["pooled_within_sd", "own_sd", "stricter", "between_sd", "diff_sd", "moving_range"]
# lines that stay apart in grey, too
SCALES: dict[Unit, tuple[str, Any, str]] = {
    "pooled_within_sd": ("pooled within-patient SD", "-", "o"),
    "own_sd": ("own SD", "--", "s"),
    "stricter": ("larger of own and pooled SD", "-.", "^"),
    "between_sd": ("SD of first ratings", ":", "D"),
    "diff_sd": ("SD of differences", (0, (5, 1, 1, 1)), "v"),
    "moving_range": ("own moving range", (0, (1, 1)), "P"),
}
FITS, RULED_OUT = COLOURS["unrepaired"], "#c9c9c9"


@dataclass(frozen=True)
class Fit:
    """How many rules fit under some process, and the allowed one that fits most often.

    best : times a unit; percent : of the processes under which it fits.
    """

    family: Family
    fitting: int
    rules: int
    best: float
    unit: Unit
    percent: float


@dataclass(frozen=True)
class Texts(Claim, at="figures/rule_compatibility", blocks=("caption", "alt")):
    """The rules beside the shares of a study."""

    study: str
    fits: tuple[Fit, ...]


def draw(tables: Mapping[str, pd.DataFrame], settings: FigureSettings) -> Drawing:
    """Draw what each rule finds beside the published shares, and how many processes fit."""
    studies = tables["published_studies"]
    if studies.empty:
        title = "Rules and published shares"
        return nothing_to_draw(title, "rule_compatibility", 30, settings)
    first = str(studies["study"].iloc[0])
    rules = tables["rule_compatibility"].query("study == @first")
    say = labels("rule_compatibility", settings.language)
    figure = new_figure(128)
    panels = figure.subplots(2, 2, width_ratios=(6, 5), sharex="col", sharey="col")
    for (left, right), family in zip(panels, FAMILIES, strict=True):
        own = rules[rules["family"] == family]
        _shares(left, own, studies, say)
        _fitting(right, worded(own), say)
        left.set_title(say("finds", family=say(family)))
        right.set_title(say("fit", family=say(family)))
    panels[0, 0].set_ylim(0, None)
    panels[0, 1].set_ylim(0, None)
    panels[1, 0].set_xlabel(say("x_finds"))
    panels[1, 1].set_xlabel(say("x_fit"))
    handles = panels[0, 0].get_legend_handles_labels()
    lines = panels[0, 1].get_legend_handles_labels()
    both = [one + other for one, other in zip(handles, lines, strict=True)]
    figure.legend(*both, loc="outside lower center", ncols=3, fontsize=SMALL, handlelength=2.6)
    finish(figure, settings)
    texts = Texts(first, tuple(_fit(rules, family) for family in FAMILIES))
    return Drawing(figure, texts.text("caption"), texts.text("alt"))


def worded(rules: pd.DataFrame) -> pd.DataFrame:
    """Return the rules of the grid that the words of Igra et al. (2025) allow.

    Session to session, a full return in any later session, every rupture repaired.
    """
    return rules[
        (rules["criterion"].fillna("") == "")
        & (rules["reference"] == "previous")
        & (rules["repair_tolerance"] == 0)
        & rules["repair_window"].isna()
        & (rules["aggregate"] == "all")
    ]


def _shares(axes: Axes, rules: pd.DataFrame, studies: pd.DataFrame, say: Labels) -> None:
    fits = rules["share_fitting"] > 0
    for chosen, colour, label in (
        (~fits, RULED_OUT, say("ruled_out")),
        (fits, FITS, say("fits")),
    ):
        own = rules[chosen]
        axes.scatter(
            own["percent_none"],
            own["percent_repaired"],
            s=7,
            color=colour,
            linewidths=0,
            label=label,
            rasterized=True,
        )
    for (study, own), marker in zip(studies.groupby("study", sort=False), "D*sPX", strict=False):
        share = own.set_index("pattern")["percent"]
        axes.plot(
            share["none"],
            share["repaired"],
            marker,
            color=INK,
            markerfacecolor="white",
            markersize=7,
            markeredgewidth=1.2,
            linestyle="none",
            label=say("published", study=str(study)),
        )
    axes.set_xlim(0, 100)
    axes.set_ylabel(say("y_finds"))


def _fitting(axes: Axes, rules: pd.DataFrame, say: Labels) -> None:
    for scale, (_, line, marker) in SCALES.items():
        own = rules[rules["scale"] == scale].sort_values("k")
        axes.plot(
            own["k"],
            100 * own["share_fitting"],
            linestyle=line,
            marker=marker,
            markersize=3.5,
            linewidth=1.2,
            color=COLOURS["none"] if scale == "pooled_within_sd" else GREY,
            label=say(scale),
        )
    axes.set_ylabel(say("y_fit"))


def _fit(rules: pd.DataFrame, family: Family) -> Fit:
    # the grid, as the supplement's text counts: named criteria would count some rules twice
    own = rules[(rules["family"] == family) & (rules["criterion"].fillna("") == "")]
    allowed = worded(own)
    best = allowed.loc[allowed["share_fitting"].idxmax()]
    return Fit(
        family=family,
        fitting=int((own["share_fitting"] > 0).sum()),
        rules=len(own),
        best=float(best["k"]),
        unit=best["scale"],
        percent=float(100 * best["share_fitting"]),
    )
