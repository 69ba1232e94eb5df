"""The units in which a drop is judged (METHODS §2, `scale`)."""

import numpy as np

from rupture_repair.config.criteria import Criterion
from rupture_repair.detection.series import Floats, Series

# expected range of two standard-normal draws (Shewhart's individuals chart)
D2 = 1.128


def scale_of(series: Series, criterion: Criterion) -> Floats:
    """Return S for each patient in instrument points, shape (n_patients,); NaN where undefined."""
    n_patients = len(series.patients)
    match criterion.scale:
        case "own_sd":
            return own_sd(series)
        case "own_see":
            return own_see(series)
        case "stricter":
            return np.fmax(own_sd(series), pooled_within_sd(series))
        case "moving_range":
            steps = np.abs(np.nan_to_num(series.step))
            return _divide(series.total(steps), series.counts - 1) / D2
        case "pooled_within_sd":
            value = pooled_within_sd(series)
        case "between_sd":
            value = between_sd(series)
        case "diff_sd":
            value = _sd(series.step[~np.isnan(series.step)])
        case "rci":
            assert criterion.reliability is not None  # the model refuses rci without it
            value = 1.96 * np.sqrt(2 * (1 - criterion.reliability)) * between_sd(series)
        case "absolute":
            value = 1.0
    return np.full(n_patients, value)


def own_sd(series: Series) -> Floats:
    """Each patient's SD (ddof 1)."""
    return np.sqrt(_divide(series.total(series.deviation**2), series.counts - 1))


def own_see(series: Series) -> Floats:
    """Each patient's SD of residuals about the own straight line over sessions (ddof 2)."""
    when = series.session - _divide(series.total(series.session), series.counts)[series.patient]
    slope = _divide(series.total(when * series.deviation), series.total(when**2))
    residual = series.deviation - slope[series.patient] * when
    return np.sqrt(_divide(series.total(residual**2), series.counts - 2))


def pooled_within_sd(series: Series) -> float:
    """sqrt(ΣΣ(a_it − ā_i)² / Σ(n_i − 1)); NaN when nobody has two ratings."""
    freedom = int(np.maximum(series.counts - 1, 0).sum())
    return float(np.sqrt(np.sum(series.deviation**2) / freedom)) if freedom else float("nan")


def between_sd(series: Series) -> float:
    """SD (ddof 1) of the patients' first ratings."""
    return _sd(series.rating[series.position == 0])


def _sd(values: Floats) -> float:
    return float(np.std(values, ddof=1)) if len(values) > 1 else float("nan")


def _divide(numerator: Floats, denominator: Floats) -> Floats:
    positive = denominator > 0
    return np.divide(numerator, denominator, out=np.full(len(numerator), np.nan), where=positive)
