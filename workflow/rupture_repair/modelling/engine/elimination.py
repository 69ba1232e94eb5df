"""Random effects eliminated at one theta: patients first, then therapists.

With D the relative covariance of a level, patients leave G_j* = (I + G_jD_p)⁻¹G_j of
G_j = Z_j'Z_j, and therapists take M_k = D_t(I + G_k⁺D_t)⁻¹ of G_k⁺ = Σ_{j∈k} G_j*. Symmetric 2 × 2
matrices are rows (00, 01, 11); all are inverted in closed form, without dividing by det D or det G,
so that zero variances and patients with one session need no care.
"""

from dataclasses import dataclass

import numpy as np

from rupture_repair.modelling.engine.structure import Structure
from rupture_repair.modelling.engine.summaries import Array, Sessions


@dataclass(frozen=True)
class Elimination:
    """What is left of the sessions once the random effects are absorbed.

    reduced, total, inner : G_j* (3, J), G_k⁺ (3, K) and M_k (3, K).
    log_determinant : of V = I + Z_pD_pZ_p' + Z_tD_tZ_t', with multiplicities.
    """

    sessions: Sessions
    reduced: Array
    total: Array
    inner: Array
    log_determinant: float

    @classmethod
    def at(cls, theta: Array, structure: Structure, sessions: Sessions) -> "Elimination":
        """Eliminate patients and therapists at `theta`."""
        (patient, therapist), factors = structure.covariances(theta), structure.factors(theta)
        det_patient, det_therapist = (factors[:, 0, 0] * factors[:, 1, 1]) ** 2
        information, determinant = sessions.information, sessions.determinant

        d = rows(patient)
        growth = 1.0 + _trace(information, d) + determinant * det_patient
        reduced = (information + determinant * _adjugate(d)[:, None]) / growth

        d = rows(therapist)
        total = sessions.by_therapist(reduced)
        determinant = np.maximum(total[0] * total[2] - total[1] ** 2, 0.0)
        growth_therapist = 1.0 + _trace(total, d) + determinant * det_therapist
        inner = (d[:, None] + det_therapist * _adjugate(total)) / growth_therapist
        log_determinant = add_up(np.log(growth), sessions.weights)
        log_determinant += add_up(np.log(growth_therapist), sessions.therapist_weights)
        return cls(sessions, reduced, total, inner, float(log_determinant))

    def absorb(self, lines: Array) -> tuple[Array, Array, Array]:
        """Return G_j*v_j, their sums by therapist and M_k times these, for v of (2, …, J).

        For vectors v and w of lines, Z v and Z w, v'Z'V⁻¹Zw = Σ_j v_j'(G*w)_j − Σ_k (sum of v)'(M
        sum of w).
        """
        pulled = apply(self.reduced, lines)
        pooled = self.sessions.by_therapist(pulled)
        return pulled, pooled, apply(self.inner, pooled)

    def scores(self, pulled: Array, pooled: Array, settled: Array) -> tuple[Array, Array]:
        """Return Z_j'V⁻¹Zv, (2, J), and Z_k'V⁻¹Zv, (2, K), of what `absorb` made of v."""
        on_patients = settled.take(self.sessions.therapist, axis=-1)
        return pulled - apply(self.reduced, on_patients), pooled - apply(self.total, settled)


def rows(matrix: Array) -> Array:
    """Return a symmetric 2 × 2 matrix as rows (00, 01, 11)."""
    return matrix[[0, 0, 1], [0, 1, 1]]


def apply(symmetric: Array, values: Array) -> Array:
    """Multiply symmetric 2 × 2 matrices, (3, N), with values of shape (2, N) or (2, m, N)."""
    first = symmetric[:2] if values.ndim == 2 else symmetric[:2, None]
    product = first * values[0]
    product[0] += symmetric[1] * values[1]
    product[1] += symmetric[2] * values[1]
    return product


def sandwich(outer: Array, middle: Array) -> Array:
    """Return G Q G for symmetric 2 × 2 matrices in rows, shape (3, N)."""
    a, b, c = outer
    x, y, z = middle
    first, second = a * x + b * y, a * y + b * z
    product = np.empty_like(outer)
    product[0] = first * a + second * b
    product[1] = first * b + second * c
    product[2] = (b * x + c * y) * b + (b * y + c * z) * c
    return product


def weighted(values: Array, weights: Array | None) -> Array:
    """Multiply by multiplicities along the last axis, where given."""
    return values if weights is None else values * weights


def add_up(values: Array, weights: Array | None) -> Array:
    """Sum over the last axis, with multiplicities where given."""
    return values.sum(axis=-1) if weights is None else values @ weights


def _adjugate(entries: Array) -> Array:
    return np.stack([entries[2], -entries[1], entries[0]])


def _trace(left: Array, right: Array) -> Array:
    return left[0] * right[0] + 2 * left[1] * right[1] + left[2] * right[2]
