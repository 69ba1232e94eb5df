"""Residuals beside a normal distribution and over fitted values."""

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd
from matplotlib.axes import Axes

from rupture_repair.config.reporting import DESCRIPTIVE_LEVEL
from rupture_repair.config.steps.figures import FigureSettings
from rupture_repair.figures.diagnostic_panels import SHOWN, has_tails, largest_gap, quantile_panel
from rupture_repair.figures.labels import Labels, labels
from rupture_repair.figures.style import (
    COLOURS,
    GREY,
    INK,
    Drawing,
    finish,
    new_figure,
    nothing_to_draw,
    whiskers,
)
from rupture_repair.words.templates import Claim

TABLES = ("diagnostic_quantiles", "residual_bins")


@dataclass(frozen=True)
class Texts(Claim, at="figures/residuals", blocks=("caption", "alt")):
    """The residuals of a model; level: of the intervals, in percent.

    gap : how far their quantiles lie off the normal ones, in SDs. bins : of fitted values, and the
    means and standard deviations in them.
    """

    model: str
    tails: bool
    level: float
    gap: float
    bins: int
    lowest_mean: float
    highest_mean: float
    lowest_sd: float
    highest_sd: float


def draw(tables: Mapping[str, pd.DataFrame], settings: FigureSettings) -> Drawing:
    """Draw the residuals of `diagnostic_quantiles` left, `residual_bins` right."""
    points = tables["diagnostic_quantiles"].query("model == @SHOWN and part == 'residual'")
    bins = tables["residual_bins"].query("model == @SHOWN")
    bins = bins.dropna(subset=["mean"])  # those of few patients are masked
    if points.empty or bins.empty:
        return nothing_to_draw("Residuals", "residuals", 40, settings)
    say = labels("residuals", settings.language)
    figure = new_figure(82)
    left, right = figure.subplots(1, 2, width_ratios=(1, 1.35))
    quantile_panel(left, points)
    left.set_xlabel(say("quantile"))
    left.set_ylabel(say("y"))
    left.set_title(say("quantiles"))
    _over_fitted(right, bins, say)
    right.set_xlabel(say("x", tool=settings.instruments.symptoms.short))
    figure.legend(*right.get_legend_handles_labels(), loc="outside lower right", ncols=2)
    finish(figure, settings)
    texts = Texts(
        model=SHOWN,
        tails=has_tails(points),
        level=100 * DESCRIPTIVE_LEVEL,
        gap=largest_gap(points),
        bins=len(bins),
        lowest_mean=float(bins["mean"].min()),
        highest_mean=float(bins["mean"].max()),
        lowest_sd=float(bins["sd"].min()),
        highest_sd=float(bins["sd"].max()),
    )
    return Drawing(figure, texts.text("caption"), texts.text("alt"))


def _over_fitted(axes: Axes, bins: pd.DataFrame, say: Labels) -> None:
    for height in (0, 1):
        axes.axhline(height, color=GREY, linewidth=0.7)
    axes.errorbar(
        bins["fitted"],
        bins["mean"],
        yerr=whiskers(bins["mean"], bins["low"], bins["high"]),
        fmt="o",
        color=INK,
        markersize=3.5,
        elinewidth=1,
        capsize=2,
        label=say("mean"),
    )
    axes.plot(
        bins["fitted"],
        bins["sd"],
        "s--",
        color=COLOURS["unrepaired"],
        markersize=3.5,
        linewidth=1,
        label=say("sd"),
    )
    axes.set_ylabel(say("y"))
    axes.set_ylim(min(-0.5, bins["low"].min() - 0.1), max(1.5, bins["sd"].max() + 0.1))
    axes.set_title(say("over_fitted"))
