"""Two assumptions relaxed one at a time: equal slope variances, independent residuals.

Given its parameters each extended model is the plain one with other columns Z_j, so that fixed
effects, variances and their inference come from the same deviance; over the parameters the deviance
is minimised around it. Intervals and df take the parameters as known, as nlme does.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from scipy.special import chdtrc

from rupture_repair.modelling.engine.batched_newton import minimise_all
from rupture_repair.modelling.engine.deviance import Problem, Remainders
from rupture_repair.modelling.engine.elimination import Elimination
from rupture_repair.modelling.engine.fixed import kronecker_or_general
from rupture_repair.modelling.engine.optimise import minimise, starting_values
from rupture_repair.modelling.engine.results import MixedModelResults
from rupture_repair.modelling.engine.summaries import Array, Codes, Sessions

N_STARTS = 3
# log of a ratio of standard deviations, and a correlation of sessions next to each other, at most
MAX_LOG_SD_RATIO = 3.0
MAX_CORRELATION = 0.99
# a spread of the second column below this share of its square is rounding error
NO_SPREAD = 1e-13
# step of the derivative by a parameter
STEP = 1e-4


@dataclass(frozen=True)
class Extension:
    """A fit with parameters that the plain model has not.

    results : the fit at the parameters' optimum; its `llf` lacks what the parameters add to the
        deviance themselves. parameters : by name. chisq, df, p : likelihood-ratio test, by the
        method of the plain fit, of all of them.
    """

    results: MixedModelResults
    parameters: dict[str, float]
    llf: float
    chisq: float

    @property
    def df(self) -> int:
        """Degrees of freedom of the test."""
        return len(self.parameters)

    @property
    def p(self) -> float:
        """Its p."""
        return float(chdtrc(self.df, self.chisq))


def slope_variances(found: MixedModelResults, names: Sequence[str], covariates: Array) -> Extension:
    """Let the standard deviation of patients' slopes depend on covariates of patients.

    That of patient j is exp(Σ_m δ_m x_mj) times that of a patient with zeros; the correlation with
    intercepts is the same for all. names : of the δ, as `parameters`; covariates : (m, J), in the
    order of `model.design.rows.patient_ids`.

    Raises `ValueError` for a model in which slopes of patients do not, or those of therapists do,
    vary.
    """
    structure = found.problem.structure
    if structure.patient == "intercept" or structure.therapist not in {"none", "intercept"}:
        raise ValueError("patients have no slopes to differ in, or therapists have some")

    def problem_at(parameters: Array) -> Problem:
        return _with_scaled_slopes(found.problem, np.exp(parameters @ covariates))

    bounds = [(-MAX_LOG_SD_RATIO, MAX_LOG_SD_RATIO)] * len(names)
    return _extended(found, names, problem_at, lambda _: 0.0, np.zeros(len(names)), bounds)


def residual_correlation(found: MixedModelResults, place: Array) -> Extension:
    """Let residuals of a patient correlate by φ^|distance|: continuous-time AR(1).

    place : of each session of `found`, such as its number, shape (n,); φ ≥ 0 is the correlation at
    distance 1, as in nlme's `corCAR1`.

    Raises `ValueError` for a fixed part that is not of lines on time within patients.
    """
    rows = found.model.design.rows
    if rows.remainder is not None:
        raise ValueError("the fixed part is not linear in time within patients")
    order = np.lexsort((place, rows.patient))
    patient: Codes = rows.patient[order]
    first = np.diff(patient, prepend=-1) != 0
    gap = np.where(first, np.inf, np.diff(place[order], prepend=0.0))
    columns = np.stack([np.ones(len(order)), rows.time[order], rows.outcome[order]])

    def problem_at(parameters: Array) -> Problem:
        before = parameters[0] ** gap
        white = columns - before * np.roll(columns, 1, axis=1)
        white /= np.sqrt(1.0 - before**2)
        return _of_columns(found.problem, white, patient)

    def log_determinant(parameters: Array) -> float:
        return float(np.log1p(-(parameters[0] ** (2 * gap))).sum())

    start, bounds = np.array([0.1]), [(0.0, MAX_CORRELATION)]
    return _extended(found, ["phi"], problem_at, log_determinant, start, bounds)


def _with_scaled_slopes(problem: Problem, scale: Array) -> Problem:
    """Return the problem with random slopes on `scale` times time, one per patient, (J,)."""
    sessions = problem.sessions
    size, cross, square = sessions.information
    level, slope = sessions.lines
    scaled = replace(
        sessions,
        information=np.stack([size, cross * scale, square * scale**2]),
        determinant=sessions.determinant * scale**2,
        lines=np.stack([level, slope / scale]),
    )
    constant, by_time = problem.fixed.predict(np.eye(problem.fixed.n_columns)).transpose(1, 0, 2)
    return replace(problem, sessions=scaled, fixed=kronecker_or_general(constant, by_time / scale))


def _of_columns(problem: Problem, white: Array, patient: Codes) -> Problem:
    """Return the problem with columns Z and outcome, (3, n), in the place of 1, time and y."""
    first, second, y = white
    n_patients = problem.sessions.n_patients

    def total(values: Array) -> Array:
        return np.asarray(np.bincount(patient, values, n_patients), dtype=float)

    size, cross = total(first * first), total(first * second)
    # from what the first column leaves of the second: a difference of squares would cancel
    rest = second - (cross / size)[patient] * first
    spread = total(rest * rest)
    spread[spread <= NO_SPREAD * total(second * second)] = 0.0
    slope = np.divide(total(rest * y), spread, out=np.zeros(n_patients), where=spread > 0)
    level = (total(first * y) - slope * cross) / size
    left = y - level[patient] * first - slope[patient] * second
    sessions: Sessions = replace(
        problem.sessions,
        information=np.stack([size, cross, spread + cross**2 / size]),
        determinant=size * spread,
        lines=np.stack([level, slope]),
        residual=total(left * left),
        counted=float(len(y)),
    )
    p = problem.fixed.n_columns
    remainders = Remainders(np.zeros((p, p)), np.zeros(p), float(left @ left))
    return replace(problem, sessions=sessions, remainders=remainders)


def _extended(
    found: MixedModelResults,
    names: Sequence[str],
    problem_at: Callable[[Array], Problem],
    added: Callable[[Array], float],
    start: Array,
    bounds: Sequence[tuple[float, float]],
) -> Extension:
    """Minimise deviance and `added` over the parameters; theta is at its best for each."""
    # where searches for theta begin: at the best so far, since far parameters have optima apart
    nearest, least = found.evaluation.theta, np.inf

    def at(parameters: Array, theta: Array) -> float:
        problem = problem_at(parameters)
        eliminated = Elimination.at(theta, problem.structure, problem.sessions)
        return problem.solve(eliminated).deviance + added(parameters)

    def deviance(parameters: Array) -> tuple[float, Array]:
        nonlocal nearest, least
        theta = minimise(problem_at(parameters), nearest)[1].theta
        value = at(parameters, theta)
        if value < least:
            nearest, least = theta, value
        # theta is at its best: the deviance changes as if it were fixed
        gradient = np.empty(len(parameters))
        for i, (low, high) in enumerate(bounds):
            step = np.zeros(len(parameters))
            step[i] = STEP
            up, down = np.minimum(parameters + step, high), np.maximum(parameters - step, low)
            gradient[i] = (at(up, theta) - at(down, theta)) / (up[i] - down[i])
        return value, gradient

    from scipy.optimize import minimize  # a sixth of a second to import

    searched = minimize(
        deviance, start, jac=True, method="L-BFGS-B", bounds=bounds,
        options={"ftol": 1e-12, "gtol": 1e-5},
    )  # fmt: skip
    best = np.asarray(searched.x, dtype=float)
    problem = problem_at(best)
    attempts, end = minimise_all(problem, starting_values(problem, N_STARTS))
    warm, near = minimise(problem, nearest)
    end = min(near, end, key=lambda evaluation: evaluation.deviance)
    attempts = [warm, *attempts]
    results = MixedModelResults(found.model, problem, end, attempts)
    total = end.deviance + added(best)
    return Extension(
        results,
        dict(zip(names, best.tolist(), strict=True)),
        -total / 2,
        max(found.evaluation.deviance - total, 0.0),
    )
