"""What the figures of diagnostics share: a quantile–quantile panel, and the model they show."""

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from rupture_repair.figures.style import GREY, INK

# one model in the figures; the tables have both
SHOWN = "M2"


def quantile_panel(axes: Axes, points: pd.DataFrame) -> None:
    """Plot observed quantiles over those of a normal distribution, with the line of equality.

    The values at the ends are filled, where they are shown.
    """
    furthest = np.abs(points[["expected", "observed"]].to_numpy()).max() * 1.08
    axes.plot([-furthest, furthest], [-furthest, furthest], color=GREY, linewidth=0.8)
    for tail, face in ((0, "white"), (1, INK)):
        own = points[points["tail"] == tail]
        axes.plot(
            own["expected"],
            own["observed"],
            "o",
            color=INK,
            markersize=3,
            markerfacecolor=face,
            markeredgewidth=0.7,
        )
    axes.set_xlim(-furthest, furthest)
    axes.set_ylim(-furthest, furthest)


def has_tails(points: pd.DataFrame) -> bool:
    """Whether the values at the ends are shown, which are those of single patients."""
    return bool((points["tail"] == 1).any())


def largest_gap(points: pd.DataFrame) -> float:
    """Return the largest distance of a quantile from the line of equality, in SDs."""
    return float((points["observed"] - points["expected"]).abs().max())
