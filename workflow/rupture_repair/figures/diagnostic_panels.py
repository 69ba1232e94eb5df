"""What the figures of diagnostics share: a quantile–quantile panel, and the model they show."""

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from rupture_repair.figures.style import GREY, INK

# one model in the figures; the tables have both
SHOWN = "M2"


def quantile_panel(axes: Axes, points: pd.DataFrame) -> None:
    """Plot observed quantiles over those of a normal distribution, with the line of equality."""
    reach = np.abs(points[["expected", "observed"]].to_numpy()).max() * 1.08
    axes.plot([-reach, reach], [-reach, reach], color=GREY, linewidth=0.8)
    axes.plot(
        points["expected"],
        points["observed"],
        "o",
        color=INK,
        markersize=3,
        markerfacecolor="white",
        markeredgewidth=0.7,
    )
    axes.set_xlim(-reach, reach)
    axes.set_ylim(-reach, reach)
    axes.set_xlabel("Normal quantile (SD)")


def largest_gap(points: pd.DataFrame) -> float:
    """Return the largest distance of a quantile from the line of equality, in SDs."""
    return float((points["observed"] - points["expected"]).abs().max())
