"""How the variance of noise is distributed over patients, in whatever form their ratings show it.

A few restless patients among calm ones have other drops than a cohort in which unrest varies
gradually, even where mean and spread of the variances are the same.
"""

import numpy as np

from rupture_repair.detection.grid import Grid
from rupture_repair.detection.series import Floats, Series

# logarithms of variances relative to the mean that are told apart
LOGS = np.linspace(-4, 4, 65)
# standard deviations of normally distributed logarithms to begin with
SPREADS = np.linspace(0.1, 2, 20)
# of expectation maximisation: more make a few sharp kinds of patients of what varies gradually
STEPS = 30
# more patients do not change the form: as many are taken, evenly
MAX_SAMPLE = 5000
# with fewer patients away from the ends of the scale, all of them count
MIN_SAMPLE = 50
# equally likely values that stand for the distribution
VALUES = 1000


def form_of(series: Series, grid: Grid) -> Floats:
    """Return equally likely logarithms of relative variances, sorted, shape (VALUES,).

    The patients' sums of squares are scaled chi-squared. Of normal distributions of the logarithm
    the likeliest is moved towards the nonparametric maximum of the likelihood by a few steps of
    expectation maximisation ("smoothing by roughening", Laird & Louis, 1991). Patients whose mean
    lies within a standard deviation of an end of the scale are left out where there are enough
    others: the end, not calm, keeps their ratings alike. Zeros without patients of two ratings or
    more.
    """
    freedom = series.n_later
    within = series.squares.sum() / max(freedom.sum(), 1)
    known = freedom > 0
    if within <= 0 or not known.any():
        return np.zeros(VALUES)
    room = np.minimum(series.own_mean - grid.minimum, grid.maximum - series.own_mean)
    inside = known & (np.nan_to_num(room, nan=-np.inf) > np.sqrt(within))
    chosen = np.flatnonzero(inside if inside.sum() >= MIN_SAMPLE else known)
    chosen = chosen[:: -(-len(chosen) // MAX_SAMPLE)]
    squares = (series.squares[chosen] / within)[:, None]
    fits = -(freedom[chosen][:, None] * LOGS + squares * np.exp(-LOGS)) / 2
    likelihood = np.exp(fits - fits.max(axis=1, keepdims=True))
    weights = _likeliest(likelihood)
    for _ in range(STEPS):
        weights *= (likelihood / (likelihood @ weights)[:, None]).mean(axis=0)
    places = (np.arange(VALUES) + 0.5) / VALUES
    return LOGS[np.searchsorted(np.cumsum(weights), places * weights.sum())]


def _likeliest(likelihood: Floats) -> Floats:
    """Return the weights of the grid by the likeliest normal distribution, mean variance 1."""
    normal = np.exp(-0.5 * ((LOGS + SPREADS[:, None] ** 2 / 2) / SPREADS[:, None]) ** 2)
    normal /= normal.sum(axis=1, keepdims=True)
    with np.errstate(divide="ignore"):  # a narrow one may rule a patient out
        best = np.argmax(np.log(likelihood @ normal.T).sum(axis=0))
    return np.asarray(normal[best])


def scaled(form: Floats, spread: float) -> Floats:
    """Return relative variances of mean 1 in this form, with log(1 + CV²) = `spread`.

    The logarithms are multiplied by one number. A form that spreads less than asked, however it is
    scaled, is spread as far as it goes.
    """
    around = form - form.max()

    def reached(factor: float) -> float:
        relative = np.exp(factor * around)
        return float(np.log(np.mean(relative**2) / np.mean(relative) ** 2)) - spread

    if spread <= 0 or not around.any():
        return np.ones_like(form)
    from scipy.optimize import brentq  # a sixth of a second to import, for three steps of a run

    most = 1.0
    while reached(most) < 0 and most < 64:
        most *= 2
    factor = brentq(reached, 0, most) if reached(most) > 0 else most
    relative = np.exp(factor * around)
    return np.asarray(relative / relative.mean())
