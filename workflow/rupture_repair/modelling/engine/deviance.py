"""Profiled deviance of sessions in patients in therapists, with gradient and curvature.

y = Xb + Zu + e with Var(y) = σ²V. The deviance with b and σ² at their best given theta is that of
Bates, Mächler, Bolker & Walker (2015, eq. 35 and 42), evaluated block by block; its curvature is
the average information of Gilmour, Thompson & Cullis (1995) with σ² profiled out.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy.linalg import lapack

from rupture_repair.modelling.engine.elimination import (
    Elimination,
    add_up,
    apply,
    sandwich,
    weighted,
)
from rupture_repair.modelling.engine.fixed import FixedPart, outer_rows
from rupture_repair.modelling.engine.structure import Structure
from rupture_repair.modelling.engine.summaries import Array, Sessions

# smallest pivot of the scaled X'V⁻¹X
DEPENDENT = 1e-7
# rows (00, 01, 11) that make up the symmetric matrix
FULL = np.array([[0, 1], [1, 2]])


class SingularFixedPartError(ValueError):
    """The data, at these weights, do not identify the fixed effects or the residual variance.

    cause : `dependent` columns of the fixed part, or `no_residual` variance.
    """

    def __init__(self, message: str, cause: str = "dependent") -> None:
        """Keep the cause beside the message."""
        super().__init__(message)
        self.cause = cause


@dataclass(frozen=True)
class Remainders:
    """Pooled cross-products of what lines within patients leave of X and y.

    xx : shape (p, p), xy : shape (p,), yy : a number.
    """

    xx: Array
    xy: Array
    yy: float


@dataclass(frozen=True)
class Solution:
    """Fixed effects and residuals at one theta.

    coefficients, unscaled : b, shape (p,), and (X'V⁻¹X)⁻¹, shape (p, p).
    sums, shift : Σ_{j∈k} G_j*U_j and M_k times these, shape (2, p, K).
    sigma2 : (y − Xb)'V⁻¹(y − Xb) by the degrees of freedom.
    residual : that sum of squares by therapist, without pooled remainders of lines, shape (K,).
    patient_scores, therapist_scores : Z'V⁻¹(y − Xb), shapes (2, J) and (2, K).
    deviance : −2 log-likelihood (ML), or the REML criterion.
    """

    coefficients: Array
    unscaled: Array
    sums: Array
    shift: Array
    sigma2: float
    residual: Array
    patient_scores: Array
    therapist_scores: Array
    deviance: float


@dataclass(frozen=True)
class FirstOrder:
    """The profiled deviance at one theta, with what its gradient is made of.

    precision, products : per level, (2, 2, 2): ∂deviance/∂D = precision − products / σ².
    shares : what each therapist adds to the two, shapes (2, 3, K).
    """

    theta: Array
    eliminated: Elimination
    solution: Solution
    precision: Array
    products: Array
    shares: tuple[Array, Array]


@dataclass(frozen=True)
class Evaluation(FirstOrder):
    """The profiled deviance at one theta, with derivatives.

    gradient, hessian : by theta, shapes (m,) and (m, m); the second is the average information.
    """

    gradient: Array
    hessian: Array

    @property
    def deviance(self) -> float:
        """−2 log-likelihood (ML), or the REML criterion."""
        return self.solution.deviance

    @property
    def sigma2(self) -> float:
        """Residual variance."""
        return self.solution.sigma2


@dataclass(frozen=True)
class Problem:
    """Everything that the deviance depends on except theta."""

    sessions: Sessions
    fixed: FixedPart
    remainders: Remainders
    structure: Structure
    reml: bool

    @cached_property
    def dof(self) -> float:
        """Divisor of the residual variance: sessions, less fixed effects under REML."""
        return self.sessions.n_sessions - self.fixed.n_columns * self.reml

    def evaluate(self, theta: Array) -> Evaluation:
        """Evaluate the profiled deviance and its derivatives at `theta`.

        Raises `SingularFixedPartError` when X'V⁻¹X is singular or the residuals vanish.
        """
        at = self.first_order(theta)
        slope = at.precision - at.products / at.solution.sigma2
        directions, levels = self.structure.directions(theta), self.structure.levels
        gradient = np.einsum("iab,iab->i", slope[levels], directions)
        hessian = self._information(at.eliminated, at.solution, at.products, directions)
        hessian += self.structure.curvature(slope)
        return Evaluation(**vars(at), gradient=gradient, hessian=hessian)

    def first_order(self, theta: Array) -> FirstOrder:
        """Evaluate the deviance at `theta` without its curvature; raises as `evaluate`."""
        eliminated = Elimination.at(theta, self.structure, self.sessions)
        solution = self.solve(eliminated)
        shares = self._by_covariance(eliminated, solution)
        outer = self.sessions.therapist_weights
        precision, products = (add_up(share, outer)[:, FULL] for share in shares)
        return FirstOrder(theta, eliminated, solution, precision, products, shares)

    def solve(self, eliminated: Elimination) -> Solution:
        """Return fixed effects, residual variance and deviance, without derivatives.

        Raises `SingularFixedPartError` as `evaluate` does.
        """
        sessions, rest = self.sessions, self.remainders
        weights, outer = sessions.weights, sessions.therapist_weights
        gram, sums = self.fixed.accumulate(eliminated.reduced, sessions)
        shift = apply(eliminated.inner, sums)
        settled = weighted(shift, outer)
        xvx = gram + rest.xx - sums[0] @ settled[0].T - sums[1] @ settled[1].T
        pulled, pooled, _ = eliminated.absorb(sessions.lines)
        xvy = self.fixed.moments(weighted(pulled, weights)[None])[0] + rest.xy
        xvy -= settled[0] @ pooled[0] + settled[1] @ pooled[1]
        b, unscaled, log_determinant = _solve(xvx, xvy)

        # from the residuals themselves: differences of sums of squares would cancel
        deviation = sessions.lines - self.fixed.predict(b[None])[0]
        pulled, pooled, centre = eliminated.absorb(deviation)
        residual = sessions.by_therapist((deviation * pulled).sum(axis=0))
        residual -= (pooled * centre).sum(axis=0)
        squares = add_up(residual, outer) + rest.yy - 2 * rest.xy @ b + b @ rest.xx @ b
        if not (self.dof > 0 and squares > 0):
            raise SingularFixedPartError("the model leaves no residual variance", "no_residual")
        sigma2 = float(squares / self.dof)
        deviance = self.dof * (1 + np.log(2 * np.pi * sigma2)) + eliminated.log_determinant
        deviance += self.reml * log_determinant
        scores = eliminated.scores(pulled, pooled, centre)
        return Solution(b, unscaled, sums, shift, sigma2, residual, *scores, float(deviance))

    def _by_covariance(self, eliminated: Elimination, solution: Solution) -> tuple[Array, Array]:
        """Return what therapists add to `precision` and `products`, rows (00, 01, 11).

        Shapes (2, 3, K): level, row, therapist.
        """
        sessions = self.sessions
        reduced, total, inner = eliminated.reduced, eliminated.total, eliminated.inner
        middle = inner.take(sessions.therapist, axis=1)
        removed = sandwich(total, inner)
        if self.reml:
            unscaled = solution.unscaled
            middle += self.fixed.quadratic(unscaled, solution.shift, sessions.therapist)
            left = solution.sums - apply(total, solution.shift)
            removed += outer_rows(left, unscaled @ left)
        kept = sessions.by_therapist(sandwich(reduced, middle))
        s_j, s_k = solution.patient_scores, solution.therapist_scores
        precision = np.stack([total - kept, total - removed])
        return precision, np.stack([sessions.by_therapist(_squares(s_j)), _squares(s_k)])

    def _information(
        self, eliminated: Elimination, solution: Solution, products: Array, directions: Array
    ) -> Array:
        """Return y'PV_iPV_jPy / σ² less what profiling σ² takes, for V_i = ∂V/∂theta_i."""
        sessions, levels = self.sessions, self.structure.levels
        m = len(levels)
        fields = np.empty((2, m, sessions.n_patients))
        for i, (level, direction) in enumerate(zip(levels, directions, strict=True)):
            if level == 0:
                fields[:, i] = direction @ solution.patient_scores
            else:
                on_therapists = direction @ solution.therapist_scores
                fields[:, i] = on_therapists.take(sessions.therapist, axis=1)
        pulled, pooled, settled = eliminated.absorb(fields)
        pulled = weighted(pulled, sessions.weights)
        pooled = weighted(pooled, sessions.therapist_weights)
        on_fixed = self.fixed.moments(pulled.swapaxes(0, 1))
        on_fixed -= pooled[0] @ solution.shift[0].T + pooled[1] @ solution.shift[1].T
        quadratic = fields[0] @ pulled[0].T + fields[1] @ pulled[1].T
        quadratic -= settled[0] @ pooled[0].T + settled[1] @ pooled[1].T
        quadratic -= on_fixed @ solution.unscaled @ on_fixed.T
        change = np.einsum("iab,iab->i", products[levels], directions)
        sigma2 = solution.sigma2
        return quadratic / sigma2 - np.outer(change, change) / (self.dof * sigma2**2)


def _squares(vectors: Array) -> Array:
    return np.stack([vectors[0] ** 2, vectors[0] * vectors[1], vectors[1] ** 2])


def _solve(xvx: Array, xvy: Array) -> tuple[Array, Array, float]:
    """Return solution, inverse and log determinant of a positive definite system."""
    scale = np.sqrt(np.diag(xvx))
    if not np.all(scale > 0):
        raise SingularFixedPartError("a column of the fixed part vanishes")
    units = scale[:, None] * scale
    factor, failed = lapack.dpotrf(xvx / units, lower=1)
    pivots = np.diag(factor)
    if failed or not np.min(pivots) > DEPENDENT:
        raise SingularFixedPartError("the columns of the fixed part are linearly dependent")
    inverse = lapack.dpotri(factor, lower=1)[0]  # its lower triangle; the upper one is 0
    inverse = inverse + inverse.T
    inverse.flat[:: len(scale) + 1] /= 2
    solution = lapack.dpotrs(factor, xvy / scale, lower=1)[0] / scale
    log_determinant = float(2 * np.log(pivots * scale).sum())
    return solution, inverse / units, log_determinant
