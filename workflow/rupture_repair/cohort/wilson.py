"""Wilson's interval of a share, written here because importing a library for it takes seconds."""

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


def wilson(n: Ints | int, total: Ints | int, level: float) -> tuple[Floats, Floats]:
    """Return low and high ends of the interval of n of `total` at `level` (Wilson 1927).

    Shapes are those of the numbers given; `total` is above 0.
    """
    share, critical = np.asarray(n) / total, ndtri((1 + level) / 2)
    wider = 1 + critical**2 / total
    middle = (share + critical**2 / (2 * total)) / wider
    half = critical * np.sqrt(share * (1 - share) / total + critical**2 / (4 * total**2)) / wider
    return np.maximum(middle - half, 0.0), np.minimum(middle + half, 1.0)
