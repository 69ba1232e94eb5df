"""Cluster-robust (CR2) covariance of the fixed effects, clusters being therapists.

Pustejovsky & Tipton (2018), eq. 4–8: the bias-reduced sandwich with the fitted covariance Φ as
working model and W = Φ⁻¹, and its Satterthwaite degrees of freedom (Bell & McCaffrey 2002). With
that W, residuals of cluster k have covariance Φ_k − X_kMX_k', M = (X'WX)⁻¹.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import stats

from rupture_repair.modelling.engine.results import MixedModelResults
from rupture_repair.modelling.engine.summaries import Array

# eigenvalues below this share of the largest are zero in a generalised inverse
ZERO = 1e-10


@dataclass(frozen=True)
class ClusterRobust:
    """CR2 inference for a fit; K clusters, p terms.

    covariance : shape (p, p).
    model_covariance : M, shape (p, p).
    spread : P_k'Φ_kP_k, and crossed : P_k'X_k, shapes (K, p, p), for P_k = A_kW_kX_kM.
    """

    params: pd.Series
    covariance: Array
    model_covariance: Array
    spread: Array
    crossed: Array

    @property
    def bse(self) -> pd.Series:
        """Robust standard errors by term."""
        return pd.Series(np.sqrt(np.diag(self.covariance)), index=self.params.index)

    @property
    def df(self) -> pd.Series:
        """Degrees of freedom by term."""
        return pd.Series(self.degrees_of_freedom(np.eye(len(self.params))), index=self.params.index)

    def degrees_of_freedom(self, rows: Array) -> Array:
        """Return (tr Ω)² / tr Ω² for each combination of fixed effects, rows (m, p).

        Ω = D − RMR', D diagonal, is the covariance, under the model, of the clusters' contributions
        to the estimate. Its traces are found without it: it has a row and a column per cluster.
        """
        found = []
        for row in np.atleast_2d(rows):
            own = np.einsum("p,kpq,q->k", row, self.spread, row)
            reach = row @ self.crossed
            through = reach @ self.model_covariance
            shared = np.einsum("kp,kp->k", through, reach)
            inner = reach.T @ through
            squared = (own**2).sum() - 2 * own @ shared + np.trace(inner @ inner)
            found.append((own.sum() - shared.sum()) ** 2 / squared)
        return np.array(found)

    def contrasts(self, rows: Array, alpha: float = 0.05) -> pd.DataFrame:
        """Return estimate, robust SE, df, t test and interval of each combination, rows (m, p)."""
        rows = np.atleast_2d(np.asarray(rows, dtype=float))
        estimate = rows @ self.params.to_numpy()
        se = np.sqrt(np.einsum("rp,pq,rq->r", rows, self.covariance, rows))
        df = self.degrees_of_freedom(rows)
        margin = stats.t.isf(alpha / 2, df) * se
        return pd.DataFrame(
            {
                "estimate": estimate,
                "se": se,
                "df": df,
                "statistic": estimate / se,
                "p": 2 * stats.t.sf(np.abs(estimate / se), df),
                "ci_low": estimate - margin,
                "ci_high": estimate + margin,
            }
        )


def cluster_robust(results: MixedModelResults) -> ClusterRobust:
    """Return CR2 inference by therapist, or by patient where there are no therapists.

    Costs the cube of the sessions of the largest cluster.
    """
    rows, model_covariance = results.model.design.rows, results.covariance
    design = results.model.design.fixed_rows()
    residual = rows.outcome - results.predict().to_numpy()
    members = clusters(results)
    p = len(results.terms)
    scores = np.empty((len(members), p))
    spread, crossed = np.empty((len(members), p, p)), np.empty((len(members), p, p))
    for k, which in enumerate(members):
        covariance = working_covariance(results, which)
        x = design[which]
        adjustment = _adjustment(covariance, covariance - x @ model_covariance @ x.T)
        weights = adjustment @ np.linalg.solve(covariance, x @ model_covariance)
        scores[k] = weights.T @ residual[which]
        spread[k] = weights.T @ covariance @ weights
        crossed[k] = weights.T @ x
    return ClusterRobust(results.params, scores.T @ scores, model_covariance, spread, crossed)


def clusters(results: MixedModelResults) -> list[NDArray[np.intp]]:
    """Return the rows of each therapist, or of each patient where there are no therapists."""
    rows = results.model.design.rows
    cluster = rows.patient
    if len(rows.therapist_ids) > 1:
        cluster = results.model.design.sessions.therapist[cluster]
    order = np.argsort(cluster, kind="stable")
    return np.split(order, np.flatnonzero(np.diff(cluster[order])) + 1)


def working_covariance(results: MixedModelResults, which: NDArray[np.intp]) -> Array:
    """Return the fitted covariance of sessions `which` of one cluster, shape (n, n)."""
    rows = results.model.design.rows
    patient, therapist = results.problem.structure.covariances(results.evaluation.theta)
    z = np.column_stack([np.ones(len(which)), rows.time[which]])
    codes = rows.patient[which]
    covariance = z @ therapist @ z.T + np.equal.outer(codes, codes) * (z @ patient @ z.T)
    return results.scale * (covariance + np.eye(len(which)))


def _adjustment(working: Array, of_residuals: Array) -> Array:
    """Return the symmetric A with A (of_residuals) A = working."""
    upper = np.linalg.cholesky(working).T
    values, vectors = np.linalg.eigh(upper @ of_residuals @ upper.T)
    used = values > ZERO * values.max()
    root = (vectors[:, used] / np.sqrt(values[used])) @ vectors[:, used].T
    return upper.T @ root @ upper
