"""Profiled deviance of sessions in patients in therapists, with gradient and curvature.

Notation: y = Xb + Zu + e, Var(y) = σ²V with V = I + Z_p D_p Z_p' + Z_t D_t Z_t'. Patients are
eliminated first, G_j* = (I + G_jD_p)⁻¹G_j with G_j = Z_j'Z_j; then therapists, by
M_k = D_t(I + G_k⁺D_t)⁻¹ with G_k⁺ = Σ_{j∈k} G_j*; then the fixed effects. This is the profiled
deviance of Bates, Mächler, Bolker & Walker (2015, eq. 35 and 42), evaluated block by block.
"""

from dataclasses import dataclass, replace

import numpy as np
from scipy.linalg import lapack

from rupture_repair.modelling.engine.fixed import FixedPart
from rupture_repair.modelling.engine.structure import Structure
from rupture_repair.modelling.engine.summaries import Array, Sessions


class SingularFixedPartError(ValueError):
    """The fixed effects are not identified by the data at these weights."""


@dataclass(frozen=True)
class Remainders:
    """Pooled cross-products of what the lines within patients leave of X and y.

    xx : shape (p, p), xy : shape (p,), yy : a number.
    """

    xx: Array
    xy: Array
    yy: float


@dataclass(frozen=True)
class Evaluation:
    """The profiled deviance at one theta.

    deviance : −2 log-likelihood (ML) or REML criterion at the best b and σ².
    gradient, hessian : by theta; the second is the average-information approximation.
    coefficients, unscaled : b, shape (p,), and (X'V⁻¹X)⁻¹, shape (p, p).
    sigma2 : residual variance.
    precision, scores : per level (2, 2, 2), such that ∂deviance/∂D = precision − scores / σ².
    patient_scores, therapist_scores : Z'V⁻¹(y − Xb), shapes (2, J) and (2, K).
    reduced, inner, shift : G_j* (3, J), M_k (3, K) and M_k Σ G_j*U_j (2, p, K).
    """

    theta: Array
    deviance: float
    gradient: Array
    hessian: Array
    coefficients: Array
    unscaled: Array
    sigma2: float
    precision: Array
    scores: Array
    patient_scores: Array
    therapist_scores: Array
    reduced: Array
    total: Array
    inner: Array
    shift: Array


@dataclass(frozen=True)
class Problem:
    """Everything that the deviance depends on except theta."""

    sessions: Sessions
    fixed: FixedPart
    remainders: Remainders
    structure: Structure
    reml: bool

    @property
    def n_sessions(self) -> float:
        """Weighted number of sessions."""
        return self.sessions.n_sessions

    @property
    def dof(self) -> float:
        """Divisor of the residual variance: sessions, less fixed effects under REML."""
        return self.n_sessions - self.fixed.n_columns * self.reml

    def with_method(self, reml: bool) -> "Problem":
        """Return the same problem for REML or ML."""
        return replace(self, reml=reml)

    def evaluate(self, theta: Array) -> Evaluation:
        """Evaluate the profiled deviance at `theta`.

        Raises `SingularFixedPartError` when X'V⁻¹X is singular or the residuals vanish.
        """
        sessions, fixed, rest = self.sessions, self.fixed, self.remainders
        therapist = sessions.therapist
        weights, outer = sessions.weights, sessions.therapist_weights
        covariances = self.structure.covariances(theta)
        factors = self.structure.factors(theta)

        # patients
        d_p, det_p = _rows(covariances[0]), (factors[0, 0, 0] * factors[0, 1, 1]) ** 2
        g, det_g = sessions.information, sessions.determinant
        growth = 1.0 + _trace(g, d_p) + det_g * det_p
        reduced = (g + det_g * _adjugate(d_p)[:, None]) / growth
        log_det = _sum(np.log(growth), weights)

        # therapists
        total = sessions.by_therapist(reduced)
        d_t, det_t = _rows(covariances[1]), (factors[1, 0, 0] * factors[1, 1, 1]) ** 2
        det_total = np.maximum(total[0] * total[2] - total[1] ** 2, 0.0)
        growth_t = 1.0 + _trace(total, d_t) + det_total * det_t
        inner = (d_t[:, None] + det_t * _adjugate(total)) / growth_t
        log_det += _sum(np.log(growth_t), outer)

        # fixed effects
        gram, sums = fixed.accumulate(reduced, sessions)
        shift = _apply(inner, sums)
        shift_weighted = shift if outer is None else shift * outer
        xvx = gram + rest.xx - np.einsum("apk,aqk->pq", sums, shift_weighted, optimize=True)
        line_scores = _apply(reduced, sessions.lines)
        xvy = (
            fixed.moments(_weighted(line_scores, weights)[None])[0]
            + rest.xy
            - np.einsum("apk,ak->p", shift_weighted, sessions.by_therapist(line_scores))
        )
        b, unscaled, log_det_x = _solve(xvx, xvy)

        # residuals
        deviation = sessions.lines - fixed.predict(b[None])[0]
        weighted_deviation = _apply(reduced, deviation)
        pooled = sessions.by_therapist(weighted_deviation)
        centre = _apply(inner, pooled)
        rss = (
            rest.yy - 2 * rest.xy @ b + b @ rest.xx @ b
            + _sum((deviation * weighted_deviation).sum(axis=0), weights)
            - _sum((pooled * centre).sum(axis=0), outer)
        )  # fmt: skip
        dof = self.dof
        if not (rss > 0 and dof > 0):
            raise SingularFixedPartError("the model fits the sessions without residual variance")
        sigma2 = rss / dof
        deviance = dof * (1 + np.log(2 * np.pi * sigma2)) + log_det + self.reml * log_det_x

        # first derivatives by D (patients, therapists)
        patient_scores = weighted_deviation - _apply(reduced, centre[:, therapist])
        therapist_scores = pooled - _apply(total, centre)
        removed = inner[:, therapist]
        removed_t = _sandwich(total, inner)
        if self.reml:
            removed = removed + fixed.quadratic(unscaled, shift, therapist)
            left = sums - _apply(total, shift)
            removed_t = removed_t + np.stack(
                [
                    np.einsum("pk,pk->k", left[a], moved)
                    for a, moved in zip((0, 0, 1), unscaled @ left[[0, 1, 1]], strict=True)
                ]
            )
        precision = np.stack(
            [
                _matrix(_sum(reduced - _sandwich(reduced, removed), weights)),
                _matrix(_sum(total - removed_t, outer)),
            ]
        )
        scores = np.stack(
            [
                _weighted(patient_scores, weights) @ patient_scores.T,
                _weighted(therapist_scores, outer) @ therapist_scores.T,
            ]
        )
        by_covariance = precision - scores / sigma2

        # by theta
        directions = self.structure.directions(theta)
        levels = [level for level, _, _ in self.structure.entries]
        gradient = np.array(
            [(by_covariance[n] * d).sum() for n, d in zip(levels, directions, strict=True)]
        )
        fields = np.stack(
            [
                d @ (patient_scores if n == 0 else therapist_scores[:, therapist])
                for n, d in zip(levels, directions, strict=True)
            ]
        )
        pulled = _apply(reduced, fields.transpose(1, 0, 2)).transpose(1, 0, 2)
        gathered = sessions.by_therapist(pulled)
        settled = _apply(inner, gathered.transpose(1, 0, 2)).transpose(1, 0, 2)
        pulled_weighted = _weighted(pulled, weights)
        on_fixed = fixed.moments(pulled_weighted) - np.einsum(
            "apk,iak->ip", shift_weighted, gathered, optimize=True
        )
        n_theta = len(theta)
        information = (
            fields.reshape(n_theta, -1) @ pulled_weighted.reshape(n_theta, -1).T
            - _weighted(gathered, outer).reshape(n_theta, -1) @ settled.reshape(n_theta, -1).T
            - on_fixed @ unscaled @ on_fixed.T
        )
        change = np.array([(scores[n] * d).sum() for n, d in zip(levels, directions, strict=True)])
        hessian = (
            information / sigma2
            - np.outer(change, change) / (dof * sigma2**2)
            + self.structure.curvature(by_covariance)
        )
        return Evaluation(
            theta, float(deviance), gradient, hessian, b, unscaled, float(sigma2), precision,
            scores, patient_scores, therapist_scores, reduced, total, inner, shift,
        )  # fmt: skip


def _solve(xvx: Array, xvy: Array) -> tuple[Array, Array, float]:
    """Return b, the inverse and the log determinant of a positive definite system."""
    scale = np.sqrt(np.diag(xvx))
    if not np.all(scale > 0):
        raise SingularFixedPartError("a column of the fixed part vanishes")
    factor, failed = lapack.dpotrf(xvx / np.outer(scale, scale), lower=1)
    if failed or np.min(np.diag(factor)) < 1e-7:
        raise SingularFixedPartError("the columns of the fixed part are linearly dependent")
    inverse = lapack.dpotri(factor, lower=1)[0]
    inverse = (np.tril(inverse) + np.tril(inverse, -1).T) / np.outer(scale, scale)
    solution = lapack.dpotrs(factor, xvy / scale, lower=1)[0] / scale
    return solution, inverse, float(2 * np.log(np.diag(factor) * scale).sum())


def _rows(matrix: Array) -> Array:
    return np.array([matrix[0, 0], matrix[0, 1], matrix[1, 1]])


def _matrix(rows: Array) -> Array:
    return np.array([[rows[0], rows[1]], [rows[1], rows[2]]])


def _adjugate(rows: Array) -> Array:
    return np.stack([rows[2], -rows[1], rows[0]])


def _trace(left: Array, right: Array) -> Array:
    return left[0] * right[0] + 2 * left[1] * right[1] + left[2] * right[2]


def _apply(rows: Array, values: Array) -> Array:
    """Multiply symmetric 2 × 2 matrices, (3, N), with values of shape (2, …, N)."""
    return np.stack(
        [
            rows[0] * values[0] + rows[1] * values[1],
            rows[1] * values[0] + rows[2] * values[1],
        ]
    )


def _sandwich(outer: Array, middle: Array) -> Array:
    """Return G Q G for symmetric 2 × 2 matrices in rows, shape (3, N)."""
    a, b, c = outer
    x, y, z = middle
    first, second = a * x + b * y, a * y + b * z
    third, fourth = b * x + c * y, b * y + c * z
    return np.stack([first * a + second * b, first * b + second * c, third * b + fourth * c])


def _weighted(values: Array, weights: Array | None) -> Array:
    return values if weights is None else values * weights


def _sum(values: Array, weights: Array | None) -> Array:
    """Sum over the last axis, with multiplicities where given."""
    return values.sum(axis=-1) if weights is None else values @ weights
