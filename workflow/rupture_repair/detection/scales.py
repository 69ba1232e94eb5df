"""The units in which a drop is judged (docs/methods.md, Detection)."""

from math import exp, lgamma
from typing import assert_never

import numpy as np

from rupture_repair.config.criteria import Criterion
from rupture_repair.detection.series import Floats, Series

# expected range of two standard-normal draws (Shewhart's individuals chart)
D2 = 1.128


def scale_of(series: Series, criterion: Criterion) -> Floats:
    """Return S for each patient in instrument points, shape (n_patients,); NaN where undefined.

    Not to be written to: S of a cohort is one number in memory.
    """
    n_patients = len(series.patients)
    match criterion.scale:
        case "own_sd":
            return own_sd(series)
        case "own_sd_c4":
            return own_sd(series) / c4(series.counts)
        case "own_see":
            return series.each_patient(own_see)
        case "stricter":
            return np.fmax(own_sd(series), pooled_within_sd(series))
        case "own_or_between":
            return np.fmax(own_sd(series), between_sd(series))
        case "moving_range":
            return series.each_patient(mean_moving_range) / D2
        case "pooled_within_sd":
            value = pooled_within_sd(series)
        case "between_sd":
            value = between_sd(series)
        case "diff_sd":
            steps = [(block.rating - block.before)[block.later] for _, block in series.blocks()]
            value = _sd(np.concatenate(steps))
        case "rci":
            assert criterion.reliability is not None  # the model refuses rci without it
            value = 1.96 * np.sqrt(2 * (1 - criterion.reliability)) * between_sd(series)
        case "absolute":
            value = 1.0
        case unknown:
            assert_never(unknown)
    return np.broadcast_to(value, n_patients)


def own_sd(series: Series) -> Floats:
    """Each patient's SD (ddof 1)."""
    return np.sqrt(_divide(series.squares, series.counts - 1))


def own_see(series: Series) -> Floats:
    """Each patient's SD of residuals about the own straight line over sessions (ddof 2)."""
    when = series.session - series.spread(_divide(series.total(series.session), series.counts))
    slope = _divide(series.total(when * series.deviation), series.total(when**2))
    residual = series.deviation - series.spread(slope) * when
    return np.sqrt(_divide(series.total(residual**2), series.counts - 2))


def mean_moving_range(series: Series) -> Floats:
    """Each patient's mean absolute difference of successive ratings."""
    ranges = np.abs(series.rating - series.before)
    ranges[series.firsts] = 0
    return _divide(series.total(ranges), series.counts - 1)


def c4(n: np.ndarray) -> Floats:
    """Return the expected SD (ddof 1) of n standard-normal draws; NaN for n < 2.

    c4(n) = sqrt(2 / (n − 1)) · Γ(n / 2) / Γ((n − 1) / 2).
    """
    sizes, which = np.unique(n, return_inverse=True)
    ratios = [exp(lgamma(s / 2) - lgamma((s - 1) / 2)) if s > 1 else np.nan for s in sizes.tolist()]
    return np.sqrt(2 / np.where(n > 1, n - 1.0, np.nan)) * np.array(ratios)[which]


def pooled_within_sd(series: Series) -> float:
    """sqrt(ΣΣ(a_it − ā_i)² / Σ(n_i − 1)); NaN when nobody has two ratings."""
    freedom = len(series.rating) - np.count_nonzero(series.counts)
    return float(np.sqrt(series.within_squares / freedom)) if freedom else float("nan")


def between_sd(series: Series) -> float:
    """SD (ddof 1) of the patients' first ratings."""
    return _sd(series.rating[series.firsts])


def _sd(values: Floats) -> float:
    return float(np.std(values, ddof=1)) if len(values) > 1 else float("nan")


def _divide(numerator: np.ndarray, denominator: np.ndarray) -> Floats:
    positive = denominator > 0
    return np.divide(numerator, denominator, out=np.full(len(numerator), np.nan), where=positive)
