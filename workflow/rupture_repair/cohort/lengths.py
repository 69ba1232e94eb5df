"""Treatment lengths and caseloads of a synthetic cohort."""

import numpy as np
from numpy.typing import NDArray

from rupture_repair.config.synthetic import LengthDistribution


def draw_lengths(
    rng: np.random.Generator,
    n: int,
    distribution: LengthDistribution,
    *,
    mean: float | None,
    sd: float | None,
    minimum: int,
    maximum: int,
    decimals: tuple[int, int] = (1, 2),
) -> NDArray[np.int64]:
    """Return `n` numbers of sessions whose M, SD (ddof 1), min and max round to the targets.

    Draws max(minimum, round(shift + exp(N(mu, sigma)))), then moves single patients by one
    session as long as that brings mean and SD nearer to their targets, and three at once where
    one alone no longer does. Without both targets the lengths are left as drawn, within minimum
    and maximum.

    Raises `ValueError` when no cohort of this size can meet the targets.
    """
    raw = distribution.shift + np.exp(rng.normal(distribution.mu, distribution.sigma, n))
    lengths = np.clip(np.rint(raw).astype(np.int64), minimum, maximum)
    if mean is None or sd is None:
        return lengths
    order = np.argsort(lengths, kind="stable")
    lengths[order[0]], lengths[order[-1]] = minimum, maximum
    movable = order[1:-1]
    tolerance = np.array([0.5 * 10.0**-places for places in decimals])
    targets = np.array([mean, sd])

    def distance(total: float, squares: float) -> float:
        deviation = np.sqrt(max(squares - total**2 / n, 0.0) / (n - 1))
        return float(np.sum(((np.array([total / n, deviation]) - targets) / tolerance) ** 2))

    total, squares = float(lengths.sum()), float((lengths**2).sum())
    best = distance(total, squares)
    singles = 400 * n
    for attempt in range(2 * singles):
        if best < 0.25:  # each target met within half of its rounding interval
            return lengths
        if attempt < singles:
            chosen = movable[[rng.integers(len(movable))]]
            steps = rng.choice((-1, 1), 1)
        elif len(movable) >= 3:
            chosen, steps = rng.choice(movable, 3, replace=False), rng.choice((-1, 0, 1), 3)
        else:
            break
        moved = lengths[chosen] + steps
        if moved.min() < minimum or moved.max() > maximum:
            continue
        new_total = total + float(steps.sum())
        new_squares = squares + float((moved**2 - lengths[chosen] ** 2).sum())
        candidate = distance(new_total, new_squares)
        if candidate < best:
            best, total, squares = candidate, new_total, new_squares
            lengths[chosen] = moved
    raise ValueError(
        f"no {n} treatment lengths from {minimum} to {maximum} with M {mean} and SD {sd} were found"
    )


def draw_caseloads(
    rng: np.random.Generator, n_patients: int, n_therapists: int, concentration: float
) -> NDArray[np.int64]:
    """Return the therapist (0, 1, …) of each patient: unequal caseloads, none empty."""
    shares = rng.dirichlet(np.full(n_therapists, concentration))
    sizes = 1 + rng.multinomial(n_patients - n_therapists, shares)
    return rng.permutation(np.repeat(np.arange(n_therapists), sizes))
