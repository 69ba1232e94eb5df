"""Refits on other multiplicities of therapists: case bootstrap, leave-one-out influence.

Units are therapists, or patients where the model has no therapists. A refit reuses the
per-patient statistics and starts at the full fit.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from rupture_repair.modelling.engine.batch import Batch
from rupture_repair.modelling.engine.batched_deviance import evaluate
from rupture_repair.modelling.engine.batched_newton import batched_newton, newton_together
from rupture_repair.modelling.engine.designs import LARGE, Designs
from rupture_repair.modelling.engine.designs import evaluate as evaluate_designs
from rupture_repair.modelling.engine.deviance import Problem, SingularFixedPartError, Solution
from rupture_repair.modelling.engine.optimise import newton, polished, time_unit
from rupture_repair.modelling.engine.results import MixedModelResults
from rupture_repair.modelling.engine.sandwich import clusters, working_covariance
from rupture_repair.modelling.engine.summaries import Array

# a refit whose next Newton step promises less deviance takes that step and stops there; steps
# shrink about twentyfold, so that the deviance left is smaller by the square of that
BOOTSTRAP_TOLERANCE, INFLUENCE_TOLERANCE = 1e-3, 1e-5
# therapists left out with a full refit; the cost grows with the square of their number
MAX_LEFT_OUT = 500
# refits that are made at once
BATCH_SIZE = 16
# refits start off the boundary, where the gradient by a zero variance vanishes
OFF_BOUNDARY = 0.1


@dataclass(frozen=True)
class Refit:
    """Fixed effects, shape (p,), and residual variance of one refit."""

    coefficients: Array
    sigma2: float


@dataclass(frozen=True)
class Resamples:
    """Refits, a row each, in the order asked for.

    params : fixed effects by term; nan where the refit failed.
    variances : variance components, as in `MixedModelResults.variances`.
    failures : refits whose data do not identify the model (a pattern drawn out, say).
    """

    params: pd.DataFrame
    variances: pd.DataFrame
    failures: int

    @property
    def bse(self) -> pd.Series:
        """Bootstrap standard errors: SD over replicates."""
        return self.params.std(ddof=1)

    def conf_int(self, alpha: float = 0.05) -> pd.DataFrame:
        """Return percentile intervals by term, columns 0 and 1."""
        bounds = self.params.quantile([alpha / 2, 1 - alpha / 2])
        return pd.DataFrame({0: bounds.iloc[0], 1: bounds.iloc[1]})

    def contrasts(self, rows: Array, alpha: float = 0.05) -> pd.DataFrame:
        """Return SE and percentile interval of combinations of fixed effects, rows (m, p)."""
        values = self.params.dropna().to_numpy() @ np.atleast_2d(rows).T
        low, high = np.quantile(values, [alpha / 2, 1 - alpha / 2], axis=0)
        return pd.DataFrame({"se": values.std(axis=0, ddof=1), "ci_low": low, "ci_high": high})


def refit_start(results: MixedModelResults) -> Array:
    """Return the theta of a fit where refits of similar data begin, shape (m,).

    It is off the boundary, where the gradient by a variance of zero vanishes.
    """
    structure, theta = results.problem.structure, results.evaluation.theta
    floor = OFF_BOUNDARY * time_unit(results.problem) ** structure.time_powers()
    return np.where(structure.diagonal, np.maximum(theta, floor), theta)


def refit(
    problem: Problem, start: Array, tolerance: float = BOOTSTRAP_TOLERANCE
) -> tuple[Array, Solution]:
    """Return theta and fixed effects of data that resemble those of a fit, quickly.

    start : of `refit_start`. tolerance : deviance that a Newton step may promise for it to be the
    last. One start, no certificate: for replicates, not for results.

    Raises `SingularFixedPartError` when the data do not identify the model.
    """
    scale = time_unit(problem) ** problem.structure.time_powers()
    return polished(problem, newton(problem, start, scale, tolerance)[0], scale)


def refit_designs(
    designs: Designs, start: Array, tolerance: float = BOOTSTRAP_TOLERANCE
) -> tuple[Array, Array]:
    """Return coefficients and their standard errors of each version, (B, p), as `refit` would.

    They are nan where the data do not identify the model.
    """
    problem = designs.problem
    scale = time_unit(problem) ** problem.structure.time_powers()
    starts = np.tile(start, (len(designs.covariates), 1))
    found = newton_together(
        lambda theta, on: evaluate_designs(designs.only(on), theta), starts, scale, tolerance
    )
    last = evaluate_designs(designs, found.theta + found.step, derivatives=False)
    failed = ~np.isfinite(found.deviance + last.deviance)[:, None]
    variances = last.sigma2[:, None] * np.diagonal(last.unscaled, axis1=1, axis2=2)
    return (
        np.where(failed, np.nan, last.coefficients),
        np.where(failed, np.nan, np.sqrt(variances)),
    )


def bootstrap(results: MixedModelResults, n_replicates: int, seed: int) -> Resamples:
    """Draw therapists with replacement and refit, `n_replicates` times."""
    rng = np.random.default_rng(seed)
    n_units = len(_units(results))
    draws = rng.multinomial(n_units, np.full(n_units, 1 / n_units), size=n_replicates)
    index = pd.RangeIndex(n_replicates, name="replicate")
    return _refit_all(results, draws.astype(float), index, BOOTSTRAP_TOLERANCE)


def leave_one_out(
    results: MixedModelResults, most: int = MAX_LEFT_OUT
) -> tuple[Resamples, pd.DataFrame]:
    """Refit without each therapist in turn.

    Of more than `most` therapists, those without whom the fixed effects move farthest while the
    variance components are held are left out with a refit; for the others that move stands.

    Returns the refits and, per therapist, `cook` (Cook's distance, on the scale of p), `largest`
    (largest change of a coefficient in standard errors) and the `term` that changes so.
    """
    index = pd.Index(_units(results), name="left_out")
    if len(index) <= most:
        refits = _without(results, np.arange(len(index)), index)
    else:
        held = _variances_held(results, index)
        far = _cook(results, held.params).fillna(np.inf).to_numpy()
        chosen = np.sort(np.argsort(-far, kind="stable")[:most])
        exact = _without(results, chosen, index)
        for approximate, known in ((held.params, exact.params), (held.variances, exact.variances)):
            approximate.iloc[chosen] = known.to_numpy()
        refits = Resamples(held.params, held.variances, exact.failures)
    change = results.params - refits.params
    standardised = change / results.bse
    influence = pd.DataFrame(
        {
            "cook": _cook(results, refits.params),
            "largest": standardised.abs().max(axis=1),
            "term": standardised.abs().fillna(0.0).idxmax(axis=1),
        },
        index=refits.params.index,
    )
    return refits, influence


def _without(results: MixedModelResults, chosen: NDArray[np.intp], index: pd.Index) -> Resamples:
    """Refit without each of the chosen units, which are numbered as in `index`."""
    without = np.ones((len(chosen), len(index)))
    without[np.arange(len(chosen)), chosen] = 0.0
    return _refit_all(results, without, index[chosen], INFLUENCE_TOLERANCE)


def _variances_held(results: MixedModelResults, index: pd.Index) -> Resamples:
    """Return the estimates without each unit, at the variance components of the full fit.

    Generalised least squares without unit k: β − (A − A_k)⁻¹ u_k, with A = X'V⁻¹X and
    u = X'V⁻¹(y − Xβ) (Demidenko & Stukel 2005).
    """
    design = results.model.design.fixed_rows()
    residual = results.model.design.rows.outcome - results.predict().to_numpy()
    information = np.linalg.inv(results.covariance)
    p = len(results.terms)
    params = np.full((len(index), p), np.nan)
    for k, which in enumerate(clusters(results)):
        x = design[which]
        both = np.column_stack([x, residual[which]])
        products = x.T @ np.linalg.solve(working_covariance(results, which), both)
        rest = information - products[:, :p]
        if np.linalg.cond(rest) * np.finfo(float).eps < 1e-3:
            params[k] = results.params.to_numpy() - np.linalg.solve(rest, products[:, p])
    names = list(results.variances)
    variances = np.tile([results.variances[name] for name in names], (len(index), 1))
    return Resamples(
        pd.DataFrame(params, index=index, columns=results.terms),
        pd.DataFrame(variances, index=index, columns=names),
        0,
    )


def _cook(results: MixedModelResults, params: pd.DataFrame) -> pd.Series:
    """Return Cook's distance of each refit from the full fit."""
    moved = (results.params - params).to_numpy()
    inverse = np.linalg.inv(results.covariance)
    cook = np.einsum("kp,pq,kq->k", moved, inverse, moved) / moved.shape[1]
    return pd.Series(cook, index=params.index)


def _units(results: MixedModelResults) -> NDArray[np.object_]:
    rows = results.model.design.rows
    return rows.therapist_ids if len(rows.therapist_ids) > 1 else rows.patient_ids


def _refit_all(
    results: MixedModelResults, multiplicities: Array, index: pd.Index, tolerance: float
) -> Resamples:
    starts = _starts(results, multiplicities)
    names = list(results.variances)
    params = np.full((len(multiplicities), len(results.terms)), np.nan)
    variances = np.full((len(multiplicities), len(names)), np.nan)
    failures = 0
    for n, found in enumerate(_refits(results, multiplicities, starts, tolerance)):
        if found is None:
            failures += 1
            continue
        theta, solution = found
        params[n] = solution.coefficients
        parts = results.problem.structure.components(theta, solution.sigma2)
        variances[n] = list(parts.values())
    return Resamples(
        pd.DataFrame(params, index=index, columns=results.terms),
        pd.DataFrame(variances, index=index, columns=names),
        failures,
    )


def _refits(
    results: MixedModelResults, multiplicities: Array, starts: Array, tolerance: float
) -> Iterator[tuple[Array, Solution | Refit] | None]:
    problem = results.problem
    by_therapist = len(results.model.design.rows.therapist_ids) > 1
    batch = None
    if by_therapist and problem.sessions.n_patients <= LARGE:
        batch = Batch.of(problem, results.evaluation.solution.coefficients)
    if batch is not None:
        for first in range(0, len(starts), BATCH_SIZE):
            members = slice(first, first + BATCH_SIZE)
            yield from _refits_together(batch, multiplicities[members], starts[members], tolerance)
        return
    for weights, start in zip(multiplicities, starts, strict=True):
        problem = results.model.resampled(results.problem.reml, weights, by_therapist)
        try:
            yield refit(problem, start, tolerance)
        except SingularFixedPartError:
            yield None


def _refits_together(
    batch: Batch, multiplicities: Array, starts: Array, tolerance: float
) -> Iterator[tuple[Array, Refit] | None]:
    scale = time_unit(batch.problem) ** batch.problem.structure.time_powers()
    weights = np.ascontiguousarray(multiplicities.T)
    found = batched_newton(batch, starts, scale, tolerance, weights)
    theta = found.theta + found.step
    last = evaluate(batch, theta, weights, derivatives=False)
    for n in range(len(starts)):
        failed = not np.isfinite(found.deviance[n] + last.deviance[n])
        yield None if failed else (theta[n], Refit(last.coefficients[n], float(last.sigma2[n])))


def _starts(results: MixedModelResults, multiplicities: Array) -> Array:
    """Return a start for each refit: a step on what therapists add to the gradient, (R, m).

    The gradient at the full fit is linear in the therapists' multiplicities but for the fixed
    effects, which are held; its curvature is that of the full fit.
    """
    problem = results.problem
    structure, sessions = problem.structure, problem.sessions
    start = refit_start(results)
    starts = np.tile(start, (len(multiplicities), 1))
    if sessions.n_therapists == 1:
        return starts
    there = problem.evaluate(start)
    precision, products = there.shares
    squares = there.solution.residual + sessions.by_therapist(sessions.residual)
    sigma2 = (
        multiplicities @ squares / (multiplicities @ sessions.by_therapist(sessions.information[0]))
    )
    slope = multiplicities @ precision.reshape(6, -1).T
    slope -= multiplicities @ products.reshape(6, -1).T / sigma2[:, None]
    slope = slope.reshape(-1, 2, 3)[:, structure.levels][:, :, [0, 1, 1, 2]]
    directions = structure.directions(start).reshape(-1, 4)
    gradient = np.einsum("rif,if->ri", slope, directions)
    values, vectors = np.linalg.eigh(there.hessian)
    inverse = (vectors / np.maximum(values, 1e-8 * values.max())) @ vectors.T
    moved = starts - gradient @ inverse
    return np.where(structure.diagonal, np.maximum(moved, start / 3), moved)
