"""The fixed part as lines on time within patients: U_j with Z_j U_j the fitted part of X_j.

Symmetric 2 × 2 weights are rows (00, 01, 11), so that entry (a, b) is row a + b. Patients run
along the last axis everywhere.
"""

from dataclasses import dataclass
from functools import cached_property
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from rupture_repair.modelling.engine.summaries import Array, Codes, Sessions

FIRST_SECOND = np.array([[0], [1]])


class FixedPart(Protocol):
    """What the deviance needs from the fixed part; p columns, J patients, K therapists."""

    @property
    def n_columns(self) -> int:
        """Columns of the design, p."""
        ...

    def accumulate(self, weight: Array, sessions: Sessions) -> tuple[Array, Array]:
        """Return Σ U_j'G_jU_j, (p, p), and Σ_{j∈k} G_jU_j, (2, p, K), for G of shape (3, J)."""
        ...

    def moments(self, values: Array) -> Array:
        """Return Σ_j U_j'v_j, (m, p), for values of shape (m, 2, J)."""
        ...

    def predict(self, coefficients: Array) -> Array:
        """Return U_j b, (m, 2, J), for coefficients of shape (m, p)."""
        ...

    def quadratic(self, covariance: Array, shift: Array, therapist: Codes) -> Array:
        """Return (U_j − R_k) C (U_j − R_k)', (3, J), for C of (p, p) and R of (2, p, K)."""
        ...

    def subset(self, columns: Codes, patients: Codes | None = None) -> "FixedPart":
        """Return the part with these columns and, where given, these patients."""
        ...


@dataclass(frozen=True)
class KroneckerPart:
    """Every column is a patient covariate, or time × a patient covariate.

    covariates : distinct patient covariates, shape (r, J).
    power : power of time of each column, 0 or 1, shape (p,).
    covariate : row of `covariates` that each column takes, shape (p,).
    """

    covariates: Array
    power: Codes
    covariate: Codes

    @property
    def n_columns(self) -> int:
        """Columns of the design, p."""
        return len(self.power)

    @cached_property
    def _powers(self) -> Codes:
        return self.power[:, None] + self.power

    def accumulate(self, weight: Array, sessions: Sessions) -> tuple[Array, Array]:
        """Return Σ U_j'G_jU_j, (p, p), and Σ_{j∈k} G_jU_j, (2, p, K), for G of shape (3, J)."""
        n_rows, n_patients = self.covariates.shape
        weighted = weight[:, None, :] * self.covariates
        sums = sessions.by_therapist(weighted)
        multiplicity = sessions.weights
        right = self.covariates if multiplicity is None else self.covariates * multiplicity
        blocks = weighted.reshape(3 * n_rows, n_patients) @ right.T
        blocks = blocks.reshape(3, n_rows, n_rows)
        gram = blocks[self._powers, self.covariate[:, None], self.covariate]
        return gram, sums[self.power + FIRST_SECOND, self.covariate]

    def moments(self, values: Array) -> Array:
        """Return Σ_j U_j'v_j, (m, p), for values of shape (m, 2, J)."""
        return (values @ self.covariates.T)[:, self.power, self.covariate]

    def predict(self, coefficients: Array) -> Array:
        """Return U_j b, (m, 2, J), for coefficients of shape (m, p)."""
        spread = np.zeros((len(coefficients), 2, len(self.covariates)))
        spread[:, self.power, self.covariate] = coefficients
        return spread @ self.covariates

    def quadratic(self, covariance: Array, shift: Array, therapist: Codes) -> Array:
        """Return (U_j − R_k) C (U_j − R_k)', (3, J), for C of (p, p) and R of (2, p, K)."""
        n_rows, n_patients = self.covariates.shape
        full = np.zeros((2, n_rows, 2, n_rows))
        full[self.power[:, None], self.covariate[:, None], self.power, self.covariate] = covariance
        rows = np.concatenate([full[0, :, 0], full[0, :, 1], full[1, :, 1]])
        product = (rows @ self.covariates).reshape(3, n_rows, n_patients)
        moved = covariance @ shift
        crossed = np.zeros((2, 2, n_rows, shift.shape[-1]))
        crossed[:, self.power, self.covariate] = moved
        both = np.empty((3, n_rows, shift.shape[-1]))
        np.add(crossed[0, 0], crossed[0, 0], out=both[0])
        np.add(crossed[0, 1], crossed[1, 0], out=both[1])
        np.add(crossed[1, 1], crossed[1, 1], out=both[2])
        product -= both.take(therapist, axis=2)
        quadratic = np.einsum("arn,rn->an", product, self.covariates)
        quadratic += outer_rows(shift, moved).take(therapist, axis=1)
        return quadratic

    def subset(self, columns: Codes, patients: Codes | None = None) -> "KroneckerPart":
        """Return the part with these columns and, where given, these patients."""
        covariates = self.covariates
        if patients is not None:
            covariates = np.ascontiguousarray(covariates[:, patients])
        return KroneckerPart(covariates, self.power[columns], self.covariate[columns])


@dataclass(frozen=True)
class GeneralPart:
    """Any design: the coefficients of each column's line on time within each patient.

    lines : shape (2, p, J). What lines leave of the columns is kept by the model.
    """

    lines: Array

    @property
    def n_columns(self) -> int:
        """Columns of the design, p."""
        return self.lines.shape[1]

    def accumulate(self, weight: Array, sessions: Sessions) -> tuple[Array, Array]:
        """Return Σ U_j'G_jU_j, (p, p), and Σ_{j∈k} G_jU_j, (2, p, K), for G of shape (3, J)."""
        first, second = self.lines
        weighted = np.stack(
            [weight[0] * first + weight[1] * second, weight[1] * first + weight[2] * second]
        )
        sums = sessions.by_therapist(weighted)
        if sessions.weights is not None:
            weighted *= sessions.weights
        return weighted[0] @ first.T + weighted[1] @ second.T, sums

    def moments(self, values: Array) -> Array:
        """Return Σ_j U_j'v_j, (m, p), for values of shape (m, 2, J)."""
        return values[:, 0] @ self.lines[0].T + values[:, 1] @ self.lines[1].T

    def predict(self, coefficients: Array) -> Array:
        """Return U_j b, (m, 2, J), for coefficients of shape (m, p)."""
        return np.stack([coefficients @ self.lines[0], coefficients @ self.lines[1]], axis=1)

    def quadratic(self, covariance: Array, shift: Array, therapist: Codes) -> Array:
        """Return (U_j − R_k) C (U_j − R_k)', (3, J), for C of (p, p) and R of (2, p, K)."""
        moved = self.lines - shift[:, :, therapist]
        return outer_rows(moved, covariance @ moved)

    def subset(self, columns: Codes, patients: Codes | None = None) -> "GeneralPart":
        """Return the part with these columns and, where given, these patients."""
        lines = self.lines[:, columns]
        return GeneralPart(lines if patients is None else lines[:, :, patients])


def kronecker_or_general(constant: Array, slope: Array) -> KroneckerPart | GeneralPart:
    """Return the fixed part of columns `constant + time × slope`, both of shape (p, J)."""
    power = np.any(slope != 0, axis=1).astype(np.intp)
    if np.any(constant[power == 1] != 0):
        return GeneralPart(np.stack([constant, slope]))
    columns = np.where(power[:, None] == 1, slope, constant)
    covariates, covariate = _distinct(columns)
    return KroneckerPart(covariates, power, covariate)


def _distinct(rows: Array) -> tuple[Array, NDArray[np.intp]]:
    """Return the distinct rows in order of appearance and which of them each row is."""
    seen: dict[bytes, int] = {}
    which = np.array([seen.setdefault(row.tobytes(), len(seen)) for row in rows + 0.0])
    first = [int(np.argmax(which == n)) for n in range(len(seen))]
    return np.ascontiguousarray(rows[first]), which


def outer_rows(left: Array, right: Array) -> Array:
    """Return Σ_p left_a right_b as rows (00, 01, 11), shape (3, N), for shapes (2, p, N)."""
    product = np.empty((3, left.shape[-1]))
    np.einsum("pn,pn->n", left[0], right[0], out=product[0])
    np.einsum("pn,pn->n", left[0], right[1], out=product[1])
    np.einsum("pn,pn->n", left[1], right[1], out=product[2])
    return product
