"""Observed ratings of all patients as flat arrays with group boundaries."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from rupture_repair.detection.grid import Grid

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

# ratings processed at a time: few enough for a core's cache, enough to outweigh the calls
BLOCK = 262_144
# share of the squares around one mean below which their difference from those between patients
# is no longer exact to about twelve digits
SAFE = 1e-3
# attributes that depend on patients and sessions only, not on the ratings
PLACES = ("patient", "starts", "ends", "firsts", "later", "gaps")


@dataclass(frozen=True)
class Series:
    """Ratings sorted by patient and session; missing ratings are left out.

    patients : ids of all patients, rated or not, in sorted order, shape (n_patients,).
    counts : number of ratings of each patient, shape (n_patients,).
    session : session number of each rating, shape (n_ratings,).
    rating : the alliance rating, instrument points, shape (n_ratings,).
    """

    patients: pd.Index
    counts: Ints
    session: Ints
    rating: Floats

    def with_ratings(self, rating: Floats) -> "Series":
        """Return other ratings of the same patients in the same sessions."""
        other = Series(self.patients, self.counts, self.session, rating)
        vars(other).update({name: vars(self)[name] for name in PLACES if name in vars(self)})
        return other

    def of(self, chosen: Ints) -> "Series":
        """Return the patients at these positions, as often as they are named, as other patients."""
        counts = self.counts[chosen]
        first = np.repeat(self.starts[chosen] - np.cumsum(counts) + counts, counts)
        at = first + np.arange(counts.sum())
        return Series(pd.RangeIndex(len(chosen)), counts, self.session[at], self.rating[at])

    @cached_property
    def patient(self) -> Ints:
        """Position in `patients` of each rating."""
        return self.spread(np.arange(len(self.counts)))

    @cached_property
    def starts(self) -> Ints:
        """Position of each patient's first rating (of the next patient's if there is none)."""
        return self.ends - self.counts

    @cached_property
    def ends(self) -> Ints:
        """Position after each patient's last rating."""
        return np.cumsum(self.counts)

    @property
    def position(self) -> Ints:
        """0, 1, … within the patient."""
        return np.arange(len(self.rating)) - self.spread(self.starts)

    @cached_property
    def firsts(self) -> Ints:
        """Positions of first ratings, of patients who have any."""
        return self.starts if self.counts.all() else self.starts[self.counts > 0]

    @cached_property
    def later(self) -> Bools:
        """Whether the patient has a rating before."""
        later = np.ones(len(self.rating), dtype=bool)
        later[self.firsts] = False
        return later

    @property
    def n_later(self) -> Ints:
        """Number of each patient's ratings after the first."""
        return np.maximum(self.counts - 1, 0)

    @property
    def before(self) -> Floats:
        """The rating before, which for first ratings is another patient's: see `later`."""
        before = np.empty_like(self.rating)
        before[1:] = self.rating[:-1]
        before[:1] = np.nan
        return before

    @cached_property
    def gaps(self) -> tuple[Ints, Ints]:
        """Positions of ratings that are more than one session after the one before; how many."""
        step = np.diff(self.session)
        at = np.flatnonzero(step > 1)
        here, next_one = (np.searchsorted(self.firsts, at + n, side="right") for n in (0, 1))
        at = at[here == next_one]  # of one patient
        return at + 1, step[at]

    @cached_property
    def own_mean(self) -> Floats:
        """Mean rating of each patient; NaN without ratings."""
        return self.total(self.rating) / np.where(self.counts, self.counts, np.nan)

    @property
    def deviation(self) -> Floats:
        """Each rating minus its patient's mean."""
        return self.rating - self.spread(self.own_mean)

    @cached_property
    def squares(self) -> Floats:
        """Sum of each patient's squared deviations."""
        return self.each_patient(lambda block: block.total(block.deviation**2))

    @cached_property
    def within_squares(self) -> float:
        """Sum of all squared deviations."""
        sums = np.array([block._squares_and_within() for _, block in self.blocks()])
        around, within = sums.sum(axis=0)
        if within > SAFE * around:
            return float(within)
        # almost nothing is left of a difference of large numbers: slower, and exact
        return float(sum(np.sum(block.deviation**2) for _, block in self.blocks()))

    def _squares_and_within(self) -> tuple[float, float]:
        """Return Σ(a − c)² around the mean of all ratings, and Σ(a − c)² − Σ n (ā − c)²."""
        if not len(self.rating):
            return 0.0, 0.0
        centred = self.rating - self.rating.mean()
        around = float(centred @ centred)
        between = self.total(centred) ** 2 / np.maximum(self.counts, 1)
        return around, around - float(between.sum())

    def spread(self, values: NDArray[Any]) -> NDArray[Any]:
        """Give each rating the value of its patient."""
        return np.repeat(values, self.counts)

    def total(self, values: NDArray[Any]) -> NDArray[Any]:
        """Sum of `values` per patient."""
        kind = np.int64 if values.dtype == bool else values.dtype
        if not len(values):
            return np.zeros(len(self.counts), dtype=kind)
        sums = np.add.reduceat(values, self.firsts, dtype=kind)
        if len(sums) == len(self.counts):
            return sums
        every = np.zeros(len(self.counts), dtype=kind)
        every[self.counts > 0] = sums
        return every

    def each_patient(self, statistic: Callable[["Series"], Floats]) -> Floats:
        """Return a statistic of each patient, worked out block by block."""
        return np.concatenate([statistic(block) for _, block in self.blocks()])

    def blocks(self) -> Iterable[tuple[slice, "Series"]]:
        """Return whole patients, about `BLOCK` ratings at a time, with their place in `patients`.

        Arrays of a block stay in the cache: that is several times faster than one pass of all
        ratings after another. What is derived from a block is given up with it, unless
        `keep_blocks` was called.
        """
        return vars(self).get("kept") or self._blocks()

    def keep_blocks(self) -> None:
        """Keep the blocks with what is derived from them, for several criteria in turn."""
        vars(self)["kept"] = list(self._blocks())

    def _blocks(self) -> Iterator[tuple[slice, "Series"]]:
        inner = np.searchsorted(self.ends, np.arange(BLOCK, len(self.rating), BLOCK)) + 1
        cuts = np.unique(np.r_[0, inner, len(self.ends)])
        if len(cuts) < 3:  # nothing to divide
            yield slice(0, len(self.ends)), self
            return
        for first, last in pairwise(cuts):
            there = slice(self.starts[first], self.ends[last - 1])
            block = Series(
                self.patients[first:last],
                self.counts[first:last],
                self.session[there],
                self.rating[there],
            )
            yield slice(first, last), block


def series_of(sessions: pd.DataFrame, grid: Grid | None = None) -> Series:
    """Arrange a long table (`patient_id`, `session`, `alliance`) as `Series`.

    grid : scores that the questionnaire can give: ratings are taken as these, not as rounded in the
    file (`Grid.unrounded`). Raises `ValueError` when a patient has a session number twice.
    """
    names = sessions["patient_id"]
    number = sessions["session"].to_numpy(dtype=np.int64)
    rating = sessions["alliance"].to_numpy(dtype=np.float64, na_value=np.nan)
    # a table in order needs neither hashing of its names nor sorting
    opens = _opens(names)
    patients = pd.Index(names.array.take(opens), dtype=names.dtype)
    counts = np.diff(opens, append=len(names))
    if not (
        patients.is_monotonic_increasing and patients.is_unique and _rises(number, opens).all()
    ):
        codes, patients = pd.factorize(names, sort=True)
        order = np.lexsort((number, codes))
        number, rating = number[order], rating[order]
        counts = np.bincount(codes, minlength=len(patients))
        n_twice = int((~_rises(number, np.cumsum(counts) - counts)).sum())
        if n_twice:
            raise ValueError(
                f"{n_twice} session number(s) occur twice within a patient; "
                "a rupture is a drop from one session to the next, so each number may occur once"
            )
    every = Series(pd.Index(patients, dtype=names.dtype), counts, number, rating)
    # a sum tells in one pass
    found = select_ratings(every, ~np.isnan(rating)) if np.isnan(rating.sum()) else every
    return found if grid is None else found.with_ratings(grid.unrounded(found.rating))


def select_ratings(series: Series, rows: Bools) -> Series:
    """Return the series with some of its ratings; every patient stays."""
    counts = series.total(rows)
    return Series(series.patients, counts, series.session[rows], series.rating[rows])


def _opens(names: pd.Series) -> Ints:
    """Return the rows in which another name begins."""
    values = names.to_numpy() if isinstance(names.dtype, np.dtype) else names.array
    parts = [np.arange(min(len(values), 1))]
    for begin in range(0, len(values), BLOCK):
        part = values[begin : begin + BLOCK + 1]
        changes = np.asarray(part[1:] != part[:-1], dtype=bool)
        parts.append(np.flatnonzero(changes) + (begin + 1))
    return np.concatenate(parts)


def _rises(number: Ints, opens: Ints) -> Bools:
    """Whether each session number but the first is above the one before, or another patient's."""
    rises = number[1:] > number[:-1]
    rises[opens[opens > 0] - 1] = True
    return rises
