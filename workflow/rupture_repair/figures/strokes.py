"""Many lines or points of one look as a single path: a page of a tenth of the size."""

from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import PathPatch
from matplotlib.path import Path
from numpy.typing import ArrayLike

POINT = 0.01  # length of the stroke that stands for a point, in units of x


def strokes(
    axes: Axes, x: ArrayLike, low: ArrayLike, high: ArrayLike, **look: Any
) -> PathPatch | None:
    """Draw vertical lines at x from `low` to `high`, each of shape (n,) or a number."""
    x, low, high = np.broadcast_arrays(*(np.asarray(v, float) for v in (x, low, high)))
    return _path(axes, np.stack([x, low, x, high], axis=-1), capstyle="butt", **look)


def points(axes: Axes, x: ArrayLike, y: ArrayLike, size: float, **look: Any) -> PathPatch | None:
    """Draw round points of `size` points across at x, y, shape (n,)."""
    x, y = np.broadcast_arrays(*(np.asarray(v, float) for v in (x, y)))
    ends = np.stack([x - POINT / 2, y, x + POINT / 2, y], axis=-1)
    return _path(axes, ends, capstyle="round", linewidth=size, **look)


def _path(axes: Axes, ends: np.ndarray, **look: Any) -> PathPatch | None:
    """Draw from the first to the second end; `ends` has shape (n, 4). Missing ones are left out."""
    ends = ends[np.isfinite(ends).all(axis=1)]
    if not len(ends):
        return None
    codes = np.tile([Path.MOVETO, Path.LINETO], len(ends))
    patch = PathPatch(Path(ends.reshape(-1, 2), codes), fill=False, snap=False, **look)
    axes.add_patch(patch)
    axes.autoscale_view()
    return patch
