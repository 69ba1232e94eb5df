"""Many lines or points of one look as a single path: a page of a tenth of the size."""

from typing import Literal

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import PathPatch
from matplotlib.path import Path
from numpy.typing import ArrayLike, NDArray

POINT = 0.01  # length of the stroke that stands for a point, in units of x


def strokes(
    axes: Axes, x: ArrayLike, low: ArrayLike, high: ArrayLike, color: str, linewidth: float
) -> None:
    """Draw vertical lines at x from `low` to `high`, each of shape (n,) or a number."""
    x, low, high = np.broadcast_arrays(*(np.asarray(v, float) for v in (x, low, high)))
    _add(axes, np.stack([x, low, x, high], axis=-1), "butt", color, linewidth)


def points(axes: Axes, x: ArrayLike, y: ArrayLike, size: float, color: str) -> None:
    """Draw round points of `size` points across at x, y, shape (n,), above lines."""
    x, y = np.broadcast_arrays(*(np.asarray(v, float) for v in (x, y)))
    ends = np.stack([x - POINT / 2, y, x + POINT / 2, y], axis=-1)
    _add(axes, ends, "round", color, size, order=3)


def _add(
    axes: Axes,
    ends: NDArray[np.float64],
    cap: Literal["butt", "round"],
    color: str,
    linewidth: float,
    order: int = 1,
) -> None:
    """Draw from the first to the second end, shape (n, 4); what is missing is left out."""
    ends = ends[np.isfinite(ends).all(axis=1)]
    if not len(ends):
        return
    codes = np.tile([Path.MOVETO, Path.LINETO], len(ends))
    patch = PathPatch(
        Path(ends.reshape(-1, 2), codes),
        fill=False,
        snap=False,
        capstyle=cap,
        color=color,
        linewidth=linewidth,
        zorder=order,
    )
    axes.add_patch(patch)
    axes.autoscale_view()
