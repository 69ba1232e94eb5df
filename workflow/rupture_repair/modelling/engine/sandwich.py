"""Cluster-robust (CR2) covariance of the fixed effects, clusters being therapists or patients.

Pustejovsky & Tipton (2018), eq. 4–8: the bias-reduced sandwich with the fitted covariance Φ as
working model and W = Φ⁻¹, and its Satterthwaite degrees of freedom (Bell & McCaffrey 2002). With
that W, residuals of cluster k have covariance Φ_k − X_kMX_k', M = (X'WX)⁻¹.
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd

from rupture_repair.modelling.engine.results import MixedModelResults
from rupture_repair.modelling.engine.student import critical_value, two_sided_p
from rupture_repair.modelling.engine.summaries import Array, Codes, Lines

# eigenvalues below this share of the largest are zero in a generalised inverse
ZERO = 1e-10
# combinations whose degrees of freedom are computed at once
TOGETHER = 64
# entries of the covariances of clusters that are worked on at once
MAX_ENTRIES = 1_000_000
Unit = Literal["therapist", "patient"]


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
        rows = np.atleast_2d(np.asarray(rows, dtype=float))
        parts = np.array_split(rows, max(1, len(rows) // TOGETHER))
        return np.concatenate([self._degrees_of_freedom(part) for part in parts])

    def _degrees_of_freedom(self, rows: Array) -> Array:
        own = np.einsum("kmq,mq->mk", rows @ self.spread, rows)
        reach = rows @ self.crossed
        through = reach @ self.model_covariance
        shared = (reach * through).sum(axis=-1).T
        inner = np.einsum("kmp,kmq->mpq", reach, through, optimize=True)
        crossed = np.einsum("mpq,mqp->m", inner, inner)
        squared = (own**2).sum(axis=1) - 2 * (own * shared).sum(axis=1) + crossed
        total: Array = own.sum(axis=1) - shared.sum(axis=1)
        return total**2 / squared

    def contrasts(self, rows: Array, alpha: float = 0.05) -> pd.DataFrame:
        """Return estimate, robust SE, df, t test and interval of each combination, rows (m, p)."""
        rows = np.atleast_2d(np.asarray(rows, dtype=float))
        estimate = rows @ self.params.to_numpy()
        se = np.sqrt(np.einsum("rp,pq,rq->r", rows, self.covariance, rows))
        df = self.degrees_of_freedom(rows)
        margin = critical_value(alpha, df) * se
        return pd.DataFrame(
            {
                "estimate": estimate,
                "se": se,
                "df": df,
                "statistic": estimate / se,
                "p": two_sided_p(estimate / se, df),
                "ci_low": estimate - margin,
                "ci_high": estimate + margin,
            }
        )


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
    model_covariance = results.covariance
    lines = results.model.design.rows.remainder is None
    data = _coordinates(results) if lines else _sessions(results)
    scores, spread, crossed = [], [], []
    for blocks in _of_one_size(_split(data.block)):
        covariance = _covariance(results, data.z[blocks], data.patient[blocks])
        through = np.linalg.solve(covariance, data.x[blocks])
        units = _within(blocks, data.patient) if by == "patient" else [_whole(blocks)]
        for block, own in units:
            phi = covariance[block[:, None, None], own[:, :, None], own[:, None]]
            x = data.x[blocks[block[:, None], own]]
            adjustment = _adjustment(phi, phi - x @ model_covariance @ x.swapaxes(-1, -2))
            weights = adjustment @ through[block[:, None], own] @ model_covariance
            transposed = weights.swapaxes(-1, -2)
            residual = data.residual[blocks[block[:, None], own]]
            scores.append((transposed @ residual[..., None])[..., 0])
            spread.append(transposed @ phi @ weights)
            crossed.append(transposed @ x)
    score = np.concatenate(scores)
    return ClusterRobust(
        results.params,
        score.T @ score,
        model_covariance,
        np.concatenate(spread),
        np.concatenate(crossed),
    )


def clusters(results: MixedModelResults) -> list[Codes]:
    """Return the rows of each therapist, or of each patient where there are no therapists."""
    rows = results.model.design.rows
    if not _has_therapists(results):
        return _split(rows.patient)
    return _split(results.model.design.sessions.therapist[rows.patient])


def working_covariance(results: MixedModelResults, which: Codes) -> Array:
    """Return the fitted covariance of sessions `which` of one cluster, shape (n, n)."""
    rows = results.model.design.rows
    z = np.column_stack([np.ones(len(which)), rows.time[which]])
    return _covariance(results, z, rows.patient[which])


@dataclass(frozen=True)
class _Data:
    """Rows for the sandwich: sessions, or orthogonal coordinates of each patient's sessions.

    x, residual, z, patient : fixed part, residual from it, what random effects multiply, and
    whose it is, shapes (n, p), (n,), (n, 2), (n,). block : rows of different ones are independent.
    """

    x: Array
    residual: Array
    z: Array
    patient: Codes
    block: Codes


def _sessions(results: MixedModelResults) -> _Data:
    design, rows = results.model.design, results.model.design.rows
    residual = rows.outcome - results.predict().to_numpy()
    z = np.column_stack([np.ones(len(rows.time)), rows.time])
    return _Data(design.fixed_rows(), residual, z, rows.patient, _block(results, rows.patient))


def _coordinates(results: MixedModelResults) -> _Data:
    """Return each patient's sessions on an orthonormal basis of the plane of [1, time].

    What lies outside that plane has covariance σ²I, before and after the fit, and no weight.
    """
    design, rows = results.model.design, results.model.design.rows
    n_patients = len(rows.patient_ids)
    lines = Lines.of(rows.time, rows.patient, n_patients)
    root, spread = np.sqrt(lines.size), np.sqrt(lines.spread)
    residual = rows.outcome - results.predict().to_numpy()
    moment = np.bincount(rows.patient, residual * lines.centred, n_patients)
    level, slope = design.fixed.predict(np.eye(len(design.terms))).transpose(1, 2, 0)
    x = np.concatenate(
        [root[:, None] * (level + slope * lines.mean[:, None]), spread[:, None] * slope]
    )
    own = np.concatenate(
        [
            np.bincount(rows.patient, residual, n_patients) / root,
            np.divide(moment, spread, out=np.zeros(n_patients), where=spread > 0),
        ]
    )
    z = np.concatenate(
        [
            np.column_stack([root, root * lines.mean]),
            np.column_stack([np.zeros(n_patients), spread]),
        ]
    )
    patient = np.tile(np.arange(n_patients), 2)
    # a patient whose times do not vary has one coordinate
    kept = np.concatenate([np.ones(n_patients, dtype=bool), spread > 0])
    patient = patient[kept]
    return _Data(x[kept], own[kept], z[kept], patient, _block(results, patient))


def _block(results: MixedModelResults, patient: Codes) -> Codes:
    return results.model.design.sessions.therapist[patient] if _has_therapists(results) else patient


def _has_therapists(results: MixedModelResults) -> bool:
    return len(results.model.design.rows.therapist_ids) > 1


def _split(codes: Codes) -> list[Codes]:
    """Return the places of each code, in the order of the codes."""
    order = np.argsort(codes, kind="stable")
    return np.split(order, np.flatnonzero(np.diff(codes[order])) + 1)


def _of_one_size(groups: list[Codes]) -> list[Codes]:
    """Return groups of rows stacked with others of their size, each of shape (groups, size)."""
    sizes = np.array([len(group) for group in groups])
    stacks = []
    for size in np.unique(sizes):
        alike = np.array([groups[place] for place in np.flatnonzero(sizes == size)])
        parts = 1 + alike.size * size // MAX_ENTRIES
        stacks += np.array_split(alike, min(parts, len(alike)))
    return stacks


def _whole(blocks: Codes) -> tuple[Codes, Codes]:
    """Return each block as one unit: its place, (n,), and the rows within it, (n, size)."""
    n, size = blocks.shape
    return np.arange(n), np.tile(np.arange(size), (n, 1))


def _within(blocks: Codes, patient: Codes) -> list[tuple[Codes, Codes]]:
    """Return the patients of blocks, stacked by number of rows: block, (n,), rows in it, (n, s)."""
    found = [(place, own) for place, block in enumerate(blocks) for own in _split(patient[block])]
    sizes = np.array([len(own) for _, own in found])
    alike = (np.flatnonzero(sizes == size) for size in np.unique(sizes))
    return [
        (np.array([found[n][0] for n in places]), np.array([found[n][1] for n in places]))
        for places in alike
    ]


def _covariance(results: MixedModelResults, z: Array, patient: Codes) -> Array:
    """Return the fitted covariance of rows, shape (…, n, n), for z of (…, n, 2)."""
    of_patient, of_therapist = results.problem.structure.covariances(results.evaluation.theta)
    same = patient[..., :, None] == patient[..., None, :]
    transposed = z.swapaxes(-1, -2)
    covariance = z @ of_therapist @ transposed + same * (z @ of_patient @ transposed)
    return results.scale * (covariance + np.eye(z.shape[-2]))


def _adjustment(working: Array, of_residuals: Array) -> Array:
    """Return the symmetric A with A (of_residuals) A = working, for stacks of matrices."""
    upper = np.linalg.cholesky(working).swapaxes(-1, -2)
    lower = upper.swapaxes(-1, -2)
    values, vectors = np.linalg.eigh(upper @ of_residuals @ lower)
    used = values > ZERO * values[..., -1:]
    scale = np.sqrt(np.where(used, values, 1.0))
    root = (vectors * (used / scale)[..., None, :]) @ vectors.swapaxes(-1, -2)
    return lower @ root @ upper
