"""Per-patient sufficient statistics of sessions.

Within patient j, with Z_j = [1, time], every column splits into its least-squares line on time
and a remainder orthogonal to Z_j. Random effects of patients and therapists only touch the line:
the likelihood needs the line's two coefficients, Z_j'Z_j, and pooled cross-products of remainders.
"""

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Codes = NDArray[np.intp]

# a spread of times below this share of their mean square is rounding
NO_SPREAD = 1e-13


@dataclass(frozen=True)
class Lines:
    """Time within patients: what regressions of any column on [1, time] need.

    codes : patient of each session, shape (n,).
    size, mean, spread : sessions, mean time and Σ(t − t̄)² per patient, shape (J,).
    centred : t − t̄ per session, shape (n,).
    """

    codes: Codes
    size: Array
    mean: Array
    spread: Array
    centred: Array

    @classmethod
    def of(cls, time: Array, codes: Codes, n_patients: int) -> "Lines":
        """Summarise `time`, shape (n,), by patient."""
        size = np.bincount(codes, minlength=n_patients).astype(float)
        mean = np.bincount(codes, time, n_patients) / size
        centred = time - mean[codes]
        spread = np.asarray(np.bincount(codes, centred**2, n_patients), dtype=float)
        level = np.bincount(codes, time**2, n_patients)
        spread[spread <= NO_SPREAD * level] = 0.0
        return cls(codes, size, mean, spread, centred)

    def regress(self, column: Array) -> tuple[Array, Array]:
        """Return the line's coefficients per patient, (2, J), and the remainder, (n,).

        A patient whose times do not vary gets slope 0.
        """
        n_patients = len(self.size)
        mean = np.bincount(self.codes, column, n_patients) / self.size
        remainder = column - mean[self.codes]
        moment = np.bincount(self.codes, remainder * self.centred, n_patients)
        slope = np.divide(moment, self.spread, out=np.zeros(n_patients), where=self.spread > 0)
        remainder -= slope[self.codes] * self.centred
        return np.stack([mean - slope * self.mean, slope]), remainder


@dataclass(frozen=True)
class Sessions:
    """Sufficient statistics of the sessions, patients sorted by therapist.

    information : Z_j'Z_j as rows (00, 01, 11), shape (3, J).
    determinant : of Z_j'Z_j, computed without cancellation, shape (J,).
    lines : coefficients of the outcome's line, shape (2, J).
    residual : Σ of squared outcome remainders per patient, shape (J,).
    starts : first patient of each therapist, shape (K,).
    therapist : therapist of each patient, shape (J,).
    patient_weights, therapist_weights : multiplicities, shapes (J,) and (K,); a weight of 2 is
        the unit present twice, 0 is the unit left out.
    counted : number of sessions, where Z_j'Z_j is not that of times as they are: Z_j may be any
        two columns, such as those of `residual_correlation`.
    """

    information: Array
    determinant: Array
    lines: Array
    residual: Array
    starts: Codes
    therapist: Codes
    patient_weights: Array | None = None
    therapist_weights: Array | None = None
    counted: float | None = None

    @classmethod
    def of(cls, time: Lines, lines: Array, remainder: Array, therapist: Codes) -> "Sessions":
        """Collect the statistics of an outcome regressed on `time`.

        therapist : sorted codes 0 … K − 1 of the patients' therapists, shape (J,).
        """
        cross = time.size * time.mean
        information = np.stack([time.size, cross, time.spread + cross * time.mean])
        squares = np.bincount(time.codes, remainder**2, len(time.size))
        residual = np.asarray(squares, dtype=float)
        starts = np.flatnonzero(np.diff(therapist, prepend=-1))
        return cls(information, time.size * time.spread, lines, residual, starts, therapist)

    @property
    def n_patients(self) -> int:
        """Patients with data."""
        return len(self.therapist)

    @property
    def n_therapists(self) -> int:
        """Therapists with data."""
        return len(self.starts)

    @cached_property
    def weights(self) -> Array | None:
        """Total multiplicity of each patient, or None when all are 1."""
        if self.therapist_weights is None:
            return self.patient_weights
        outer = self.therapist_weights[self.therapist]
        return outer if self.patient_weights is None else outer * self.patient_weights

    @cached_property
    def n_sessions(self) -> float:
        """Weighted number of sessions."""
        if self.counted is not None:
            return self.counted
        size = self.information[0]
        return float(size.sum() if self.weights is None else size @ self.weights)

    def by_therapist(self, values: Array) -> Array:
        """Sum `values` over the patients of each therapist along the last axis."""
        if self.patient_weights is not None:
            values = values * self.patient_weights
        return np.add.reduceat(values, self.starts, axis=-1)

    def reweighted(self, patient: Array | None, therapist: Array | None) -> "Sessions":
        """Return the same statistics with other multiplicities."""
        return replace(self, patient_weights=patient, therapist_weights=therapist)

    def subset(self, patients: NDArray[np.bool_]) -> "Sessions":
        """Return the statistics of some patients; therapists without any are gone."""
        therapist = self.therapist[patients]
        starts = np.flatnonzero(np.diff(therapist, prepend=-1))
        present = therapist[starts]
        inner, outer = self.patient_weights, self.therapist_weights
        return Sessions(
            self.information[:, patients],
            self.determinant[patients],
            self.lines[:, patients],
            self.residual[patients],
            starts,
            np.searchsorted(present, therapist),
            None if inner is None else inner[patients],
            None if outer is None else outer[present],
        )
