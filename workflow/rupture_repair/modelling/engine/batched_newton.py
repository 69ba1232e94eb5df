"""Newton steps for many members of a batch at once: starts of one fit, or refits of replicates."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from rupture_repair.modelling.engine.batch import Batch
from rupture_repair.modelling.engine.batched_deviance import Evaluations, evaluate
from rupture_repair.modelling.engine.designs import LARGE, Designs
from rupture_repair.modelling.engine.designs import evaluate as evaluate_designs
from rupture_repair.modelling.engine.deviance import Evaluation, Problem
from rupture_repair.modelling.engine.elimination import Elimination
from rupture_repair.modelling.engine.optimise import (
    MAX_STEPS,
    NEAR_OPTIMUM,
    SAME_OPTIMUM,
    Attempt,
    minimise,
    time_unit,
)
from rupture_repair.modelling.engine.summaries import Array, Codes

# starts whose next steps lead to within so much deviance of each other go the same way, once the
# deviance that these steps promise is small enough for the deviance to be a paraboloid
JOINED = 2e-6
# a start whose next step promises less ends: that leads to within a fraction of `SAME_OPTIMUM`
NEAR = 1e-4
# Newton steps on the secular equation of the trust region
SECULAR_STEPS = 5


def minimise_all(problem: Problem, starts: list[Array]) -> tuple[list[Attempt], Evaluation]:
    """Minimise from each start; returns the attempts and the evaluation at the best of them.

    Several starts go on together until Newton promises less than `NEAR`, or until a start's next
    step leads to where that of the best does. The best is then minimised to the end. The others are
    compared with it: whose next step does not lead there is taken up by itself.
    """
    designs = None
    if len(starts) > 1 and problem.sessions.n_patients <= LARGE:
        eliminated = Elimination.at(starts[0], problem.structure, problem.sessions)
        designs = Designs.of(problem, problem.solve(eliminated).coefficients)
    if designs is None:
        attempted = [minimise(problem, start) for start in starts]
        best_end = min((end for _, end in attempted), key=lambda end: end.deviance)
        return [attempt for attempt, _ in attempted], best_end
    scale = time_unit(problem) ** problem.structure.time_powers()
    found = newton_together(
        lambda theta, on: evaluate_designs(designs, theta), np.array(starts), scale, NEAR, JOINED
    )
    lands = found.theta + found.step
    attempts: dict[int, Attempt] = {}
    ends: list[Evaluation] = []
    for n in np.argsort(found.promised, kind="stable"):
        used, ended = int(found.n_evaluations[n]), bool(found.ended[n])
        if ends and ended:
            best = min(ends, key=lambda end: end.deviance)
            left = _above(problem, best, lands[n])
            if left <= SAME_OPTIMUM:
                deviance = best.deviance + left
                attempts[n] = Attempt(starts[n], lands[n], deviance, left, used, True)
                continue
        attempt, end = minimise(problem, lands[n] if ended else found.theta[n])
        ends.append(end)
        used += attempt.n_evaluations
        attempts[n] = replace(attempt, start=starts[n], n_evaluations=used)
    return [attempts[n] for n in range(len(starts))], min(ends, key=lambda end: end.deviance)


def _above(problem: Problem, best: Evaluation, theta: Array) -> float:
    """Return how much more deviance there is at theta, by the curvature at the best."""
    moved = problem.structure.canonical(theta) - best.theta
    return float(abs(moved @ best.hessian @ moved) / 2)


@dataclass
class BatchState:
    """Where the members of a batch stand.

    theta, step : shape (B, m), the second the full Newton step from there, in theta's own units.
    deviance : (B,); infinite where the data do not identify the model.
    decrement : deviance that `step` promises, (B,). n_evaluations : (B,).
    ended : whether that is little, or leads where the best member's step does, (B,).
    """

    theta: Array
    step: Array
    deviance: Array
    decrement: Array
    n_evaluations: Codes
    ended: NDArray[np.bool_]

    @property
    def promised(self) -> Array:
        """The deviance where the next step leads, (B,)."""
        known = np.isfinite(self.deviance)
        return np.where(known, self.deviance - np.where(known, self.decrement, 0.0), np.inf)


def batched_newton(
    batch: Batch, starts: Array, scale: Array, tolerance: float, weights: Array | None = None
) -> BatchState:
    """Take Newton steps from `starts`; weights : therapists' multiplicities by member, (K, B)."""

    def evaluated(theta: Array, on: Codes) -> Evaluations:
        return evaluate(batch, theta, None if weights is None else weights[:, on])

    return newton_together(evaluated, starts, scale, tolerance)


def newton_together(
    evaluated: Callable[[Array, Codes], Evaluations],
    starts: Array,
    scale: Array,
    tolerance: float,
    joined: float = 0.0,
) -> BatchState:
    """Take damped Newton steps from `starts`, (B, m), as `optimise.newton` does for one.

    evaluated : evaluates some members, given by number, at theta. Each member ends by itself, when
    its next step promises less than `tolerance`.
    """
    at = evaluated(starts, np.arange(len(starts)))
    gradient, hessian = at.gradient * scale, at.hessian * scale * scale[:, None]
    n = len(starts)
    found = BatchState(
        starts.copy(), np.zeros_like(starts), at.deviance, np.full(n, np.inf),
        np.ones(n, np.intp), np.zeros(n, dtype=bool),
    )  # fmt: skip
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
        found.ended[on] = found.decrement[on] <= tolerance
        if joined > 0:
            found.ended[on] |= _joining(found, on, hessian / scale / scale[:, None], joined)
        going = ~found.ended[on] & (radius[on] >= 1e-10)
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


def _joining(found: BatchState, on: Codes, hessian: Array, joined: float) -> NDArray[np.bool_]:
    """Return which of the members `on` are led to where the best one is, which itself goes on."""
    best = int(np.argmin(found.promised))
    lands = found.theta + found.step
    moved = lands[on] - lands[best]
    apart = np.einsum("bi,ij,bj->b", moved, hessian[best], moved) / 2
    near = (found.decrement[on] < NEAR_OPTIMUM) & (found.decrement[best] < NEAR_OPTIMUM)
    return near & (np.abs(apart) <= joined) & (on != best)


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
