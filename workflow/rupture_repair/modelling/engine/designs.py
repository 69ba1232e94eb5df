"""Refits of one outcome on many versions of its fixed part, evaluated together.

For replicates in which patterns or moderator change and nothing else: sessions, outcome and random
part are shared, and so is the elimination of random effects where theta is. Formulas are those of
`deviance.py`; the B members run along the first axis, patients and therapists along the last.
"""

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from rupture_repair.modelling.engine.batched_deviance import TWICE, Evaluations
from rupture_repair.modelling.engine.design import ALIASED, independent_columns
from rupture_repair.modelling.engine.deviance import FULL, Problem
from rupture_repair.modelling.engine.fixed import FIRST_SECOND, KroneckerPart
from rupture_repair.modelling.engine.summaries import Array, Codes
from rupture_repair.modelling.engine.symmetric import invert

# beyond so many patients evaluating several at once saves nothing
LARGE = 5_000


@dataclass(frozen=True)
class Designs:
    """Versions of a fixed part.

    problem : of one of them, by REML or ML, without multiplicities. fixed : its fixed part.
    covariates : those of each version in place of `fixed.covariates`, shape (B, r, J), or
        (1, r, J), one version that is evaluated at many theta. reference : fixed effects, (p,),
        from which residuals are taken, so that differences of sums of squares do not cancel.
    """

    problem: Problem
    fixed: KroneckerPart
    covariates: Array
    reference: Array | None = None

    @classmethod
    def of(cls, problem: Problem, reference: Array | None = None) -> "Designs | None":
        """Return a problem's own version; None where fixed part or multiplicities forbid it."""
        fixed = problem.fixed
        if not isinstance(fixed, KroneckerPart) or problem.sessions.weights is not None:
            return None
        return cls(problem, fixed, fixed.covariates[None], reference)

    def only(self, members: Codes) -> "Designs":
        """Return some of the versions."""
        if len(self.covariates) == 1:
            return self
        return replace(self, covariates=self.covariates[members])

    @cached_property
    def transposed(self) -> Array:
        """The covariates as columns, (B, J, r)."""
        return self.covariates.swapaxes(1, 2)

    @cached_property
    def lines(self) -> Array:
        """Lines of the outcome less the reference's, (2, J) or (B, 2, J)."""
        lines = self.problem.sessions.lines
        return lines if self.reference is None else lines - self.predict(self.reference[None])

    def accumulate(self, weight: Array) -> tuple[Array, Array]:
        """Return Σ U_j'G_jU_j, (B, p, p), and G_j times covariates, (B, 3, r, J).

        weight : G_j, shape (B, 3, J) or (1, 3, J).
        """
        _, n_rows, n_patients = self.covariates.shape
        weighted = weight[:, :, None] * self.covariates[:, None]
        n = len(weighted)
        blocks = weighted.reshape(n, 3 * n_rows, n_patients) @ self.transposed
        which = self.fixed.covariate
        powers = self.fixed.power[:, None] + self.fixed.power
        return blocks.reshape(n, 3, n_rows, n_rows)[:, powers, which[:, None], which], weighted

    def independent(self) -> NDArray[np.bool_]:
        """Return of which versions no column depends on those before it, (B,)."""
        gram, _ = self.accumulate(self.problem.sessions.information[None])
        squares = np.diagonal(gram, axis1=1, axis2=2)
        size = np.sqrt(np.where(squares > 0, squares, 1.0))
        try:
            factor = np.linalg.cholesky(gram / (size[:, :, None] * size[:, None]))
        except np.linalg.LinAlgError:  # of one of them at least
            return np.array([len(independent_columns(own)) == len(own) for own in gram])
        pivots = np.diagonal(factor, axis1=1, axis2=2) ** 2
        return np.all((squares > 0) & (pivots > ALIASED), axis=1)

    def predict(self, coefficients: Array) -> Array:
        """Return U_j b, (B, 2, J), for coefficients of shape (B, p)."""
        spread = np.zeros((len(coefficients), 2, self.covariates.shape[1]))
        spread[:, self.fixed.power, self.fixed.covariate] = coefficients
        return spread @ self.covariates


@dataclass(frozen=True)
class Solutions(Evaluations):
    """Evaluations with (X'V⁻¹X)⁻¹ of each member, (B, p, p)."""

    unscaled: Array


def evaluate(designs: Designs, theta: Array, derivatives: bool = True) -> Solutions:
    """Evaluate each version at its `theta`, (B, m)."""
    return _Evaluator(designs, theta).run(derivatives)


class _Evaluator:
    """One evaluation; see `Elimination` and `Problem` for the formulas."""

    def __init__(self, designs: Designs, theta: Array) -> None:
        self.designs, self.theta, self.problem = designs, theta, designs.problem
        self.sessions, self.structure = self.problem.sessions, self.problem.structure
        self.starts, self.therapist = self.sessions.starts, self.sessions.therapist
        self.alone = self.structure.therapist == "none"
        if self.alone:  # therapists share nothing: one of all patients is as good
            self.starts, self.therapist = self.starts[:1], np.zeros_like(self.therapist)
        same = len(theta) > 0 and not np.ptp(theta, axis=0).any()
        self._eliminate(theta[:1] if same else theta)

    def _eliminate(self, theta: Array) -> None:
        factors = self.structure.factors(theta)
        covariance = self.structure.covariances(theta)[..., [0, 0, 1], [0, 1, 1]]
        patient, therapist = covariance[:, 0], covariance[:, 1]
        det_patient, det_therapist = ((factors[..., 0, 0] * factors[..., 1, 1]) ** 2).T
        information, determinant = self.sessions.information, self.sessions.determinant
        twice = TWICE[:, 0]
        growth = 1.0 + (patient * twice) @ information + det_patient[:, None] * determinant
        reduced = information + _adjugate(patient)[:, :, None] * determinant
        reduced /= growth[:, None]
        total = self._sum(reduced)
        determinant = np.maximum(total[:, 0] * total[:, 2] - total[:, 1] ** 2, 0.0)
        grown = 1.0 + ((therapist * twice)[:, None] @ total)[:, 0]
        grown += det_therapist[:, None] * determinant
        inner = therapist[:, :, None] + det_therapist[:, None, None] * _adjugate(total)
        inner /= grown[:, None]
        self.reduced, self.total, self.inner = reduced, total, inner
        self.log_determinant = np.log(growth).sum(axis=-1) + np.log(grown).sum(axis=-1)

    def run(self, derivatives: bool) -> Solutions:
        """Return deviances, and derivatives where asked for."""
        self._solve()
        gradient, hessian = self._derivatives() if derivatives else (np.empty(0), np.empty(0))
        found = (self.coefficients, self.sigma2, self.deviance, gradient, hessian)
        return Solutions(self.theta, *found, self.unscaled)

    def _sum(self, values: Array) -> Array:
        """Sum over the patients of each therapist, along the last axis."""
        return np.add.reduceat(values, self.starts, axis=-1)

    def _absorb(self, lines: Array) -> tuple[Array, Array, Array]:
        """Return G_j*v_j, their sums by therapist and M_k times these, for v of (B, 2, …, J)."""
        pulled = _apply(self.reduced, lines)
        pooled = self._sum(pulled)
        return pulled, pooled, _apply(self.inner, pooled)

    def _solve(self) -> None:
        designs, fixed, problem = self.designs, self.designs.fixed, self.problem
        n, p = len(self.theta), fixed.n_columns
        gram, weighted = designs.accumulate(self.reduced)
        self.sums = self._sum(weighted)[:, fixed.power + FIRST_SECOND, fixed.covariate]
        self.shift = _apply(self.inner, self.sums)
        self.flat_shift = _flat(self.shift)
        xvx = gram - _flat(self.sums) @ self.flat_shift.swapaxes(1, 2)
        lines = designs.lines
        pulled, pooled, _ = self._absorb(lines.reshape(-1, *lines.shape[-2:]))
        by_row = designs.covariates @ pulled.swapaxes(1, 2)
        xvy = by_row[:, fixed.covariate, fixed.power]
        xvy -= (self.flat_shift @ pooled.reshape(len(pooled), -1, 1))[..., 0]
        self.unscaled, log_determinant, singular = invert(xvx)
        change = (self.unscaled @ xvy[..., None])[..., 0]
        self.coefficients = change if designs.reference is None else change + designs.reference
        # from the residuals themselves: differences of sums of squares would cancel
        deviation = lines - designs.predict(change)
        self.pulled, self.pooled, self.settled = self._absorb(deviation)
        squares = self.sessions.residual.sum() + (deviation * self.pulled).sum(axis=(1, 2))
        squares -= (self.pooled * self.settled).sum(axis=(1, 2))
        self.dof = self.sessions.n_sessions - p * problem.reml
        failed = singular | ~(squares > 0) | np.full(n, self.dof <= 0)
        self.sigma2 = np.where(failed, 1.0, squares) / max(self.dof, 1.0)
        deviance = self.dof * (1 + np.log(2 * np.pi * self.sigma2)) + self.log_determinant
        deviance += problem.reml * log_determinant
        self.deviance = np.where(failed, np.inf, deviance)

    def _scores(self) -> tuple[Array, Array]:
        """Return Z_j'V⁻¹(y − Xb), (B, 2, J), and Z_k'V⁻¹(y − Xb), (B, 2, K)."""
        on_patients = self.pulled - _apply(self.reduced, self.settled[..., self.therapist])
        return on_patients, self.pooled - _apply(self.total, self.settled)

    def _products(self, on_patients: Array, on_therapists: Array) -> Array:
        squares = [_squares(scores).sum(axis=-1) for scores in (on_patients, on_therapists)]
        return np.stack(squares, axis=1)[..., FULL]

    def _derivatives(self) -> tuple[Array, Array]:
        on_patients, on_therapists = self._scores()
        products = self._products(on_patients, on_therapists)
        levels, directions = self.structure.levels, self.structure.directions(self.theta)
        slope = self._precision() - products / self.sigma2[:, None, None, None]
        gradient = np.einsum("biac,biac->bi", slope[:, levels], directions)
        change = np.einsum("biac,biac->bi", products[:, levels], directions)
        both = np.stack([on_patients, on_therapists[..., self.therapist]], axis=1)
        hessian = self._information(directions @ both[:, levels]) / self.sigma2[:, None, None]
        taken = change / (np.sqrt(self.dof) * self.sigma2)[:, None]
        hessian -= taken[:, :, None] * taken[:, None]
        return gradient, hessian + self.structure.curvature(slope)

    def _precision(self) -> Array:
        """Return tr(V⁻¹∂V), with P for V⁻¹ under REML, by ∂D of each level, (B, 2, 2, 2)."""
        middle = self.inner.take(self.therapist, axis=-1)
        removed = _sandwich(self.total, self.inner)
        if self.problem.reml:
            moved = self.unscaled[:, None] @ self.shift
            left = self.sums - _apply(self.total, self.shift)
            middle = middle + self._quadratic(moved)
            removed = removed + _outer(left, self.unscaled[:, None] @ left)
        kept = _sandwich(self.reduced, middle).sum(axis=-1)
        total = self.total.sum(axis=-1)
        return np.stack(np.broadcast_arrays(total - kept, total - removed.sum(axis=-1)), axis=1)[
            ..., FULL
        ]

    def _quadratic(self, moved: Array) -> Array:
        """Return (U_j − R_k) C (U_j − R_k)', (B, 3, J); `moved` is C R_k."""
        designs, power, which = self.designs, self.designs.fixed.power, self.designs.fixed.covariate
        _, n_rows, n_patients = designs.covariates.shape
        n = len(self.theta)
        full = np.zeros((n, 2, n_rows, 2, n_rows))
        full[:, power[:, None], which[:, None], power, which] = self.unscaled
        rows = np.concatenate([full[:, 0, :, 0], full[:, 0, :, 1], full[:, 1, :, 1]], axis=1)
        product = (rows @ designs.covariates).reshape(n, 3, n_rows, n_patients)
        if self.alone:
            return np.einsum("narj,nrj->naj", product, designs.covariates)
        crossed = np.zeros((n, 2, 2, n_rows, moved.shape[-1]))
        crossed[:, :, power, which] = moved
        both = crossed[:, (0, 0, 1), (0, 1, 1)] + crossed[:, (0, 1, 1), (0, 0, 1)]
        product -= both.take(self.therapist, axis=-1)
        quadratic = np.einsum("narj,nrj->naj", product, designs.covariates)
        return quadratic + _outer(self.shift, moved).take(self.therapist, axis=-1)

    def _information(self, fields: Array) -> Array:
        """Return y'PV_iPV_jPy, (B, m, m), for the fields V_i y of shape (B, m, 2, J)."""
        fixed = self.designs.fixed
        n, m = fields.shape[:2]
        pulled, pooled, settled = (
            np.ascontiguousarray(part.swapaxes(1, 2))
            for part in self._absorb(fields.swapaxes(1, 2))
        )
        by_row = pulled.reshape(n, 2 * m, -1) @ self.designs.transposed
        on_fixed = by_row.reshape(n, m, 2, -1)[..., fixed.power, fixed.covariate]
        pooled = pooled.reshape(n, m, -1)
        on_fixed -= pooled @ self.flat_shift.swapaxes(1, 2)
        quadratic = fields.reshape(n, m, -1) @ pulled.reshape(n, m, -1).swapaxes(1, 2)
        quadratic -= settled.reshape(n, m, -1) @ pooled.swapaxes(1, 2)
        return quadratic - on_fixed @ self.unscaled @ on_fixed.swapaxes(1, 2)


def _flat(values: Array) -> Array:
    """Return values of shape (B, 2, p, K) as (B, p, 2K)."""
    n, _, p, _ = values.shape
    return values.swapaxes(1, 2).reshape(n, p, -1)


def _adjugate(rows: Array) -> Array:
    return np.stack([rows[:, 2], -rows[:, 1], rows[:, 0]], axis=1)


def _apply(symmetric: Array, values: Array) -> Array:
    """Multiply symmetric matrices, (B, 3, N), with values of shape (B, 2, N) or (B, 2, m, N)."""
    rows = symmetric if values.ndim == 3 else symmetric[:, :, None]
    product = rows[:, :2] * values[:, :1]
    product += rows[:, 1:] * values[:, 1:]
    return product


def _sandwich(outer: Array, middle: Array) -> Array:
    """Return G Q G for symmetric matrices in rows, (B, 3, N)."""
    a, b, c = outer.swapaxes(0, 1)
    x, y, z = middle.swapaxes(0, 1)
    first, second = a * x + b * y, a * y + b * z
    rows = [first * a + second * b, first * b + second * c]
    return np.stack([*rows, (b * x + c * y) * b + (b * y + c * z) * c], axis=1)


def _squares(vectors: Array) -> Array:
    first, second = vectors[:, 0], vectors[:, 1]
    return np.stack([first**2, first * second, second**2], axis=1)


def _outer(left: Array, right: Array) -> Array:
    """Return Σ_p left_a right_b as rows, (B, 3, N), for shapes (B, 2, p, N)."""
    pairs = ((0, 0), (0, 1), (1, 1))
    return np.stack([np.einsum("npk,npk->nk", left[:, a], right[:, b]) for a, b in pairs], axis=1)
