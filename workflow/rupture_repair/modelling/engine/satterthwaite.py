"""Satterthwaite degrees of freedom, as lmerTest computes them.

Kuznetsova, Brockhoff & Christensen (2017): df = 2 (c'Vc)² / (g'Ag), with V the covariance of the
fixed effects as a function of theta and σ, g its gradient, and A twice the inverse Hessian of the
deviance by theta and σ, with b profiled out.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from rupture_repair.modelling.engine.deviance import Evaluation, Problem
from rupture_repair.modelling.engine.elimination import weighted
from rupture_repair.modelling.engine.optimise import time_unit
from rupture_repair.modelling.engine.summaries import Array

# step of the central difference of the analytic gradient, relative to theta
STEP = 1e-4
# directions whose curvature is below this share of the largest carry no information
FLAT = 1e-9


@dataclass(frozen=True)
class Satterthwaite:
    """Curvature of the deviance at a fit, and degrees of freedom from it."""

    problem: Problem
    at: Evaluation

    @property
    def scale(self) -> Array:
        """Unit of each element of theta: 1, or one by time's root mean square."""
        return time_unit(self.problem) ** self.problem.structure.time_powers()

    @cached_property
    def hessian(self) -> Array:
        """Second derivatives of the deviance by (theta, σ/σ̂), shape (m + 1, m + 1).

        Slopes' elements of theta are in units of time's root mean square, so that all elements
        are relative to the residual SD.
        """
        theta, scale = self.at.theta, self.scale
        m = len(theta)
        hessian = np.empty((m + 1, m + 1))
        for i in range(m):
            step = np.zeros(m)
            step[i] = STEP * max(abs(theta[i]), 0.1 * scale[i])
            change = self._gradient(theta + step) - self._gradient(theta - step)
            hessian[i, :m] = change / (2 * step[i])
        by_sigma = 2 * self._traces(self.at, self.at.products) / self.at.sigma2
        hessian[:m, m] = hessian[m, :m] = by_sigma
        hessian[m, m] = 4 * self.problem.dof
        units = np.append(scale, 1.0)
        return (hessian + hessian.T) / 2 * np.outer(units, units)

    @cached_property
    def profiled_hessian(self) -> Array:
        """Second derivatives of the profiled deviance by theta, in units of `scale`, (m, m)."""
        by_sigma = self.hessian[:-1, -1]
        return self.hessian[:-1, :-1] - np.outer(by_sigma, by_sigma) / self.hessian[-1, -1]

    @cached_property
    def parameter_covariance(self) -> Array:
        """Covariance of (theta, σ/σ̂), in the units of `hessian`; flat directions left out."""
        values, vectors = np.linalg.eigh(self.hessian)
        used = values > FLAT * values.max()
        return 2 * (vectors[:, used] / values[used]) @ vectors[:, used].T

    def degrees_of_freedom(self, rows: Array) -> Array:
        """Return the df of each combination of fixed effects, for rows of shape (m, p)."""
        rows = np.atleast_2d(rows)
        gradients, variances = self._variance_gradients(rows)
        spread = np.einsum("ri,ij,rj->r", gradients, self.parameter_covariance, gradients)
        return np.divide(2 * variances**2, spread, out=np.full(len(rows), np.inf), where=spread > 0)

    def _variance_gradients(self, rows: Array) -> tuple[Array, Array]:
        """Return ∂(c'Vc)/∂(theta, σ) and c'Vc, both in units of σ²."""
        sessions, eliminated = self.problem.sessions, self.at.eliminated
        directions = self.problem.structure.directions(self.at.theta)
        levels = self.problem.structure.levels
        solved = rows @ self.at.solution.unscaled
        variances = np.einsum("rp,rp->r", solved, rows)
        gradients = np.empty((len(rows), len(levels) + 1))
        for n, coefficients in enumerate(solved):
            lines = self.problem.fixed.predict(coefficients[None])[0]
            scores = eliminated.scores(*eliminated.absorb(lines))
            multiplicities = (sessions.weights, sessions.therapist_weights)
            products = [weighted(s, w) @ s.T for s, w in zip(scores, multiplicities, strict=True)]
            for i, (level, direction) in enumerate(zip(levels, directions, strict=True)):
                gradients[n, i] = (products[level] * direction).sum() * self.scale[i]
        gradients[:, -1] = 2 * variances
        return gradients, variances

    def _gradient(self, theta: Array) -> Array:
        """Return the gradient by theta with σ held at its estimate."""
        there = self.problem.evaluate(theta)
        return self._traces(there, there.precision - there.products / self.at.sigma2)

    def _traces(self, where: Evaluation, matrices: Array) -> Array:
        structure = self.problem.structure
        directions = structure.directions(where.theta)
        return np.einsum("iab,iab->i", matrices[structure.levels], directions)
