"""Newton steps for many members of a batch at once: starts of one fit, or refits of replicates."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from rupture_repair.modelling.engine.batch import Batch
from rupture_repair.modelling.engine.batched_deviance import Evaluations, evaluate
from rupture_repair.modelling.engine.deviance import Evaluation, Problem
from rupture_repair.modelling.engine.elimination import Elimination
from rupture_repair.modelling.engine.optimise import (
    ENOUGH,
    MAX_STEPS,
    Attempt,
    minimise,
    time_unit,
)
from rupture_repair.modelling.engine.summaries import Array, Codes

# beyond so many patients a batch saves nothing
LARGE = 5_000
# Newton steps on the secular equation of the trust region
SECULAR_STEPS = 5


def minimise_all(problem: Problem, starts: list[Array]) -> tuple[list[Attempt], Evaluation]:
    """Minimise from each start; returns the attempts and the evaluation at the best of them.

    Several starts are brought at once to where Newton promises less than `ENOUGH`, a hundredth of
    the deviance by which optima are told apart; the best is then minimised to the end, and those
    that stalled are taken up one by one.
    """
    if len(starts) == 1 or problem.sessions.n_patients > LARGE:
        batch = None
    else:
        eliminated = Elimination.at(starts[0], problem.structure, problem.sessions)
        batch = Batch.of(problem, problem.solve(eliminated).coefficients)
    if batch is None:
        attempted = [minimise(problem, start) for start in starts]
        best_end = min((end for _, end in attempted), key=lambda end: end.deviance)
        return [attempt for attempt, _ in attempted], best_end
    scale = time_unit(problem) ** problem.structure.time_powers()
    found = batched_newton(batch, np.array(starts), scale, ENOUGH)
    last = found.theta + found.step
    attempts: list[Attempt] = []
    ends: list[Evaluation] = []
    best = int(np.argmin(found.deviance))
    for n, start in enumerate(starts):
        used, deviance = int(found.n_evaluations[n]), float(found.deviance[n])
        decrement = float(found.decrement[n])
        if n != best and decrement <= ENOUGH:
            attempts.append(Attempt(start, found.theta[n], deviance, decrement, used, True))
            continue
        going_on = last[n] if decrement <= ENOUGH else found.theta[n]
        attempt, end = minimise(problem, going_on)
        ends.append(end)
        used += attempt.n_evaluations
        attempts.append(replace(attempt, start=start, n_evaluations=used))
    return attempts, min(ends, key=lambda end: end.deviance)


@dataclass
class BatchState:
    """Where the members of a batch stand.

    theta, step : shape (B, m), the second the full Newton step from there, in theta's own units.
    deviance : (B,); infinite where the data do not identify the model.
    decrement : deviance that `step` promises, (B,). n_evaluations : (B,).
    """

    theta: Array
    step: Array
    deviance: Array
    decrement: Array
    n_evaluations: Codes


def batched_newton(
    batch: Batch, starts: Array, scale: Array, tolerance: float, weights: Array | None = None
) -> BatchState:
    """Take Newton steps from `starts`; weights : therapists' multiplicities by member, (K, B)."""

    def evaluated(theta: Array, on: Codes) -> Evaluations:
        return evaluate(batch, theta, None if weights is None else weights[:, on])

    return newton_together(evaluated, starts, scale, tolerance)


def newton_together(
    evaluated: Callable[[Array, Codes], Evaluations], starts: Array, scale: Array, tolerance: float
) -> BatchState:
    """Take damped Newton steps from `starts`, (B, m), as `optimise.newton` does for one.

    evaluated : evaluates some members, given by number, at theta. Each member ends by itself, when
    its next step promises less than `tolerance`.
    """
    at = evaluated(starts, np.arange(len(starts)))
    gradient, hessian = at.gradient * scale, at.hessian * scale * scale[:, None]
    n = len(starts)
    found = BatchState(
        starts.copy(), np.zeros_like(starts), at.deviance, np.full(n, np.inf), np.ones(n, np.intp)
    )
    radius = np.maximum(1.0, np.linalg.norm(starts / scale, axis=1))
    on = np.flatnonzero(np.isfinite(at.deviance))
    while len(on):
        values, vectors = np.linalg.eigh(hessian[on])
        curvature = np.abs(values)
        largest = np.maximum(curvature.max(axis=1, keepdims=True), 1e-300)
        curvature = np.maximum(curvature, 1e-8 * largest)
        along = (gradient[on, None] @ vectors)[:, 0]
        found.decrement[on] = (along**2 / curvature).sum(axis=1) / 2
        found.step[on] = -scale * (vectors @ (along / curvature)[..., None])[..., 0]
        going = (found.decrement[on] > tolerance) & (radius[on] >= 1e-10)
        going &= found.n_evaluations[on] < MAX_STEPS
        on, vectors, curvature, along = (v[going] for v in (on, vectors, curvature, along))
        if not len(on):
            break
        step = _within(along, curvature, radius[on])
        promised = (along * step).sum(axis=1) - (curvature * step**2).sum(axis=1) / 2
        length = np.linalg.norm(step, axis=1)
        theta = found.theta[on] - scale * (vectors @ step[..., None])[..., 0]
        trial = evaluated(theta, on)
        found.n_evaluations[on] += 1
        gained = found.deviance[on] - trial.deviance
        noise = 1e-10 + 1e-13 * np.abs(found.deviance[on])
        taken = (gained > 0.1 * promised) | ((promised < noise) & (gained > -noise))
        longer = np.where(gained > 0.7 * promised, np.maximum(radius[on], 2.5 * length), radius[on])
        radius[on] = np.where(taken, longer, length / 4)
        here = on[taken]
        found.theta[here], found.deviance[here] = theta[taken], trial.deviance[taken]
        gradient[here] = trial.gradient[taken] * scale
        hessian[here] = trial.hessian[taken] * scale * scale[:, None]
    return found


def _within(along: Array, curvature: Array, radius: Array) -> Array:
    """Return the best steps no longer than about `radius`, (B, m) (Moré & Sorensen 1983)."""
    damping = np.zeros((len(along), 1))
    step = along / curvature
    if not np.any(np.linalg.norm(step, axis=1) > radius):
        return step
    for _ in range(SECULAR_STEPS):
        squared = (step**2).sum(axis=1)
        slope = (step**2 / (curvature + damping)).sum(axis=1)
        excess = np.maximum(np.sqrt(squared) / radius - 1.0, 0.0)
        damping[:, 0] += np.divide(
            squared * excess, slope, out=np.zeros_like(slope), where=slope > 0
        )
        step = along / (curvature + damping)
    return step
