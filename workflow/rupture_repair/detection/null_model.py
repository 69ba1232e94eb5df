"""Courses of the alliance by chance: in random order, or without ruptures (METHODS §3)."""

from dataclasses import dataclass, replace

import numpy as np

from rupture_repair.detection.series import Floats, Series

FITTING_STEPS = 6
FITTING_DRAWS = 20
LARGEST_AR = 0.95


@dataclass(frozen=True)
class Grid:
    """Ratings that an instrument allows, in points; `step` None when it has no smallest step."""

    minimum: float
    maximum: float
    step: float | None

    def onto(self, ratings: Floats) -> Floats:
        """Return the nearest possible ratings."""
        if self.step is not None:
            ratings = self.minimum + np.rint((ratings - self.minimum) / self.step) * self.step
        return np.clip(ratings, self.minimum, self.maximum)


@dataclass(frozen=True)
class Moments:
    """What the model is fitted to, in points and points².

    level, slope : mean course, level + slope · log(session).
    variance : of ratings about the mean course.
    near, far : half the mean squared difference of ratings one and two sessions apart, which a
        patient's stable level leaves alone.
    """

    level: float
    slope: float
    variance: float
    near: float
    far: float

    def array(self) -> Floats:
        """Return the five values in order."""
        return np.array([self.level, self.slope, self.variance, self.near, self.far])


def permuted(series: Series, rng: np.random.Generator) -> Series:
    """Return the series with each patient's ratings in random order."""
    order = np.argsort(series.patient + rng.random(len(series.rating)))
    return replace(series, rating=series.rating[order])


def moments_of(series: Series) -> Moments:
    """Return the moments; slope from deviations within patients, so that length plays no part."""
    when = np.log(series.session)
    within = when - (series.total(when) / np.maximum(series.counts, 1))[series.patient]
    spread = np.sum(within**2)
    slope = float(np.sum(within * series.deviation) / spread) if spread > 0 else 0.0
    residual = series.rating - slope * when
    near, far = (_half_squared_difference(series, residual, lag) for lag in (1, 2))
    return Moments(float(residual.mean()), slope, float(residual.var()), near, far)


def fit(series: Series, grid: Grid, rng: np.random.Generator) -> Moments:
    """Return the moments of the latent course whose ratings have the moments of the cohort.

    Rounding and the ends of the scale take variance away; the latent moments are moved until
    ratings simulated from them show what was observed.
    """
    observed = moments_of(series).array()
    latent = observed
    for _ in range(FITTING_STEPS):
        draws = simulated(series, Moments(*latent), grid, rng, FITTING_DRAWS)
        seen = np.mean([moments_of(replace(series, rating=row)).array() for row in draws], axis=0)
        latent = latent + observed - seen
        latent[2:] = np.maximum(latent[2:], 0)
    return Moments(*latent)


def simulated(
    series: Series, moments: Moments, grid: Grid, rng: np.random.Generator, n: int
) -> Floats:
    """Return ratings without ruptures at the cohort's own rated sessions, shape (n, n_ratings).

    Stable level of each patient, common trend in log(session), AR(1) noise that decays over
    sessions without a rating, rounded and cut off as the instrument does.
    """
    ar, noise, level = _parameters(moments)
    draws = rng.standard_normal((n, len(series.rating)))
    decay = np.zeros(len(series.rating))
    later = np.flatnonzero(series.position > 0)
    decay[later] = ar ** (series.session[later] - series.session[later - 1]).astype(float)
    draws *= np.sqrt(1 - decay**2)
    order = np.argsort(series.position, kind="stable")
    for at in np.split(order, np.cumsum(np.bincount(series.position)))[1:]:
        draws[:, at] += decay[at] * draws[:, at - 1]
    people = rng.standard_normal((n, len(series.patients))) * level
    course = moments.level + moments.slope * np.log(series.session)
    return grid.onto(course + people[:, series.patient] + noise * draws)


def _parameters(moments: Moments) -> tuple[float, float, float]:
    """Return AR(1) coefficient, SD of the noise and SD of patients' levels.

    From γ(h) = σ²(1 − φ^h): γ(2) / γ(1) = 1 + φ and σ² = γ(1) / (1 − φ).
    """
    ratio = moments.far / moments.near - 1 if moments.near > 0 else 0.0
    ar = float(np.clip(ratio, 0, LARGEST_AR)) if np.isfinite(ratio) else 0.0
    noise = moments.near / (1 - ar)
    return ar, float(np.sqrt(noise)), float(np.sqrt(max(moments.variance - noise, 0)))


def _half_squared_difference(series: Series, values: Floats, lag: int) -> float:
    """Mean of half the squared difference of ratings `lag` sessions apart; 0 without any."""
    squares = []
    for back in range(1, lag + 1):
        apart = series.session[back:] - series.session[:-back] == lag
        pair = apart & (series.patient[back:] == series.patient[:-back])
        squares.append((values[back:] - values[:-back])[pair] ** 2)
    found = np.concatenate(squares)
    return float(found.mean() / 2) if len(found) else 0.0
