"""Ruptures and repairs in all patients at once, by array operations."""

from collections.abc import Iterator
from dataclasses import dataclass, fields, replace
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rupture_repair.config.criteria import Criterion
from rupture_repair.detection.comparisons import EPSILON, drops, n_comparable
from rupture_repair.detection.scales import scale_of
from rupture_repair.detection.series import Bools, Floats, Ints, Series

# ruptures without a decision yet whose later ratings are all examined in one step
AT_ONCE = 500


@dataclass(frozen=True)
class Ruptures:
    """Ruptures as positions in the flat arrays of `Series`, in their order.

    owner : place of the patient, shape (n_ruptures,).
    first, last : position of the first and the last drop.
    level : what the first drop fell from; needed : what repairs it (points).
    repaired : position of the repair, −1 without one.
    observable : whether a rating follows.
    threshold : k × S of each patient, shape (n_patients,).
    n_testable : ratings that had something to be compared with, shape (n_patients,).
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
    n_testable: Ints

    @cached_property
    def n_ruptures(self) -> Ints:
        """Number of each patient's ruptures."""
        return np.bincount(self.owner, minlength=len(self.threshold))

    @cached_property
    def n_repaired(self) -> Ints:
        """Number of those that are repaired."""
        repaired = self.owner.take(np.flatnonzero(self.repaired >= 0))
        return np.bincount(repaired, minlength=len(self.threshold))


def find_ruptures(series: Series, criterion: Criterion, scale: Floats | None = None) -> Ruptures:
    """Apply a criterion to all series.

    scale : S of each patient where it is known already, points, shape (n_patients,).
    """
    parts, begin = [], 0
    for patients, block, found in ruptures_by_block(series, criterion, scale):
        parts.append(_moved(found, patients.start, begin) if begin else found)
        begin += len(block.rating)
    return parts[0] if len(parts) == 1 else _joined(parts)


def ruptures_by_block(
    series: Series, criterion: Criterion, scale: Floats | None = None
) -> Iterator[tuple[slice, Series, Ruptures]]:
    """Yield the blocks of the series with their ruptures, in places of the block.

    scale : as for `find_ruptures`.
    """
    threshold = criterion.k * (scale_of(series, criterion) if scale is None else scale)
    for patients, block in series.blocks():
        yield patients, block, _in_block(block, criterion, threshold[patients])


def _in_block(block: Series, criterion: Criterion, threshold: Floats) -> Ruptures:
    at, level = drops(block, criterion, threshold)
    owner = block.patient.take(at)
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
        observable=last + 1 < block.ends.take(owner),
        threshold=threshold,
        n_testable=n_comparable(block, criterion, threshold),
    )
    return with_repairs(block, found, criterion)


def _moved(found: Ruptures, patients: int, ratings: int) -> Ruptures:
    """Return ruptures of a block with places among all patients and all ratings."""
    first = found.first + ratings
    return replace(
        found,
        owner=found.owner + patients,
        first=first,
        last=first if found.last is found.first else found.last + ratings,
        repaired=np.where(found.repaired < 0, -1, found.repaired + ratings),
    )


def _joined(parts: list[Ruptures]) -> Ruptures:
    whole: dict[str, NDArray[Any]] = {}
    known: dict[tuple[int, ...], NDArray[Any]] = {}
    for field in fields(Ruptures):
        arrays = [getattr(part, field.name) for part in parts]
        # what is one array in the parts, such as the first and the last drop, is one in the whole
        same = tuple(map(id, arrays))
        if same not in known:
            known[same] = np.concatenate(arrays)
        whole[field.name] = known[same]
    return Ruptures(**whole)


def with_repairs(series: Series, found: Ruptures, criterion: Criterion) -> Ruptures:
    """Return the same ruptures with the repairs that `criterion` asks for."""
    needed = found.level
    if criterion.repair_tolerance:
        drop = found.level - series.rating[found.last]
        needed = found.level - criterion.repair_tolerance * drop
    end = series.ends.take(found.owner)
    repaired = _first_return(series, found.last, end, needed, criterion.repair_window)
    return replace(found, needed=needed, repaired=repaired)


def _declines(at: Ints, owner: Ints) -> tuple[Ints, Ints]:
    """Return which drops open and which close a decline, as places in `at`."""
    follows = (np.diff(at) == 1) & (np.diff(owner) == 0)
    opens = np.flatnonzero(np.r_[True, ~follows])
    return opens, np.r_[opens[1:] - 1, len(at) - 1]


def _first_return(series: Series, at: Ints, end: Ints, needed: Floats, window: int | None) -> Ints:
    """Position of the first later rating at or above `needed`; −1 when there is none.

    end : position after the patient's last rating. Steps through the ratings after all ruptures
    at once; a rupture leaves once it is decided, so the cost is the number of ratings up to
    each repair. When few ruptures are left, all of their ratings are looked at in one step.
    """
    walls = np.append(series.rating, np.inf)  # where another patient begins, every search ends
    walls[series.firsts] = np.inf
    enough = needed - EPSILON
    found = at + 1
    pending = np.flatnonzero(walls.take(found) < enough)
    enough, here = enough.take(pending), found.take(pending) + 1
    while len(pending) > AT_ONCE:
        found[pending] = here
        low = np.flatnonzero(walls.take(here) < enough)
        pending, enough, here = pending.take(low), enough.take(low), here.take(low) + 1
    ahead = end.take(pending) - here + 1  # with the wall
    opens = np.cumsum(ahead) - ahead
    which = np.repeat(np.arange(len(pending)), ahead)
    places = np.arange(len(which)) + np.repeat(here - opens, ahead)
    back = np.flatnonzero(walls.take(places) >= enough.take(which))
    first = np.flatnonzero(np.diff(which.take(back), prepend=-1))
    found[pending] = places.take(back.take(first))
    found[found >= end] = -1
    if window is not None:
        late = series.session.take(found) > series.session.take(at) + window
        found[late] = -1
    return found
