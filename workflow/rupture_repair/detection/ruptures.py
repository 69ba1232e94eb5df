"""Where ratings fall, and where they return: array work, for all patients at once."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from rupture_repair.config.criteria import Criterion
from rupture_repair.detection.control_chart import runs_below
from rupture_repair.detection.scales import scale_of
from rupture_repair.detection.series import Bools, Floats, Ints, Series
from rupture_repair.detection.tang_derubeis import falls_reliably, has_both_sides

# points: a drop that equals the threshold is a rupture, and a threshold of zero is none, whatever
# the last binary digit says
EPSILON = 1e-9


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


def find_ruptures(series: Series, criterion: Criterion) -> Ruptures:
    """Apply a criterion to all series."""
    threshold = criterion.k * scale_of(series, criterion)
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
    needed = level - criterion.repair_tolerance * (level - series.rating[last])
    end = series.ends[owner]
    return Ruptures(
        owner=owner,
        first=first,
        last=last,
        n_drops=n_drops,
        level=level,
        needed=needed,
        repaired=_first_return(series, last, end, needed, criterion.repair_window),
        observable=last + 1 < end,
        threshold=threshold,
        testable=testable,
        n_testable=n_testable,
    )


def _drops(series: Series, criterion: Criterion, threshold: Floats) -> tuple[Ints, Floats, Bools]:
    """Return positions of drops, what they fell from, and which ratings could be judged."""
    reference, testable = _references(series, criterion)
    unknown = np.isnan(threshold)
    if unknown.any():
        testable = testable & ~series.spread(unknown)
    if criterion.rule == "tang_derubeis":
        testable = testable & has_both_sides(series)
    # the SD of equal ratings is zero up to rounding, and then nothing fell
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
    if criterion.reference == "own_mean":
        return series.spread(series.own_mean), series.spread(series.counts > 1)
    if criterion.reference == "running_mean":
        # sums restart with each patient
        before = np.r_[0.0, np.cumsum(series.rating)]
        before = before[:-1] - series.spread(before[series.starts])
        with np.errstate(invalid="ignore"):
            return before / series.position, series.position >= 2
    testable = series.later
    if criterion.max_gap is not None:
        testable = testable.copy()
        testable[1:] &= series.session[1:] - series.session[:-1] <= criterion.max_gap
    return series.before, testable


def _declines(at: Ints, owner: Ints) -> tuple[Ints, Ints]:
    """Return which drops open and which close a decline, as places in `at`."""
    follows = (np.diff(at) == 1) & (np.diff(owner) == 0)
    opens = np.flatnonzero(np.r_[True, ~follows])
    return opens, np.r_[opens[1:] - 1, len(at) - 1]


def _first_return(series: Series, at: Ints, end: Ints, needed: Floats, window: int | None) -> Ints:
    """Position of the first later rating at or above `needed`; −1 when there is none.

    end : position after the patient's last rating. Steps through the ratings after all ruptures
    at once; a rupture leaves as soon as it is settled, so the cost is the number of ratings up to
    each repair.
    """
    found = np.full(len(at), -1, dtype=np.int64)
    latest = None if window is None else series.session[at] + window
    pending = np.flatnonzero(at + 1 < end)
    here, end, enough = at[pending] + 1, end[pending], needed[pending] - EPSILON
    while len(pending):
        going = here < end - 1
        back = series.rating.take(here) >= enough
        if latest is not None:
            in_time = series.session.take(here) <= latest[pending]
            back, going = back & in_time, going & in_time
        settled = np.flatnonzero(back)
        found[pending.take(settled)] = here.take(settled)
        left = np.flatnonzero(going & ~back)
        pending, end, enough = pending.take(left), end.take(left), enough.take(left)
        here = here.take(left) + 1
    return found
