"""Minimising the profiled deviance: starting values and a damped Newton method."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rupture_repair.modelling.engine.curvature import profiled
from rupture_repair.modelling.engine.deviance import (
    Evaluation,
    Problem,
    SingularFixedPartError,
    Solution,
)
from rupture_repair.modelling.engine.elimination import Elimination
from rupture_repair.modelling.engine.structure import Structure
from rupture_repair.modelling.engine.summaries import Array

# stop when Newton's step promises less deviance than this
TOLERANCE = 1e-10
# a search that stalls above this is continued by another method
ENOUGH = 1e-7
MAX_STEPS = 100
# a step that promises less deviance is taken by the curvature itself, not by the average
# information, which is cheaper and safer far from the optimum
NEAR_OPTIMUM = 0.01
# beyond so many patients the curvature takes longer than the evaluations that it saves
LARGE = 5_000
# deviances this close are one optimum
SAME_OPTIMUM = 1e-5
# a standard deviation, relative to the residual one, below this is on the boundary (as in lme4)
BOUNDARY = 1e-4
# zero is tried for what is below this, and kept where it costs no more deviance than rounding
NEAR, FREE = 1e-2, 1e-8


@dataclass(frozen=True)
class Attempt:
    """Where one start led.

    start, theta : before and after, shape (m,).
    decrement : deviance that a further Newton step promises.
    """

    start: Array
    theta: Array
    deviance: float
    decrement: float
    n_evaluations: int
    converged: bool


def confirmed(attempts: list[Attempt]) -> bool:
    """Return whether two attempts or more reached the best deviance."""
    best, *rest = sorted(attempt.deviance for attempt in attempts)
    return bool(rest) and rest[0] - best <= SAME_OPTIMUM


def time_unit(problem: Problem) -> float:
    """Return the root mean square of time, the unit in which slopes compare with intercepts."""
    size, _, square = problem.sessions.information
    return float(np.sqrt(square.sum() / size.sum())) or 1.0


def starting_values(problem: Problem, n_starts: int) -> list[Array]:
    """Return `n_starts` values of theta: from moments, scaled variations of it, and the unit.

    Raises `SingularFixedPartError` when the data do not identify the fixed part.
    """
    unit = time_unit(problem)
    patient, therapist = _moment_covariance(problem, unit), 0.1
    multiples = [(1.0, 1.0), (0.2, 5.0), (5.0, 0.05), (1.0, 0.01), (0.01, 1.0), (25.0, 1.0)]
    covariances = [np.stack([patient * a, patient * therapist * b]) for a, b in multiples]
    covariances.insert(2, np.stack([np.eye(2)] * 2))
    values = [problem.structure.from_covariances(each) for each in covariances[:n_starts]]
    powers = unit ** problem.structure.time_powers()
    rng = np.random.default_rng(20150107) if len(values) < n_starts else None
    while rng and len(values) < n_starts:
        values.append(values[0] * np.exp(rng.normal(scale=2.0, size=len(powers))))
    return [value * powers for value in values]


def minimise(
    problem: Problem, start: Array, tolerance: float = TOLERANCE
) -> tuple[Attempt, Evaluation]:
    """Minimise the deviance from `start` by Newton steps on the average information.

    Steps are damped (Levenberg) in units of the residual SD and time's root mean square; a bounded
    quasi-Newton search takes over should they stall.
    """
    scale = time_unit(problem) ** problem.structure.time_powers()
    found, decrement, used = newton(problem, start, scale, tolerance, NEAR_OPTIMUM)
    if decrement > max(tolerance, ENOUGH):
        searched = _quasi_newton(problem, found, scale)
        found, decrement, again = newton(problem, searched, scale, tolerance, NEAR_OPTIMUM)
        used += again
    found = _settled(problem, found, scale)
    converged = decrement <= max(tolerance, ENOUGH)
    return Attempt(start, found.theta, found.deviance, decrement, used, converged), found


@dataclass(frozen=True)
class _Quadratic:
    """The deviance's quadratic model in scaled theta, convex by taking absolute curvatures."""

    vectors: Array
    curvature: Array
    along: Array

    @classmethod
    def of(cls, gradient: Array, hessian: Array, scale: Array) -> "_Quadratic":
        values, vectors = np.linalg.eigh(hessian * scale * scale[:, None])
        curvature = np.abs(values)
        curvature = np.maximum(curvature, 1e-8 * max(curvature.max(), 1e-300))
        return cls(vectors, curvature, vectors.T @ (gradient * scale))

    @property
    def decrement(self) -> float:
        """Deviance that the full step promises."""
        return float((self.along**2 / self.curvature).sum() / 2)

    def step_within(self, radius: float) -> tuple[Array, float]:
        """Return the best step no longer than `radius` and what it promises."""
        step = self.along / self.curvature
        if np.linalg.norm(step) > radius:
            low, high = 0.0, float(np.linalg.norm(self.along)) / radius
            for _ in range(30):
                middle = (low + high) / 2
                long = np.linalg.norm(self.along / (self.curvature + middle)) > radius
                low, high = (middle, high) if long else (low, middle)
            step = self.along / (self.curvature + high)
        promised = float(self.along @ step - (self.curvature * step**2).sum() / 2)
        return -self.vectors @ step, promised


def polished(problem: Problem, here: Evaluation, scale: Array) -> tuple[Array, Solution]:
    """Take a last full Newton step, without derivatives where it leads."""
    quadratic = _Quadratic.of(here.gradient, here.hessian, scale)
    theta = here.theta + scale * quadratic.step_within(np.inf)[0]
    return theta, problem.solve(Elimination.at(theta, problem.structure, problem.sessions))


def newton(
    problem: Problem, start: Array, scale: Array, tolerance: float, near: float = 0.0
) -> tuple[Evaluation, float, int]:
    """Trust-region Newton steps; returns where they end, the decrement left and evaluations.

    near : steps that promise less deviance are taken by the curvature itself.
    """
    current = problem.evaluate(start)
    radius = max(1.0, float(np.linalg.norm(start / scale)))
    used, decrement = 1, np.inf
    while used < MAX_STEPS:
        quadratic = _Quadratic.of(current.gradient, current.hessian, scale)
        decrement = quadratic.decrement
        if decrement <= tolerance or radius < 1e-10:
            break
        if decrement < near and problem.sessions.n_patients <= LARGE:
            quadratic = _Quadratic.of(current.gradient, profiled(problem, current), scale)
        step, promised = quadratic.step_within(radius)
        used += 1
        try:
            trial = problem.evaluate(current.theta + scale * step)
        except SingularFixedPartError:
            radius = float(np.linalg.norm(step)) / 4
            continue
        gained = current.deviance - trial.deviance
        # near the optimum differences of the deviance are rounding: the step is taken there
        noise = 1e-10 + 1e-13 * abs(current.deviance)
        if gained > 0.1 * promised or (promised < noise and gained > -noise):
            if gained > 0.7 * promised:
                radius = max(radius, 2.5 * float(np.linalg.norm(step)))
            current = trial
        else:
            radius = float(np.linalg.norm(step)) / 4
    return current, decrement, used


def _quasi_newton(problem: Problem, found: Evaluation, scale: Array) -> Array:
    from scipy.optimize import minimize  # a sixth of a second to import, and hardly ever needed

    def objective(scaled: Array) -> tuple[float, Array]:
        here = problem.evaluate(scaled * scale)
        return here.deviance, here.gradient * scale

    result = minimize(
        objective,
        problem.structure.canonical(found.theta) / scale,
        jac=True,
        method="L-BFGS-B",
        bounds=[(0, None) if on else (None, None) for on in problem.structure.diagonal],
        options={"maxiter": 500, "ftol": 1e-15, "gtol": 1e-8},
    )
    return np.asarray(result.x) * scale


def boundary(problem: Problem, theta: Array) -> NDArray[np.bool_]:
    """Return which diagonal elements of theta are zero relative to the residual SD.

    Slopes are measured over one root mean square of time.
    """
    scale = time_unit(problem) ** problem.structure.time_powers()
    return problem.structure.diagonal & (np.abs(theta) / scale < BOUNDARY)


def _settled(problem: Problem, found: Evaluation, scale: Array) -> Evaluation:
    """Make theta canonical, and exactly zero on the boundary where that costs nothing."""
    theta = problem.structure.canonical(found.theta)
    if np.any(theta != found.theta):
        found = problem.evaluate(theta)
    for element in np.flatnonzero(problem.structure.diagonal & (theta / scale < NEAR)):
        theta = found.theta.copy()
        theta[element] = 0.0
        snapped = problem.evaluate(problem.structure.canonical(theta))
        if snapped.deviance <= found.deviance + FREE:
            found = snapped
    return found


def _moment_covariance(problem: Problem, unit: float) -> Array:
    """Return a moment estimate of D in units of time's root mean square, shape (2, 2).

    With scores s_j = Z_j'V⁻¹e_j at D = I and G_j* as there, E s_j s_j' = σ²(G* − G*G* + G*DG*):
    three linear equations in D after summing over patients.
    """
    theta, structure = np.array([1.0, 0.0, 1.0 / unit]), Structure("correlated", "none")
    eliminated = Elimination.at(theta, structure, problem.sessions)
    at = problem.solve(eliminated)
    stretch = np.array([[1.0], [unit]])
    s0, s1 = at.patient_scores / stretch
    g0, g1, g2 = eliminated.reduced / np.array([[1.0], [unit], [unit**2]])
    size = problem.sessions.information[0].sum()
    spread = size - (1.0 + (problem.sessions.determinant > 0)).sum()
    sigma2 = problem.remainders.yy / spread if spread > 0 else 0.0
    if not sigma2 > 1e-12 * at.sigma2:
        sigma2 = at.sigma2
    observed = np.array([s0 @ s0, s0 @ s1, s1 @ s1]) / sigma2
    observed -= [
        (g0 - g0**2 - g1**2).sum(),
        (g1 - g1 * (g0 + g2)).sum(),
        (g2 - g1**2 - g2**2).sum(),
    ]
    system = np.array(
        [
            [g0 @ g0, 2 * g0 @ g1, g1 @ g1],
            [g0 @ g1, g0 @ g2 + g1 @ g1, g1 @ g2],
            [g1 @ g1, 2 * g1 @ g2, g2 @ g2],
        ]
    )
    d0, d1, d2 = np.linalg.lstsq(system, observed, rcond=1e-10)[0]
    values, vectors = np.linalg.eigh(np.array([[d0, d1], [d1, d2]]))
    return (vectors * np.clip(values, 0.02, 100.0)) @ vectors.T
