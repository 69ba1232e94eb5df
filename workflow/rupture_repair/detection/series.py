"""Observed ratings of all patients as flat arrays with group boundaries."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Series:
    """Ratings sorted by patient and session; missing ratings are left out.

    patients : ids of all patients, rated or not, in sorted order, shape (n_patients,).
    patient : position in `patients` of each rating, shape (n_ratings,).
    session : session number of each rating.
    rating : the alliance rating, instrument points.
    """

    patients: pd.Index
    patient: Ints
    session: Ints
    rating: Floats

    @cached_property
    def counts(self) -> Ints:
        """Number of ratings of each patient."""
        return np.bincount(self.patient, minlength=len(self.patients))

    @cached_property
    def starts(self) -> Ints:
        """Position of each patient's first rating (of the next patient's if there is none)."""
        return np.r_[0, np.cumsum(self.counts)[:-1]]

    @cached_property
    def position(self) -> Ints:
        """0, 1, … within the patient."""
        return np.arange(len(self.rating)) - self.starts[self.patient]

    def total(self, values: Floats) -> Floats:
        """Sum of `values` per patient."""
        return np.bincount(self.patient, weights=values, minlength=len(self.patients))

    @cached_property
    def own_mean(self) -> Floats:
        """Mean rating of each patient; NaN without ratings."""
        with np.errstate(invalid="ignore"):
            return self.total(self.rating) / self.counts

    @cached_property
    def deviation(self) -> Floats:
        """Each rating minus its patient's mean."""
        return self.rating - self.own_mean[self.patient]

    @cached_property
    def step(self) -> Floats:
        """Each rating minus the patient's rating before; NaN for first ratings."""
        step = np.full(len(self.rating), np.nan)
        if len(self.rating) > 1:
            step[1:] = np.where(self.position[1:] > 0, np.diff(self.rating), np.nan)
        return step


def series_of(sessions: pd.DataFrame) -> Series:
    """Arrange a long table (`patient_id`, `session`, `alliance`) as `Series`.

    Raises `ValueError` when a column is absent or a patient has a session number twice.
    """
    absent = {"patient_id", "session", "alliance"} - set(sessions.columns)
    if absent:
        raise ValueError(f"the sessions table lacks the column(s) {', '.join(sorted(absent))}")
    codes, patients = _codes(sessions["patient_id"])
    number = sessions["session"].to_numpy(dtype=np.int64)
    rating = sessions["alliance"].to_numpy(dtype=np.float64, na_value=np.nan)
    if not _is_sorted(codes, number):
        order = np.lexsort((number, codes))
        codes, number, rating = codes[order], number[order], rating[order]
    twice = (np.diff(codes) == 0) & (np.diff(number) == 0)
    if twice.any():
        raise ValueError(
            f"{int(twice.sum())} session number(s) occur twice within a patient; "
            "a rupture is a drop from one session to the next, so each number may occur once"
        )
    seen = ~np.isnan(rating)
    if not seen.all():
        codes, number, rating = codes[seen], number[seen], rating[seen]
    return Series(patients, codes, number, rating)


def _codes(names: pd.Series) -> tuple[Ints, pd.Index]:
    """Return each row's place among the sorted names, and those names.

    A table that is sorted by patient needs no hashing of its names.
    """
    values = names.array
    opens = np.ones(len(values), dtype=bool)
    if len(values) > 1 and not names.hasnans:
        opens[1:] = np.asarray(values[1:] != values[:-1], dtype=bool)
        patients = pd.Index(values[opens])
        if patients.is_monotonic_increasing and patients.is_unique:
            return np.cumsum(opens) - 1, patients
    codes, patients = pd.factorize(names, sort=True)
    return codes.astype(np.int64), pd.Index(patients)


def _is_sorted(codes: Ints, number: Ints) -> bool:
    later = np.diff(codes)
    return bool(np.all((later > 0) | ((later == 0) & (np.diff(number) >= 0))))
