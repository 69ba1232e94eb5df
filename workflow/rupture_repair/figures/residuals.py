"""Residuals beside a normal distribution and over fitted values."""

from collections.abc import Mapping

import pandas as pd
from matplotlib.axes import Axes

from rupture_repair.config.reporting import DESCRIPTIVE_LEVEL
from rupture_repair.config.steps.figures import FigureSettings
from rupture_repair.figures.diagnostic_panels import SHOWN, largest_gap, quantile_panel, reach
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

TABLES = ("diagnostic_quantiles", "residual_bins")


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
    caption = (
        f"Residuals of model {SHOWN} (REML), each divided by its standard deviation under the "
        f"model. Left: quantiles beside those of a normal distribution{reach(points)}. "
        f"Right: mean ({100 * DESCRIPTIVE_LEVEL:g}% interval, sessions taken "
        "as independent) and standard deviation in bins of equally many sessions over "
        "fitted values, random effects included; the model has them at 0 and 1. Means rise a "
        "little by construction, since predicted random effects are drawn to their mean."
    )
    spread = bins["sd"]
    alt = (
        f"Left, residuals over normal quantiles: {largest_gap(points)}. Right, residuals in "
        f"{len(bins)} bins over fitted values: means from {bins['mean'].min():.2f} to "
        f"{bins['mean'].max():.2f}, standard deviations from {spread.min():.2f} to "
        f"{spread.max():.2f}."
    )
    return Drawing(figure, caption, alt)


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
