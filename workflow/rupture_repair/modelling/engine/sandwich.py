"""Cluster-robust (CR2) covariance of the fixed effects, clusters being therapists or patients.

Pustejovsky & Tipton (2018), eq. 4–8: the bias-reduced sandwich with the fitted covariance Φ as
working model and W = Φ⁻¹, and its Satterthwaite degrees of freedom (Bell & McCaffrey 2002). With
that W, residuals of cluster k have covariance B_k = Φ_k − X_kMX_k', M = (X'WX)⁻¹.

The symmetric A_k with A_kB_kA_k = Φ_k needs no matrix root but that of an eigendecomposition: with
Φ_k = LL' and L'B_kL = VΛV', A_k = FF' for F = LVΛ^(−1/4).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd

from rupture_repair.modelling.engine.results import MixedModelResults
from rupture_repair.modelling.engine.student import t_tests
from rupture_repair.modelling.engine.summaries import Array, Codes

# eigenvalues below this share of the largest are zero in a generalised inverse
ZERO = 1e-10
# numbers in the covariances of clusters, or in what combinations draw from them, worked on at once
MAX_ENTRIES = 1_000_000
# clusters of at least this share of the largest's size are filled up with empty rows to its size,
# because many matrices of one size are worked on at once
ALIKE = 0.8
Unit = Literal["therapist", "patient"]


@dataclass(frozen=True)
class Contributions:
    """What clusters of one size, filled up with rows of zeros, give to the estimates.

    weights : P_k = A_kW_kX_kM; spread : L_k'P_k, so that P_k'Φ_kP_k is its square; x : X_k; all of
    shape (clusters, size, p). scores : P_k' times the residuals, (clusters, p).
    """

    weights: Array
    spread: Array
    x: Array
    scores: Array


@dataclass(frozen=True)
class ClusterRobust:
    """CR2 inference for a fit.

    covariance : shape (p, p). model_covariance : M, shape (p, p). contributions : of all clusters.
    """

    params: pd.Series
    covariance: Array
    model_covariance: Array
    contributions: list[Contributions]

    @property
    def n_clusters(self) -> int:
        """Number of clusters."""
        return sum(len(part.scores) for part in self.contributions)

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
        rows = np.atleast_2d(np.asarray(rows, dtype=float))
        largest = max(part.x[..., 0].size for part in self.contributions)
        together = max(1, MAX_ENTRIES // max(largest, self.n_clusters * rows.shape[1]))
        parts = np.array_split(rows, -(-len(rows) // together) or 1)
        return np.concatenate([self._degrees_of_freedom(part) for part in parts])

    def _degrees_of_freedom(self, rows: Array) -> Array:
        own, reach = [], []
        for part in self.contributions:
            own.append(((part.spread @ rows.T) ** 2).sum(axis=1))
            reach.append((part.weights @ rows.T).swapaxes(1, 2) @ part.x)
        # by combination: (m, K) and (m, K, p)
        each, reached = np.concatenate(own).T, np.concatenate(reach).swapaxes(0, 1)
        through = reached @ self.model_covariance
        shared = (reached * through).sum(axis=-1)
        inner = reached.swapaxes(1, 2) @ through
        crossed = (inner * inner.swapaxes(1, 2)).sum(axis=(1, 2))
        squared = (each**2).sum(axis=1) - 2 * (each * shared).sum(axis=1) + crossed
        total: Array = each.sum(axis=1) - shared.sum(axis=1)
        return total**2 / squared

    def tests(self, rows: Array, alpha: float = 0.05) -> dict[str, Array]:
        """Return estimate, robust SE, df, t test and interval of each combination, rows (m, p)."""
        rows = np.atleast_2d(np.asarray(rows, dtype=float))
        estimate = rows @ self.params.to_numpy()
        se = np.sqrt(((rows @ self.covariance) * rows).sum(axis=1))
        return t_tests(estimate, se, self.degrees_of_freedom(rows), alpha)

    def contrasts(self, rows: Array, alpha: float = 0.05) -> pd.DataFrame:
        """Return `tests` as a table."""
        return pd.DataFrame(self.tests(rows, alpha))


def cluster_robust(results: MixedModelResults, by: Unit | None = None) -> ClusterRobust:
    """Return CR2 inference.

    by : the clusters; without it therapists where two or more are named, else patients. By patient
    inside therapists, contributions of one therapist's patients are taken as independent of each
    other; weights and residuals stay those of the whole model.

    Where the fixed part lies in the patients' lines on time, their two orthogonal coordinates are
    all that counts of their sessions: the cost is the cube of twice the patients of the largest
    therapist, else of the sessions.
    """
    by = by or ("therapist" if _has_therapists(results) else "patient")
    lines = results.model.design.rows.remainder is None
    data = _coordinates(results) if lines else _sessions(results)
    whose = data.patient if by == "patient" else _cluster(results)[data.patient]
    data, empty = data.with_empty_row(), len(data.patient)
    parts = [_contributions(results, data, rows) for rows in _stacks(whose, empty)]
    scores = np.concatenate([part.scores for part in parts])
    return ClusterRobust(results.params, scores.T @ scores, results.covariance, parts)


def clusters(results: MixedModelResults) -> list[Codes]:
    """Return the rows of each therapist, or of each patient where there are no therapists."""
    codes = _cluster(results)[results.model.design.rows.patient]
    order = np.argsort(codes, kind="stable")
    return np.split(order, np.flatnonzero(np.diff(codes[order])) + 1)


def working_covariance(results: MixedModelResults, which: Codes) -> Array:
    """Return the fitted covariance of sessions `which` of one cluster, shape (n, n)."""
    rows = results.model.design.rows
    z = np.column_stack([np.ones(len(which)), rows.time[which]])
    return _covariance(results, z, rows.patient[which])


@dataclass(frozen=True)
class _Data:
    """Rows for the sandwich: sessions, or orthogonal coordinates of each patient's sessions.

    x, moved, pulled : fixed part X, XM, and WXM, shapes (n, p). residual : from the fixed part,
    (n,). z, patient : what random effects multiply, and whose it is, shapes (n, 2), (n,).
    """

    x: Array
    moved: Array
    pulled: Array
    residual: Array
    z: Array
    patient: Codes

    @classmethod
    def of(
        cls, results: MixedModelResults, x: Array, residual: Array, z: Array, patient: Codes
    ) -> "_Data":
        """Add what follows from the fit: V⁻¹v = v − Z(D_ps_j + D_ts_k), s = Z'V⁻¹v, of v = XU."""
        fixed = x @ results.evaluation.solution.unscaled
        of_patient, of_therapist = results.satterthwaite.fixed_scores
        patients, therapists = results.problem.structure.covariances(results.evaluation.theta)
        therapist = results.problem.sessions.therapist[patient]
        own = np.tensordot(patients, of_patient, 1)
        carers = np.tensordot(therapists, of_therapist, 1)
        pulled = fixed.T.copy()
        for line, own_line, carers_line in zip(z.T, own, carers, strict=True):
            pulled -= line * (own_line[:, patient] + carers_line[:, therapist])
        return cls(x, results.scale * fixed, pulled.T, residual, z, patient)

    def with_empty_row(self) -> "_Data":
        """Return the same with a last row of zeros, of no patient."""
        p = self.x.shape[1]
        x, moved, pulled = (
            np.concatenate([part, np.zeros((1, p))]) for part in (self.x, self.moved, self.pulled)
        )
        z, patient = np.concatenate([self.z, np.zeros((1, 2))]), np.append(self.patient, -1)
        return _Data(x, moved, pulled, np.append(self.residual, 0.0), z, patient)


def _sessions(results: MixedModelResults) -> _Data:
    design, rows = results.model.design, results.model.design.rows
    residual = rows.outcome - results.predict().to_numpy()
    z = np.column_stack([np.ones(len(rows.time)), rows.time])
    return _Data.of(results, design.fixed_rows(), residual, z, rows.patient)


def _coordinates(results: MixedModelResults) -> _Data:
    """Return each patient's sessions on an orthonormal basis of the plane of [1, time].

    What lies outside that plane has covariance σ²I, before and after the fit, and no weight. A
    patient whose times do not vary has one coordinate.
    """
    sessions, fixed = results.problem.sessions, results.problem.fixed
    size, cross, _ = sessions.information
    root, mean = np.sqrt(size), cross / size
    spread = np.sqrt(sessions.determinant / size)
    varies = spread > 0
    patient = np.arange(len(size))
    predicted = fixed.predict(results.evaluation.solution.coefficients[None])[0]
    lines = np.concatenate(
        [fixed.predict(np.eye(fixed.n_columns)), (sessions.lines - predicted)[None]]
    )
    on_basis = np.concatenate(
        [root * (lines[:, 0] + mean * lines[:, 1]), (spread * lines[:, 1])[:, varies]], axis=1
    )
    z = np.concatenate(
        [
            np.column_stack([root, root * mean]),
            np.column_stack([np.zeros(varies.sum()), spread[varies]]),
        ]
    )
    whose = np.concatenate([patient, patient[varies]])
    return _Data.of(results, np.ascontiguousarray(on_basis[:-1].T), on_basis[-1], z, whose)


def _has_therapists(results: MixedModelResults) -> bool:
    return len(results.model.design.rows.therapist_ids) > 1


def _cluster(results: MixedModelResults) -> Codes:
    """Return the therapist of each patient, or the patient where there are no therapists."""
    therapist = results.problem.sessions.therapist
    return therapist if _has_therapists(results) else np.arange(len(therapist))


def _stacks(codes: Codes, empty: int) -> Iterator[Codes]:
    """Yield the rows of clusters, of similar size together, (clusters, size), `empty` at the end.

    codes : the cluster of each row, shape (n,).
    """
    order = np.append(np.argsort(codes, kind="stable"), empty)
    sizes = np.bincount(codes)
    starts = np.cumsum(sizes) - sizes
    left = np.argsort(sizes, kind="stable")[np.count_nonzero(sizes == 0) :]
    while len(left):
        size = sizes[left[-1]]
        n = len(left) - int(np.searchsorted(sizes[left], ALIKE * size))
        alike, left = left[-n:], left[:-n]
        place = np.arange(size)
        for part in np.array_split(alike, min(1 + n * size**2 // MAX_ENTRIES, n)):
            filled = place < sizes[part, None]
            yield order[np.where(filled, starts[part, None] + place, -1)]


def _contributions(results: MixedModelResults, data: _Data, rows: Codes) -> Contributions:
    """Return what clusters give, whose rows of data are `rows`, (clusters, size)."""
    x, moved = data.x[rows], data.moved[rows]
    phi = _covariance(results, data.z[rows], data.patient[rows])
    lower = np.linalg.cholesky(phi)
    upper = lower.swapaxes(-1, -2)
    values, vectors = np.linalg.eigh(upper @ (phi - moved @ x.swapaxes(-1, -2)) @ lower)
    used = values > ZERO * values[..., -1:]
    root = (lower @ vectors) * (used * np.where(used, values, 1.0) ** -0.25)[..., None, :]
    weights = root @ (root.swapaxes(-1, -2) @ data.pulled[rows])
    scores = (data.residual[rows][:, None] @ weights)[:, 0]
    return Contributions(weights, upper @ weights, x, scores)


def _covariance(results: MixedModelResults, z: Array, patient: Codes) -> Array:
    """Return the fitted covariance of rows, shape (…, n, n), for z of (…, n, 2)."""
    of_patient, of_therapist = results.problem.structure.covariances(results.evaluation.theta)
    same = patient[..., :, None] == patient[..., None, :]
    transposed = z.swapaxes(-1, -2)
    covariance = (z @ of_therapist) @ transposed + same * ((z @ of_patient) @ transposed)
    return results.scale * (covariance + np.eye(z.shape[-2]))
