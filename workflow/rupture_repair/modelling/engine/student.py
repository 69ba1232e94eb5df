"""Student's t by special functions, because importing `scipy.stats` takes half a second.

Values are those of `scipy.stats.t`, infinite degrees of freedom included.
"""

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import stdtr, stdtrit


def two_sided_p(statistic: ArrayLike, df: ArrayLike) -> Any:  # noqa: ANN401
    """Return P(|t| ≥ |statistic|), broadcast over both."""
    return 2 * stdtr(df, -np.abs(statistic))


def critical_value(alpha: float, df: ArrayLike) -> Any:  # noqa: ANN401
    """Return the value that |t| exceeds with probability `alpha`, for each of `df`."""
    return -stdtrit(df, alpha / 2)


def t_tests(
    estimate: NDArray[np.float64], se: NDArray[np.float64], df: NDArray[np.float64], alpha: float
) -> dict[str, NDArray[np.float64]]:
    """Return tests of zero and 1 − alpha intervals of estimates, each of shape (m,)."""
    statistic, margin = estimate / se, critical_value(alpha, df) * se
    return {
        "estimate": estimate,
        "se": se,
        "df": df,
        "statistic": statistic,
        "p": two_sided_p(statistic, df),
        "ci_low": estimate - margin,
        "ci_high": estimate + margin,
    }
