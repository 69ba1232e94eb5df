"""Where ratings fall, and where they return: array work, for all patients at once."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rupture_repair.config.criteria import Criterion
from rupture_repair.detection.scales import scale_of
from rupture_repair.detection.series import Floats, Ints, Series
from rupture_repair.detection.tang_derubeis import falls_reliably, has_both_sides

# points: a drop that equals the threshold is a rupture, and a threshold of zero is none, whatever
# the last binary digit says
EPSILON = 1e-9


@dataclass(frozen=True)
class Ruptures:
    """Ruptures as positions in the flat arrays of `Series`, in their order.

    first, last : position of the first and the last drop, shape (n_ruptures,).
    level : what the first drop fell from; needed : what repairs it (points).
    repaired : position of the repair, −1 without one.
    observable : whether a rating follows.
    threshold : k × S of each patient, shape (n_patients,).
    testable : whether a rating had something to be compared with, shape (n_ratings,).
    """

    first: Ints
    last: Ints
    n_drops: Ints
    level: Floats
    needed: Floats
    repaired: Ints
    observable: NDArray[np.bool_]
    threshold: Floats
    testable: NDArray[np.bool_]


def find_ruptures(series: Series, criterion: Criterion) -> Ruptures:
    """Apply a criterion to all series."""
    reference, testable = _references(series, criterion)
    scale = scale_of(series, criterion)
    threshold = criterion.k * scale
    unknown = np.isnan(scale)
    if unknown.any():
        testable = testable & ~unknown[series.patient]
    if criterion.rule == "tang_derubeis":
        testable = testable & has_both_sides(series)
    at = _drops(series, reference, testable, threshold)
    if criterion.rule == "tang_derubeis":
        at = at[falls_reliably(series, reference, criterion.min_share)[at]]
    first, last, n_drops = _declines(series, at, criterion.merge_consecutive)
    level = reference[first]
    needed = level - criterion.repair_tolerance * (level - series.rating[last])
    repaired = _first_return(series, last, needed, criterion.repair_window)
    owner = series.patient[last]
    observable = last < series.starts[owner] + series.counts[owner] - 1
    return Ruptures(first, last, n_drops, level, needed, repaired, observable, threshold, testable)


def _references(series: Series, criterion: Criterion) -> tuple[Floats, np.ndarray]:
    """Return what each rating is compared with, and whether it may be compared at all."""
    n = len(series.rating)
    if criterion.reference == "own_mean":
        return series.own_mean[series.patient], series.counts[series.patient] > 1
    if criterion.reference == "running_mean":
        before = np.r_[0.0, np.cumsum(series.rating)[:-1]] if n else np.empty(0)
        if n:  # sums restart with each patient
            before = before - before[series.starts[series.patient]]
        with np.errstate(invalid="ignore"):
            return before / series.position, series.position >= 2
    reference = series.rating - series.step
    testable = series.position > 0
    if criterion.max_gap is not None and n:
        gap = np.diff(series.session, prepend=series.session[0])
        testable = testable & (gap <= criterion.max_gap)
    return reference, testable


def _drops(series: Series, reference: Floats, testable: np.ndarray, threshold: Floats) -> Ints:
    limit = threshold[series.patient]
    with np.errstate(invalid="ignore"):
        # the SD of equal ratings is zero up to rounding, and then nothing fell
        fell = (reference - series.rating >= limit - EPSILON) & (limit > EPSILON)
    return np.flatnonzero(fell & testable)


def _declines(series: Series, at: Ints, merge: bool) -> tuple[Ints, Ints, Ints]:
    """Return first and last position and number of drops of each decline."""
    if not merge or not len(at):
        return at, at, np.ones(len(at), dtype=np.int64)
    follows = (np.diff(at) == 1) & (np.diff(series.patient[at]) == 0)
    opens = np.flatnonzero(np.r_[True, ~follows])
    closes = np.r_[opens[1:] - 1, len(at) - 1]
    return at[opens], at[closes], closes - opens + 1


def _first_return(series: Series, at: Ints, needed: Floats, window: int | None) -> Ints:
    """Position of the first later rating at or above `needed`; −1 when there is none.

    Steps through the ratings after all ruptures at once; a rupture leaves as soon as it is
    settled, so the cost is the number of ratings up to each repair.
    """
    found = np.full(len(at), -1, dtype=np.int64)
    pending = np.arange(len(at))
    offset = 0
    while len(pending):
        offset += 1
        here = at[pending] + offset
        inside = here < len(series.rating)
        pending, here = pending[inside], here[inside]
        inside = series.patient[here] == series.patient[at[pending]]
        if window is not None:
            inside &= series.session[here] <= series.session[at[pending]] + window
        pending, here = pending[inside], here[inside]
        back = series.rating[here] >= needed[pending] - EPSILON
        found[pending[back]] = here[back]
        pending = pending[~back]
    return found
