"""Audit of suppression: what can be worked out from all that is shown at once."""

import numpy as np
from numpy.typing import ArrayLike, NDArray


def determined(sums: ArrayLike, counts: ArrayLike, least: ArrayLike) -> NDArray[np.bool_]:
    """Return which hidden counts have only one possible value, shape (n_counts,).

    sums : weights of the sums of hidden counts that are shown, shape (n_sums, n_counts).
    counts : the hidden counts. least : what each is known to be at least.

    By integer linear programmes with HiGHS, the audit of Hundepool et al. (2012, *Statistical
    disclosure control*, ch. 4).
    """
    from scipy.optimize import Bounds, LinearConstraint, milp  # only confidential cohorts need it

    weights = np.asarray(sums, dtype=float)
    n = np.asarray(counts, dtype=float)
    totals = weights @ n
    limits = LinearConstraint(weights, totals, totals)
    bounds = Bounds(np.asarray(least, dtype=float), np.full(len(n), np.inf))
    whole = np.ones(len(n))
    fixed = np.ones(len(n), dtype=bool)
    for place in range(len(n)):
        for sign in (1, -1):
            cost = np.where(np.arange(len(n)) == place, sign, 0)
            # the sums may leave a count without an upper limit
            found = milp(cost, constraints=limits, bounds=bounds, integrality=whole)
            if found.x is None or round(found.x[place]) != n[place]:
                fixed[place] = False
                break
            others = np.abs(np.round(found.x) - n) > 0.5
            fixed[others] = False
        if not fixed.any():
            break
    return fixed


def some_counts(sums: ArrayLike, values: ArrayLike) -> NDArray[np.float64] | None:
    """Return counts that have the sums which are shown, shape (n_counts,); None if there are none.

    sums : weights, shape (n_sums, n_counts). values : the sums, shape (n_sums,).
    """
    from scipy.optimize import Bounds, LinearConstraint, milp

    weights = np.asarray(sums, dtype=float)
    n = weights.shape[1]
    limits = LinearConstraint(weights, values, values)
    found = milp(np.zeros(n), constraints=limits, bounds=Bounds(0, np.inf), integrality=np.ones(n))
    return None if found.x is None else np.round(found.x)


def margins(shape: tuple[int, int]) -> NDArray[np.float64]:
    """Return the sums of the rows and columns of a table, laid out by rows."""
    rows, columns = shape
    return np.vstack(
        [
            np.kron(np.eye(rows), np.ones(columns)),
            np.kron(np.ones(rows), np.eye(columns)),
        ]
    )
