"""What each rating is compared with, and whether it can be (docs/methods.md, Detection)."""

from typing import Any, assert_never

import numpy as np
from numpy.typing import NDArray

from rupture_repair.config.criteria import Criterion
from rupture_repair.detection.control_chart import runs_below
from rupture_repair.detection.series import Bools, Floats, Ints, Series
from rupture_repair.detection.tang_derubeis import falls_reliably, has_both_sides

# tolerance in points for rounding: a drop that equals the threshold is a rupture, and a
# threshold of zero gives none
EPSILON = 1e-9


def references(series: Series, criterion: Criterion) -> Floats:
    """Return what each rating is compared with, where it is `comparable`, shape (n_ratings,)."""
    match criterion.reference:
        case "own_mean":
            return series.spread(series.own_mean)
        case "running_mean":
            # sums of deviations are small and lose no digits; they restart with each patient
            before = np.r_[0.0, np.cumsum(series.deviation)]
            before = before[:-1] - series.spread(before[series.starts])
            with np.errstate(invalid="ignore"):
                return series.spread(series.own_mean) + before / series.position
        case "previous":
            return series.before
        case "decline_start":
            return _before_decline(series, criterion.max_gap)
        case unknown:
            assert_never(unknown)


def comparable(series: Series, criterion: Criterion, threshold: Floats) -> Bools:
    """Return which ratings can be compared with their reference, shape (n_ratings,).

    threshold : of each patient, NaN where there is none, shape (n_patients,).
    """
    match criterion.reference:
        case "own_mean":
            able = _for_ratings(series, series.counts > 1)
        case "running_mean":
            able = series.position >= 2
        case "previous" | "decline_start":
            able = _near_enough(series, criterion.max_gap)
        case reference:
            assert_never(reference)
    if criterion.rule == "tang_derubeis":
        able = able & has_both_sides(series)
    able = able & _for_ratings(series, ~np.isnan(threshold))
    return np.broadcast_to(able, len(series.rating))


def n_comparable(series: Series, criterion: Criterion, threshold: Floats) -> Ints:
    """Return how many ratings of each patient are `comparable`, shape (n_patients,)."""
    if criterion.rule == "tang_derubeis":
        return series.total(comparable(series, criterion, threshold))
    match criterion.reference:
        case "own_mean":
            number = np.where(series.counts > 1, series.counts, 0)
        case "running_mean":
            number = np.maximum(series.counts - 2, 0)
        case "previous" | "decline_start":
            number = np.maximum(series.counts - 1, 0)
            far = _too_far(series, criterion.max_gap)
            if len(far):
                number -= np.bincount(series.patient[far], minlength=len(number))
        case reference:
            assert_never(reference)
    number[np.isnan(threshold)] = 0
    return number


def drops(series: Series, criterion: Criterion, threshold: Floats) -> tuple[Ints, Floats]:
    """Return the positions of comparable ratings that fell by the threshold, and from what.

    threshold : of each patient, shape (n_patients,); NaN, and zero up to rounding, give no drop.
    """
    # the SD of equal ratings is zero up to rounding: there is no drop
    enough = np.where(threshold > EPSILON, threshold - EPSILON, np.inf)
    if criterion.reference == "previous" and criterion.rule == "threshold":
        return _steps(series, enough, criterion.max_gap)
    reference = references(series, criterion)
    with np.errstate(invalid="ignore"):
        fell = reference - series.rating >= _for_ratings(series, enough)
    if criterion.western_electric:
        fell |= runs_below(series, np.where(threshold > EPSILON, threshold / criterion.k, np.nan))
    at = np.flatnonzero(fell & comparable(series, criterion, threshold))
    if criterion.rule == "tang_derubeis":
        at = at[falls_reliably(series, at, criterion.min_share)]
    return at, reference.take(at)


def _steps(series: Series, enough: Floats, max_gap: int | None) -> tuple[Ints, Floats]:
    """Return `drops` from each rating to the next: the same, without arrays in between."""
    rating, limit = series.rating, _for_ratings(series, enough)
    fell = np.zeros(len(rating), dtype=bool)
    fell[1:] = rating[:-1] - rating[1:] >= (limit if len(limit) < len(rating) else limit[1:])
    fell[series.firsts] = False
    fell[_too_far(series, max_gap)] = False
    at = np.flatnonzero(fell)
    return at, rating.take(at - 1)


def _for_ratings(series: Series, values: NDArray[Any]) -> NDArray[Any]:
    """Give each rating its patient's value; one value when all are equal, as a cohort's SD is."""
    return values[:1] if (values == values[:1]).all() else series.spread(values)


def _too_far(series: Series, max_gap: int | None) -> Ints:
    """Return positions whose rating before is more than `max_gap` sessions back."""
    if max_gap is None:
        return np.empty(0, dtype=np.int64)
    at, sessions = series.gaps
    return at[sessions > max_gap]


def _near_enough(series: Series, max_gap: int | None) -> Bools:
    near = series.later.copy()
    near[_too_far(series, max_gap)] = False
    return near


def _before_decline(series: Series, max_gap: int | None) -> Floats:
    """Return the rating before the unbroken decline to each rating; else the previous rating."""
    before = series.before
    falls = _near_enough(series, max_gap) & (series.rating < before - EPSILON)
    # the last rating that did not fall is where the decline began
    begin = np.maximum.accumulate(np.where(falls, 0, np.arange(len(falls))))
    return np.where(falls, series.rating[begin], before)
