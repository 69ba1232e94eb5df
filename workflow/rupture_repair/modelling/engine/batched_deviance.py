"""The deviance of `deviance.py` at many theta and multiplicities of therapists at once.

For fixed parts whose columns are patient covariates or time × these. Of what belongs to patients,
(J, …, B), the B members of the batch run along the last axis; else along the first. Residuals are
taken from a reference fit, so that differences of sums of squares do not cancel.
"""

from dataclasses import dataclass

import numpy as np

from rupture_repair.modelling.engine.batch import Batch
from rupture_repair.modelling.engine.deviance import FULL
from rupture_repair.modelling.engine.fixed import FIRST_SECOND
from rupture_repair.modelling.engine.summaries import Array
from rupture_repair.modelling.engine.symmetric import (
    invert,
    on_both_sides,
    own_outer,
    summed_outer,
    times_columns,
    times_vectors,
)

# the trace of a product of symmetric matrices in rows (00, 01, 11)
TWICE = np.array([[1.0], [2.0], [1.0]])


@dataclass(frozen=True)
class Evaluations:
    """Members of a batch; deviance is infinite where the data do not identify the model.

    coefficients : (B, p); sigma2, deviance : (B,); gradient : (B, m); hessian : (B, m, m), the
        average information; the last two empty where not asked for.
    """

    theta: Array
    coefficients: Array
    sigma2: Array
    deviance: Array
    gradient: Array
    hessian: Array


def evaluate(
    batch: Batch, theta: Array, weights: Array | None = None, derivatives: bool = True
) -> Evaluations:
    """Evaluate at `theta`, (B, m), with therapists' multiplicities (K, B) where given."""
    return _Evaluator(batch, theta, weights).run(derivatives)


class _Evaluator:
    """One evaluation of a batch; see `Elimination` and `Problem` for the formulas."""

    def __init__(self, batch: Batch, theta: Array, weights: Array | None) -> None:
        self.batch, self.theta = batch, theta
        self.sessions, self.fixed = batch.problem.sessions, batch.fixed
        self.structure = batch.problem.structure
        n = len(theta)
        self.outer = np.ones((self.sessions.n_therapists, n)) if weights is None else weights
        self.outer_first = np.ascontiguousarray(self.outer.T)
        self.inner_weights = None if weights is None else weights[self.sessions.therapist]
        self._eliminate()

    def _eliminate(self) -> None:
        factors = self.structure.factors(self.theta)
        covariance = self.structure.covariances(self.theta)[..., [0, 0, 1], [0, 1, 1]]
        patient, therapist = covariance.transpose(1, 2, 0)
        det_patient, det_therapist = ((factors[..., 0, 0] * factors[..., 1, 1]) ** 2).T
        information, determinant = self.batch.information, self.sessions.determinant[:, None]
        growth = 1.0 + information @ (patient * TWICE) + determinant * det_patient
        adjugate = np.stack([patient[2], -patient[1], patient[0]])
        reduced = determinant[:, :, None] * adjugate
        reduced += information[:, :, None]
        reduced /= growth[:, None]
        total = self._sum(reduced)
        determinant = np.maximum(total[:, 0] * total[:, 2] - total[:, 1] ** 2, 0.0)
        grown = 1.0 + (total * (therapist * TWICE)).sum(axis=1) + determinant * det_therapist
        inner = np.stack([total[:, 2], -total[:, 1], total[:, 0]], axis=1)
        inner = (therapist + det_therapist * inner) / grown[:, None]
        self.reduced, self.total, self.inner = reduced, total, inner
        self.total_first, self.inner_first = _first(total), _first(inner)
        logs = self._sum(np.log(growth)) + np.log(grown)
        self.log_determinant = (self.outer * logs).sum(axis=0)

    def run(self, derivatives: bool) -> Evaluations:
        """Return deviances, and derivatives where asked for."""
        self._solve()
        gradient, hessian = self._derivatives() if derivatives else (np.empty(0), np.empty(0))
        b = self.batch.reference + self.change
        return Evaluations(self.theta, b, self.sigma2, self.deviance, gradient, hessian)

    def _sum(self, values: Array) -> Array:
        """Sum over the patients of each therapist, along the first axis."""
        return np.add.reduceat(values, self.sessions.starts, axis=0)

    def _weighted(self, values: Array) -> Array:
        """Multiply values of patients, (J, …, B), by multiplicities."""
        weights = self.inner_weights
        if weights is None:
            return values
        return values * weights.reshape(len(weights), *[1] * (values.ndim - 2), -1)

    def _absorb(self, lines: Array) -> tuple[Array, Array, Array]:
        """Return G_j*v_j, their sums by therapist and M_k times these, for v of (J, 2, B)."""
        pulled = times_vectors(self.reduced, lines)
        pooled = self._sum(pulled)
        return pulled, pooled, times_vectors(self.inner, pooled)

    def _solve(self) -> None:
        batch, fixed, problem = self.batch, self.fixed, self.batch.problem
        n, p, n_rows = len(self.theta), fixed.n_columns, len(fixed.covariates)
        flat = self.reduced.reshape(len(self.reduced), -1)
        sums = (batch.by_therapist @ flat).reshape(n_rows, -1, 3, n)
        sums = _contiguous(sums.transpose(3, 2, 0, 1)).reshape(n, 3 * n_rows, -1)
        row = (fixed.power + FIRST_SECOND) * n_rows + fixed.covariate
        # both of shape (B, p, 2, K)
        self.sums = sums[:, row.T]
        self.shift = times_columns(self.inner_first, self.sums)
        self.weighted_shift = (self.shift * self.outer_first[:, None, None]).reshape(n, p, -1)
        blocks = batch.products @ self._weighted(self.reduced).reshape(len(flat), -1)
        blocks = _contiguous(blocks.reshape(-1, n).T)[:, 3 * batch.which_pair + fixed._powers]
        xvx = blocks - self.sums.reshape(n, p, -1) @ self.weighted_shift.swapaxes(1, 2)

        residual = batch.residual
        pulled, pooled, settled = self._absorb(np.broadcast_to(residual, (*residual.shape[:2], n)))
        by_row = fixed.covariates @ self._weighted(pulled).reshape(len(flat), -1)
        xve = by_row.reshape(n_rows, 2, n)[fixed.covariate, fixed.power].T
        xve -= (self.weighted_shift @ _first(pooled).reshape(n, -1, 1))[..., 0]
        self.unscaled, log_determinant, singular = invert(xvx)
        self.change = (self.unscaled @ xve[..., None])[..., 0]
        squares = self._sum((residual * pulled).sum(axis=1)) - (pooled * settled).sum(axis=1)
        size, left_over = batch.outside
        squares = (self.outer * (squares + left_over[:, None])).sum(axis=0)
        squares -= (xve * self.change).sum(axis=1)
        self.dof = size @ self.outer - p * problem.reml
        failed = singular | ~((self.dof > 0) & (squares > 0))
        self.dof = np.where(failed, 1.0, self.dof)
        self.sigma2 = np.where(failed, 1.0, squares) / self.dof
        deviance = self.dof * (1 + np.log(2 * np.pi * self.sigma2)) + self.log_determinant
        deviance += problem.reml * log_determinant
        self.deviance = np.where(failed, np.inf, deviance)

    def _derivatives(self) -> tuple[Array, Array]:
        fixed, therapist = self.fixed, self.sessions.therapist
        spread = np.zeros((len(fixed.covariates), 2, len(self.theta)))
        spread[fixed.covariate, fixed.power] = self.change.T
        fitted = fixed.covariates.T @ spread.reshape(len(spread), -1)
        lines = self.batch.residual - fitted.reshape(-1, *spread.shape[1:])
        pulled, pooled, settled = self._absorb(lines)
        on_patients = pulled - times_vectors(self.reduced, settled.take(therapist, axis=0))
        on_therapists = pooled - times_vectors(self.total, settled)
        squares = own_outer(on_patients)
        products = np.stack(
            [
                self._weighted(squares).sum(axis=0),
                (own_outer(on_therapists) * self.outer[:, None]).sum(axis=0),
            ]
        ).transpose(2, 0, 1)[..., FULL]
        levels, directions = self.structure.levels, self.structure.directions(self.theta)
        slope = self._precision() - products / self.sigma2[:, None, None, None]
        gradient = np.einsum("biac,biac->bi", slope[:, levels], directions)
        change = np.einsum("biac,biac->bi", products[:, levels], directions)
        hessian = self._information(on_patients, on_therapists, squares, directions)
        hessian /= self.sigma2[:, None, None]
        taken = change / (np.sqrt(self.dof) * self.sigma2)[:, None]
        hessian -= taken[:, :, None] * taken[:, None]
        return gradient, hessian + self.structure.curvature(slope)

    def _precision(self) -> Array:
        """Return tr(V⁻¹∂V), with P for V⁻¹ under REML, by ∂D of each level, (B, 2, 2, 2)."""
        middle, removed = self.inner, on_both_sides(self.total, self.inner)
        total = (self.total * self.outer[:, None]).sum(axis=0)
        if self.batch.problem.reml:
            moved = self._covaried(self.shift)
            middle = middle + summed_outer(self.shift, moved)
            left = self.sums - times_columns(self.total_first, self.shift)
            removed += summed_outer(left, self._covaried(left))
            middle = self._quadratic(moved) + middle.take(self.sessions.therapist, axis=0)
        else:
            middle = middle.take(self.sessions.therapist, axis=0)
        kept = self._weighted(on_both_sides(self.reduced, middle)).sum(axis=0)
        removed = (removed * self.outer[:, None]).sum(axis=0)
        return np.stack([total - kept, total - removed]).transpose(2, 0, 1)[..., FULL]

    def _covaried(self, values: Array) -> Array:
        """Return C times values of shape (B, p, 2, K)."""
        n, p = values.shape[:2]
        return (self.unscaled @ values.reshape(n, p, -1)).reshape(values.shape)

    def _quadratic(self, moved: Array) -> Array:
        """Return (U_j − R_k) C (U_j − R_k)' less R_k C R_k', (J, 3, B); `moved` is C R_k."""
        batch, fixed = self.batch, self.fixed
        n, n_rows = len(self.theta), len(fixed.covariates)
        power, covariate = fixed.power, fixed.covariate
        full = np.zeros((n, 2, n_rows, 2, n_rows))
        full[:, power[:, None], covariate[:, None], power, covariate] = self.unscaled
        rows = np.stack([full[:, 0, :, 0], full[:, 0, :, 1], full[:, 1, :, 1]], axis=1)
        first, second = batch.pair
        folded = rows[..., first, second] + rows[..., second, first]
        folded[..., first == second] /= 2
        product = batch.products.T @ folded.transpose(2, 1, 0).reshape(len(first), -1)
        crossed = np.zeros((n, 2, 2, n_rows, moved.shape[-1]))
        crossed[:, :, power, covariate] = moved.swapaxes(1, 2)
        both = crossed[:, (0, 0, 1), (0, 1, 1)]
        both += crossed[:, (0, 1, 1), (0, 0, 1)]
        product -= batch.to_patients @ both.transpose(2, 3, 1, 0).reshape(-1, 3 * n)
        return product.reshape(-1, 3, n)

    def _information(
        self, on_patients: Array, on_therapists: Array, squares: Array, directions: Array
    ) -> Array:
        """Return y'PV_iPV_jPy, (B, m, m), from scores of shapes (J, 2, B) and (K, 2, B).

        V_i y is linear in direction i of the level: sums over patients are made of G_j ⊗ s_j and
        G_j ⊗ s_js_j' once, for all directions.
        """
        fixed, levels = self.fixed, self.structure.levels
        n, m = directions.shape[:2]
        inside, outside = np.flatnonzero(levels == 0), np.flatnonzero(levels == 1)
        patient = directions[:, inside].reshape(n, -1, 4).swapaxes(1, 2)
        pulled = self.reduced[:, :, None] * on_patients[:, None]
        by_row = fixed.covariates @ self._weighted(pulled).reshape(len(pulled), -1)
        by_row = _contiguous(by_row.reshape(-1, 3, 2, n).transpose(3, 0, 1, 2))
        on_fixed = np.empty((n, fixed.n_columns, m))
        by_column = by_row[:, fixed.covariate[:, None], FULL[fixed.power]]
        on_fixed[..., inside] = by_column.reshape(n, -1, 4) @ patient
        by_therapist = _contiguous(self._sum(pulled).transpose(3, 0, 1, 2))[:, :, FULL]
        n_therapists = by_therapist.shape[1]
        # Σ G_jf_j of therapists, (B, m, 2, K), and f of the therapists' own directions
        pooled: Array = np.empty((n, m, 2, n_therapists))
        of_patients = by_therapist.reshape(n, -1, 4) @ patient
        pooled[:, inside] = of_patients.reshape(n, n_therapists, 2, -1).transpose(0, 3, 2, 1)
        fields: Array = directions[:, outside] @ _first(on_therapists)[:, None]
        pooled[:, outside] = times_columns(self.total_first, fields)
        settled = times_columns(self.inner_first, pooled).reshape(n, m, -1)
        outer = self.outer_first[:, None, None]
        heavy = (fields * outer).reshape(n, len(outside), 2 * n_therapists)
        pooled, fields = (pooled * outer).reshape(n, m, -1), fields.reshape(heavy.shape)
        on_fixed[..., outside] = self.sums.reshape(n, fixed.n_columns, -1) @ heavy.swapaxes(1, 2)
        on_fixed -= self.shift.reshape(n, fixed.n_columns, -1) @ pooled.swapaxes(1, 2)

        quadratic = -settled @ pooled.swapaxes(1, 2)
        crossed = fields @ pooled.swapaxes(1, 2)
        quadratic[:, outside] += crossed
        quadratic[:, inside[:, None], outside] += crossed[:, :, inside].swapaxes(1, 2)
        weights = self._weighted(self.reduced)
        fourth = np.stack([(weights[:, row, None] * squares).sum(axis=0) for row in range(3)])
        # entries (c, a), (d, e) of Σ G_cd s_a s_e
        fourth = fourth.transpose(2, 0, 1)[:, FULL[:, None, :, None], FULL[:, None]]
        own = patient.swapaxes(1, 2) @ fourth.reshape(n, 4, 4) @ patient
        quadratic[:, inside[:, None], inside] += own
        return quadratic - on_fixed.swapaxes(1, 2) @ self.unscaled @ on_fixed


def _contiguous(values: Array) -> Array:
    return np.ascontiguousarray(values)


def _first(values: Array) -> Array:
    """Return (K, a, B) as (B, a, K)."""
    return np.ascontiguousarray(values.transpose(2, 1, 0))
