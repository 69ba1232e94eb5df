"""Second derivatives of the deviance by theta, in closed form.

With V_i the derivative of V by element i of theta, those of log|V| + log|X'V⁻¹X| are −tr(PV_iPV_j),
those of y'Py are 2y'PV_iPV_jPy (Searle, Casella & McCulloch 1992, §6.6); under ML V⁻¹ stands for P
in the trace. As V_i = Σ_u Z_uE_iZ_u' over the units u of a level, with E_i of 2 × 2,
tr(PV_iPV_j) = Σ_uv tr(E_iS_uvE_jS_vu), S_uv = Z_u'PZ_v = R_uv − L_uv: R_uv = Z_u'V⁻¹Z_v is zero
between therapists, L_uv = Q_uCQ_v' with C = X'V⁻¹X and Q_u = Z_u'V⁻¹XC⁻¹.
"""

import numpy as np

from rupture_repair.modelling.engine.deviance import FULL, Evaluation, Problem
from rupture_repair.modelling.engine.elimination import sandwich, weighted
from rupture_repair.modelling.engine.fixed import outer_rows
from rupture_repair.modelling.engine.summaries import Array

PATIENT, THERAPIST = 0, 1


def second_derivatives(
    problem: Problem, at: Evaluation, scores: tuple[Array, Array], products: tuple[Array, Array]
) -> Array:
    """Return the second derivatives of the deviance by theta with σ held, shape (m, m).

    scores : Q of patients, (2, p, J), and of therapists, (2, p, K). products : their `outer`.
    """
    structure = problem.structure
    directions, levels = structure.directions(at.theta), structure.levels
    change = np.einsum("iab,iab->i", at.products[levels], directions)
    slope = at.precision - at.products / at.sigma2
    bent = structure.curvature(slope)
    squares = at.hessian - bent + np.outer(change, change) / (problem.dof * at.sigma2**2)
    sums = _Sums(problem, at, scores, products)
    pairs = {
        (one, other): sums.of_levels(one, other)
        for one in np.unique(levels).tolist()
        for other in np.unique(levels).tolist()
    }
    traces = np.empty_like(bent)
    for i, level in enumerate(levels.tolist()):
        for j, other in enumerate(levels.tolist()):
            traces[i, j] = _contracted(directions[i], pairs[level, other], directions[j])
    return 2 * squares - traces + bent


def profiled(problem: Problem, at: Evaluation) -> Array:
    """Return the second derivatives of the profiled deviance by theta, shape (m, m)."""
    scores = fixed_scores(problem, at)
    weights = problem.sessions.weights, problem.sessions.therapist_weights
    products = (
        outer(scores[PATIENT], weights[PATIENT]),
        outer(scores[THERAPIST], weights[THERAPIST]),
    )
    levels, directions = problem.structure.levels, problem.structure.directions(at.theta)
    change = np.einsum("iab,iab->i", at.products[levels], directions) / at.sigma2
    held = second_derivatives(problem, at, scores, products)
    return held - np.outer(change, change) / problem.dof


def fixed_scores(problem: Problem, at: Evaluation) -> tuple[Array, Array]:
    """Return Z'V⁻¹XU of patients, (2, p, J), and of therapists, (2, p, K), U = (X'V⁻¹X)⁻¹."""
    lines = problem.fixed.predict(at.solution.unscaled).swapaxes(0, 1)
    return at.eliminated.scores(*at.eliminated.absorb(lines))


def _contracted(one: Array, sums: Array, other: Array) -> float:
    """Return Σ_uv tr(ES_uvFS_vu) from Σ_uv S_uv[q, r] S_uv[p, s], indexed (q, r, p, s)."""
    return float(np.einsum("pq,qrps,rs->", one, sums, other))


class _Sums:
    """Σ_uv S_uv[q, r] S_uv[p, s] over the units u and v of two levels; arrays (q, r, p, s)."""

    def __init__(
        self,
        problem: Problem,
        at: Evaluation,
        scores: tuple[Array, Array],
        products: tuple[Array, Array],
    ) -> None:
        self.sessions, self.reml = problem.sessions, problem.reml
        weights = self.sessions.weights, self.sessions.therapist_weights
        eliminated, self.outer = at.eliminated, self.sessions.therapist_weights
        reduced, total, inner = eliminated.reduced, eliminated.total, eliminated.inner
        self.inner, self.shared = inner[FULL], problem.structure.therapist != "none"
        left = -np.einsum("xyk,yzk->xzk", inner[FULL], total[FULL])
        left[[0, 1], [0, 1]] += 1.0
        # R_jk = G_j (left of k), R_kk, and what of R_jj is not shared with other patients
        self.left = left
        self.of_unit = (reduced, total - sandwich(total, inner))
        self.weights, self.scores = weights, scores
        if self.shared:
            within = inner.take(self.sessions.therapist, axis=1)
            self.mixed = weighted(sandwich(reduced, within), weights[PATIENT]) @ reduced.T
            squares = self.sessions.by_therapist(reduced[:, None] * reduced)
            self.squares = squares[FULL][:, :, FULL]  # Σ_j G[q, x] G[p, z]: (q, x, p, z, K)
        if self.reml:
            self.information = np.linalg.inv(at.solution.unscaled)
            self.moved = tuple(self.information @ score for score in scores)
            self.spread = [self.information @ product for product in products]
            if self.shared:
                # one after the other, because of their size; (q, x, p, columns, K)
                pulled = [self.sessions.by_therapist(row * scores[PATIENT]) for row in reduced]
                self.pulled = np.stack(pulled)[FULL]

    def of_levels(self, one: int, other: int) -> Array:
        """Return the sum over the units of two levels."""
        if one > other:
            return self.of_levels(other, one).transpose(1, 0, 3, 2)
        found = self._plain(one, other)
        if self.reml:
            crossed = self._crossed(one, other)
            found -= crossed + crossed.transpose(2, 3, 0, 1)
            found += np.einsum("rsxy,pqyx->qrps", self.spread[other], self.spread[one])
        return found

    def _plain(self, one: int, other: int) -> Array:
        """Return Σ R_uv[q, r] R_uv[p, s]."""
        if one != other:
            first = _through(self.squares, self.left)
            return np.einsum("qrpzk,zsk->qrps", first, weighted(self.left, self.outer))
        own = self.of_unit[one]
        found = weighted(own, self.weights[one]) @ own.T
        if one == THERAPIST or not self.shared:
            return found[FULL][:, :, FULL]
        found = (found - self.mixed - self.mixed.T)[FULL][:, :, FULL]
        first = _through(self.squares, self.inner)
        first = np.einsum("qypzk,zwk->qypwk", first, weighted(self.inner, self.outer))
        return found + np.einsum("qypwk,yrwsk->qrps", first, self.squares)

    def _crossed(self, one: int, other: int) -> Array:
        """Return Σ R_uv[q, r] L_uv[p, s]."""
        moved = self.moved[other]
        if one != other:
            first = _through(self.pulled, weighted(self.left, self.outer))
            return (first.reshape(8, -1) @ moved.reshape(2, -1).T).reshape(2, 2, 2, 2)
        own = weighted(outer_rows(self.scores[one], moved), self.weights[one])
        found = (self.of_unit[one] @ own.T)[FULL][:, :, FULL]
        if one == THERAPIST or not self.shared:
            return found
        first = _through(self.pulled, weighted(self.inner, self.outer))
        last = self.information @ self.pulled
        flat = [each.swapaxes(1, 2).reshape(4, -1) for each in (first, last)]
        return found - (flat[0] @ flat[1].T).reshape(2, 2, 2, 2).swapaxes(1, 2)


def _through(values: Array, matrices: Array) -> Array:
    """Return Σ_x values[q, x] matrices[x, y] by therapist, for (2, 2, …, K) and (2, 2, K)."""
    first, second = matrices.reshape(2, 2, 1, 1, -1)
    return values[:, :1] * first + values[:, 1:] * second


def outer(scores: Array, weights: Array | None) -> Array:
    """Return Σ_u Q_u[r]'Q_u[s] of scores, (2, p, N), at multiplicities (N,), as (2, 2, p, p)."""
    p = scores.shape[1]
    flat = scores.reshape(2 * p, -1)
    return (weighted(flat, weights) @ flat.T).reshape(2, p, 2, p).swapaxes(1, 2)
