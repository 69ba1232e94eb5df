"""Ruptures and repairs in all patients at once, by array operations."""

from dataclasses import dataclass, replace
from functools import cached_property
from typing import assert_never

import numpy as np

from rupture_repair.config.criteria import Criterion
from rupture_repair.detection.control_chart import runs_below
from rupture_repair.detection.scales import scale_of
from rupture_repair.detection.series import Bools, Floats, Ints, Series
from rupture_repair.detection.tang_derubeis import falls_reliably, has_both_sides

# tolerance in points for rounding: a drop that equals the threshold is a rupture, and a
# threshold of zero gives none
EPSILON = 1e-9

# ratings after ruptures without a decision yet that are examined in one step
AT_ONCE = 20_000


@dataclass(frozen=True)
class Ruptures:
    """Ruptures as positions in the flat arrays of `Series`, in their order.

    owner : place of the patient, shape (n_ruptures,).
    first, last : position of the first and the last drop.
    level : what the first drop fell from; needed : what repairs it (points).
    repaired : position of the repair, −1 without one.
    observable : whether a rating follows.
    threshold : k × S of each patient, shape (n_patients,).
    testable : whether a rating had something to be compared with, shape (n_ratings,).
    n_testable : number of such ratings, shape (n_patients,).
    """

    owner: Ints
    first: Ints
    last: Ints
    n_drops: Ints
    level: Floats
    needed: Floats
    repaired: Ints
    observable: Bools
    threshold: Floats
    testable: Bools
    n_testable: Ints

    @cached_property
    def n_ruptures(self) -> Ints:
        """Number of each patient's ruptures."""
        return np.bincount(self.owner, minlength=len(self.threshold))

    @cached_property
    def n_repaired(self) -> Ints:
        """Number of those that are repaired."""
        return np.bincount(self.owner[self.repaired >= 0], minlength=len(self.threshold))


def find_ruptures(series: Series, criterion: Criterion, scale: Floats | None = None) -> Ruptures:
    """Apply a criterion to all series.

    scale : S of each patient where it is known already, points, shape (n_patients,).
    """
    threshold = criterion.k * (scale_of(series, criterion) if scale is None else scale)
    parts, begin = [], 0
    for patients, block in series.blocks():
        at, level, testable = _drops(block, criterion, threshold[patients])
        owner = block.patient[at] + patients.start
        n_testable = block.n_later if testable is block.later else block.total(testable)
        parts.append((at + begin, owner, level, testable, n_testable))
        begin += len(testable)
    at, owner, level, testable, n_testable = map(np.concatenate, zip(*parts, strict=True))
    first, last, n_drops = at, at, np.ones(len(at), dtype=np.int64)
    if criterion.merge_consecutive and len(at):
        opens, closes = _declines(at, owner)
        first, last, n_drops = at[opens], at[closes], closes - opens + 1
        owner, level = owner[opens], level[opens]
    found = Ruptures(
        owner=owner,
        first=first,
        last=last,
        n_drops=n_drops,
        level=level,
        needed=level,
        repaired=np.full(len(owner), -1, dtype=np.int64),
        observable=last + 1 < series.ends[owner],
        threshold=threshold,
        testable=testable,
        n_testable=n_testable,
    )
    return with_repairs(series, found, criterion)


def with_repairs(series: Series, found: Ruptures, criterion: Criterion) -> Ruptures:
    """Return the same ruptures with the repairs that `criterion` asks for."""
    drop = found.level - series.rating[found.last]
    needed = found.level - criterion.repair_tolerance * drop
    end = series.ends[found.owner]
    repaired = _first_return(series, found.last, end, needed, criterion.repair_window)
    return replace(found, needed=needed, repaired=repaired)


def _drops(series: Series, criterion: Criterion, threshold: Floats) -> tuple[Ints, Floats, Bools]:
    """Return positions of drops, what they fell from, and which ratings could be judged."""
    reference, testable = _references(series, criterion)
    unknown = np.isnan(threshold)
    if unknown.any():
        testable = testable & ~series.spread(unknown)
    if criterion.rule == "tang_derubeis":
        testable = testable & has_both_sides(series)
    # the SD of equal ratings is zero up to rounding: there is no drop
    enough = np.where(threshold > EPSILON, threshold - EPSILON, np.inf)
    with np.errstate(invalid="ignore"):
        fell = reference - series.rating >= _for_ratings(series, enough)
    if criterion.western_electric:
        fell |= runs_below(series, np.where(threshold > EPSILON, threshold / criterion.k, np.nan))
    at = np.flatnonzero(fell & testable)
    if criterion.rule == "tang_derubeis":
        at = at[falls_reliably(series, at, criterion.min_share)]
    return at, reference[at], testable


def _for_ratings(series: Series, values: Floats) -> Floats:
    """Give each rating its patient's value; one value when all are equal, as a cohort's SD is."""
    return values[:1] if (values == values[:1]).all() else series.spread(values)


def _references(series: Series, criterion: Criterion) -> tuple[Floats, Bools]:
    """Return what each rating is compared with, and whether it may be compared at all."""
    match criterion.reference:
        case "own_mean":
            return series.spread(series.own_mean), series.spread(series.counts > 1)
        case "running_mean":
            # sums restart with each patient
            before = np.r_[0.0, np.cumsum(series.rating)]
            before = before[:-1] - series.spread(before[series.starts])
            with np.errstate(invalid="ignore"):
                return before / series.position, series.position >= 2
        case "previous":
            return series.before, _near_enough(series, criterion.max_gap)
        case "decline_start":
            testable = _near_enough(series, criterion.max_gap)
            return _before_decline(series, testable), testable
        case unknown:
            assert_never(unknown)


def _near_enough(series: Series, max_gap: int | None) -> Bools:
    """Return whether the rating before is at most `max_gap` sessions back."""
    if max_gap is None:
        return series.later
    testable = series.later.copy()
    testable[1:] &= series.session[1:] - series.session[:-1] <= max_gap
    return testable


def _before_decline(series: Series, testable: Bools) -> Floats:
    """Return the rating before the unbroken decline to each rating; else the previous rating."""
    with np.errstate(invalid="ignore"):
        falls = testable & (series.rating < series.before - EPSILON)
    # the last rating that did not fall is where the decline began
    begin = np.maximum.accumulate(np.where(falls, 0, np.arange(len(falls))))
    return np.where(falls, series.rating[begin], series.before)


def _declines(at: Ints, owner: Ints) -> tuple[Ints, Ints]:
    """Return which drops open and which close a decline, as places in `at`."""
    follows = (np.diff(at) == 1) & (np.diff(owner) == 0)
    opens = np.flatnonzero(np.r_[True, ~follows])
    return opens, np.r_[opens[1:] - 1, len(at) - 1]


def _first_return(series: Series, at: Ints, end: Ints, needed: Floats, window: int | None) -> Ints:
    """Position of the first later rating at or above `needed`; −1 when there is none.

    end : position after the patient's last rating. Steps through the ratings after all ruptures
    at once; a rupture leaves once it is decided, so the cost is the number of ratings up to
    each repair. When few ratings are left, all of them are looked at in one step.
    """
    found = np.full(len(at), -1, dtype=np.int64)
    pending = np.flatnonzero(at + 1 < end)
    here, end, enough = at[pending] + 1, end[pending], needed[pending] - EPSILON
    latest = None if window is None else series.session[at[pending]] + window
    while int((end - here).sum()) > AT_ONCE:
        going = here < end - 1
        back = series.rating.take(here) >= enough
        if latest is not None:
            in_time = series.session.take(here) <= latest
            back, going = back & in_time, going & in_time
        settled = np.flatnonzero(back)
        found[pending.take(settled)] = here.take(settled)
        left = np.flatnonzero(going & ~back)
        pending, end, enough = pending.take(left), end.take(left), enough.take(left)
        here = here.take(left) + 1
        latest = None if latest is None else latest.take(left)
    ahead = end - here
    which = np.repeat(np.arange(len(pending)), ahead)
    places = np.arange(len(which)) + np.repeat(here - (np.cumsum(ahead) - ahead), ahead)
    back = series.rating.take(places) >= enough.take(which)
    if latest is not None:
        back &= series.session.take(places) <= latest.take(which)
    hits = np.flatnonzero(back)
    owner = which.take(hits)
    first = np.flatnonzero(np.diff(owner, prepend=-1))
    found[pending.take(owner.take(first))] = places.take(hits.take(first))
    return found
