"""Satterthwaite degrees of freedom, as lmerTest computes them.

Kuznetsova, Brockhoff & Christensen (2017): df = 2 (c'Vc)² / (g'Ag), with V the covariance of the
fixed effects as a function of theta and σ, g its gradient, and A twice the inverse Hessian of the
deviance by theta and σ, with b profiled out.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from rupture_repair.modelling.engine.curvature import (
    fixed_scores,
    outer,
    second_derivatives,
)
from rupture_repair.modelling.engine.deviance import Evaluation, Problem
from rupture_repair.modelling.engine.optimise import time_unit
from rupture_repair.modelling.engine.summaries import Array

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
        structure, at = self.problem.structure, self.at
        m = len(at.theta)
        hessian = np.empty((m + 1, m + 1))
        scores, products = self.fixed_scores, self.fixed_products
        hessian[:m, :m] = second_derivatives(self.problem, at, scores, products)
        directions = structure.directions(at.theta)
        by_sigma = 2 * np.einsum("iab,iab->i", at.products[structure.levels], directions)
        hessian[:m, m] = hessian[m, :m] = by_sigma / at.sigma2
        hessian[m, m] = 4 * self.problem.dof
        units = np.append(self.scale, 1.0)
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

    @cached_property
    def fixed_scores(self) -> tuple[Array, Array]:
        """Z'V⁻¹XU of patients, (2, p, J), and of therapists, (2, p, K), for U = (X'V⁻¹X)⁻¹."""
        return fixed_scores(self.problem, self.at)

    @cached_property
    def fixed_products(self) -> tuple[Array, Array]:
        """Σ_u Q_u[r]'Q_u[s] of `fixed_scores` over patients and over therapists, (2, 2, p, p)."""
        sessions, (patients, therapists) = self.problem.sessions, self.fixed_scores
        return outer(patients, sessions.weights), outer(therapists, sessions.therapist_weights)

    @cached_property
    def jacobian(self) -> Array:
        """Derivatives of the fixed effects' covariance by (theta, σ/σ̂), shape (m + 1, p, p).

        In the units of `hessian`. Together with the covariance and `parameter_covariance` it gives
        the df of any contrast (`degrees_of_freedom`), from stored values too.
        """
        structure, unscaled = self.problem.structure, self.at.solution.unscaled
        products = np.stack(self.fixed_products)[structure.levels]
        directions = structure.directions(self.at.theta) * self.scale[:, None, None]
        by_theta = np.einsum("iab,iabpq->ipq", directions, products)
        return self.at.sigma2 * np.concatenate([by_theta, 2 * unscaled[None]])

    def degrees_of_freedom(self, rows: Array) -> Array:
        """Return the df of each combination of fixed effects, for rows of shape (m, p)."""
        covariance = self.at.sigma2 * self.at.solution.unscaled
        return degrees_of_freedom(rows, covariance, self.jacobian, self.parameter_covariance)


def degrees_of_freedom(
    rows: Array, covariance: Array, jacobian: Array, parameter_covariance: Array
) -> Array:
    """Return 2 (c'Vc)² / (g'Ag) for each row c, with g_i = c'(∂V/∂i)c.

    rows : (r, p); covariance V : (p, p); jacobian : (m, p, p); parameter_covariance A : (m, m).
    A variance that no parameter moves has infinite df.
    """
    rows = np.atleast_2d(rows)
    variances = np.einsum("rp,pq,rq->r", rows, covariance, rows, optimize=True)
    gradients = np.einsum("rp,ipq,rq->ri", rows, jacobian, rows, optimize=True)
    spread = np.einsum("ri,ij,rj->r", gradients, parameter_covariance, gradients)
    infinite = np.full(len(rows), np.inf)
    return np.divide(2 * variances**2, spread, out=infinite, where=spread > 0)
