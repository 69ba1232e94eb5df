"""Courses of the alliance by chance: in random order, or without ruptures (docs/methods.md)."""

from dataclasses import dataclass, field, replace

import numpy as np
from scipy.special import ndtri

from rupture_repair.detection.grid import Grid
from rupture_repair.detection.noise_variances import VALUES, form_of, scaled
from rupture_repair.detection.series import Floats, Ints, Series

FITTING_STEPS = 8
FITTING_DRAWS = 20
# models of resampled patients, each fitted in fewer steps from the model of all
RESAMPLES = 12
REFITTING_STEPS = 4
REFITTING_DRAWS = 10
# grid of autocorrelations; it extends below zero so that the estimate is not biased at zero
AUTOCORRELATIONS = np.linspace(-0.5, 0.95, 59)
# variance of the log noise variances: beyond this, small variances cannot be distinguished from
# zero
MAX_SPREAD = 6.0
# standard normal scores: the form of the variances' logarithms while nothing is known of it
NORMAL = ndtri((np.arange(VALUES) + 0.5) / VALUES)


@dataclass(frozen=True)
class Moments:
    """What the model is fitted to, in points and points².

    level, slope : mean course, level + slope · log(session).
    variance : of ratings about the mean course.
    near : half the mean squared difference of ratings of successive sessions.
    within : pooled variance within patients; by how much it exceeds `near` tells the
        autocorrelation.
    spread : how much the variance within patients differs between them: log(1 + CV²), which is
        the variance of its logarithm where that is normally distributed.
    form : equally likely logarithms of the patients' variances, up to a factor that follows from
        `spread`, shape (n_values,).
    """

    level: float
    slope: float
    variance: float
    near: float
    within: float
    spread: float
    form: Floats = field(default_factory=NORMAL.copy, compare=False)

    def array(self) -> Floats:
        """Return the numbers in order, without the form."""
        return np.array(
            [self.level, self.slope, self.variance, self.near, self.within, self.spread]
        )


def permuted(series: Series, rng: np.random.Generator) -> Series:
    """Return the series with each patient's ratings in random order."""
    order = np.argsort(series.patient + rng.random(len(series.rating)))
    return series.with_ratings(series.rating[order])


def moments_of(series: Series) -> Moments:
    """Return the moments; slope from deviations within patients, so that length plays no part.

    All but `level` and `slope` are those of the residuals about the mean course. `spread` of a
    cohort holds the sampling error of the patients' variances as well; that of the model does not.
    """
    when = np.log(series.session)
    around = when - series.spread(_divided(series.total(when), series.counts))
    total = np.sum(around**2)
    slope = float(np.sum(around * series.deviation) / total) if total > 0 else 0.0
    rest = series.with_ratings(series.rating - slope * when)
    freedom = series.n_later
    within = float(rest.squares.sum() / freedom.sum()) if freedom.any() else 0.0
    return Moments(
        float(rest.rating.mean()),
        slope,
        float(rest.rating.var()),
        _near(rest),
        within,
        _spread(rest, within),
    )


def fit(series: Series, grid: Grid, rng: np.random.Generator) -> Moments:
    """Return the moments of the latent course whose ratings have the moments of the cohort.

    Rounding, the ends of the scale and few ratings per patient change moments; the latent ones are
    moved until ratings simulated from them show what was observed.
    """
    start = np.r_[moments_of(series).array()[:-1], 0.0]
    return _moved(series, start, grid, rng, FITTING_STEPS, FITTING_DRAWS)


def plausible(series: Series, grid: Grid, rng: np.random.Generator) -> list[Moments]:
    """Return `RESAMPLES` models, each fitted to the rated patients drawn with replacement.

    A null that is drawn from all of them holds what estimating it from so many patients adds.
    Without any rating there is nothing to draw from: the model of the cohort alone.
    """
    model = fit(series, grid, rng)
    rated = np.flatnonzero(series.counts)
    if not len(rated):
        return [model]
    drawn = (rated[rng.integers(len(rated), size=len(rated))] for _ in range(RESAMPLES))
    return [
        _moved(series.of(some), model.array(), grid, rng, REFITTING_STEPS, REFITTING_DRAWS)
        for some in drawn
    ]


def _moved(
    series: Series,
    latent: Floats,
    grid: Grid,
    rng: np.random.Generator,
    steps: int,
    draws: int,
) -> Moments:
    """Return the moments to which `latent` ones come that are moved as `fit` says."""
    observed, form = moments_of(series).array(), form_of(series, grid)
    for _ in range(steps):
        ratings = simulated(series, replace(Moments(*latent), form=form), grid, rng, draws)
        seen = np.mean([moments_of(series.with_ratings(row)).array() for row in ratings], axis=0)
        latent = latent + observed - seen
        latent[2:] = np.maximum(latent[2:], 0)
        latent[-1] = min(latent[-1], MAX_SPREAD)
    return replace(Moments(*latent), form=form)


def simulated(
    series: Series,
    moments: Moments,
    grid: Grid,
    rng: np.random.Generator,
    n: int,
    shocks: Floats | None = None,
) -> Floats:
    """Return ratings without ruptures at the cohort's own rated sessions, shape (n, n_ratings).

    Stable level of each patient, common trend in log(session), AR(1) noise that decays over
    sessions without a rating and whose variance differs between patients, rounded
    and cut off as the instrument does.

    shocks : standard normal, of the noise, shape (n, n_ratings), where they are known; else drawn.
    """
    ar, noise, level = _parameters(series, moments)
    shape = (n, len(series.rating))
    draws = rng.standard_normal(shape) if shocks is None else shocks.copy()
    decay = np.zeros(len(series.rating))
    position = series.position
    later = np.flatnonzero(position > 0)
    decay[later] = ar ** (series.session[later] - series.session[later - 1]).astype(float)
    draws *= np.sqrt(1 - decay**2)
    order = np.argsort(position, kind="stable")
    for at in np.split(order, np.cumsum(np.bincount(position)))[1:]:
        draws[:, at] += decay[at] * draws[:, at - 1]
    people = rng.standard_normal((n, len(series.patients))) * level
    variances = scaled(moments.form, moments.spread)
    own = noise * np.sqrt(rng.choice(variances, (n, len(series.patients))))
    course = moments.level + moments.slope * np.log(series.session)
    return grid.onto(course + people[:, series.patient] + own[:, series.patient] * draws)


def _parameters(series: Series, moments: Moments) -> tuple[float, float, float]:
    """Return AR(1) coefficient, SD of the noise and SD of patients' levels.

    Half the mean squared difference of successive sessions is σ²(1 − φ); the variance within
    patients is σ² times a factor that follows from who is rated when. Their ratio rises with φ.
    """
    lags, weights = _pairs(series)
    freedom = max(int(series.n_later.sum()), 1)
    shrunk = 1 - weights @ AUTOCORRELATIONS ** lags[:, None] / freedom
    ratios = shrunk / (1 - AUTOCORRELATIONS)
    ar = 0.0
    # not identified without successive sessions, or with two ratings per patient
    if moments.near > 0 and (np.diff(ratios) > 0).all():
        ar = float(np.interp(moments.within / moments.near, ratios, AUTOCORRELATIONS))
    noise = moments.within / float(np.interp(ar, AUTOCORRELATIONS, shrunk))
    return ar, float(np.sqrt(noise)), float(np.sqrt(max(moments.variance - noise, 0)))


def _pairs(series: Series) -> tuple[Floats, Floats]:
    """Return differences of session numbers and the weight of pairs of ratings so far apart.

    A pair counts 2/n in a patient with n ratings: with these weights the autocorrelations add up to
    what the variance within patients falls short of that of the noise.
    """
    weights = np.zeros(int(np.ptp(series.session)) + 1 if len(series.session) else 1)
    each = series.spread(2 / np.maximum(series.counts, 1))
    position = series.position
    for back in range(1, int(series.counts.max(initial=0))):
        later = np.flatnonzero(position >= back)
        gaps = series.session[later] - series.session[later - back]
        weights += np.bincount(gaps, each[later], minlength=len(weights))
    lags = np.flatnonzero(weights)
    return lags.astype(float), weights[lags]


def _near(series: Series) -> float:
    """Half the mean squared difference of ratings of successive sessions; 0 without any."""
    pair = series.later.copy()
    pair[1:] &= series.session[1:] - series.session[:-1] == 1
    if not pair.any():
        return 0.0
    return float(np.mean((series.rating - series.before)[pair] ** 2) / 2)


def _spread(series: Series, within: float) -> float:
    """log(1 + CV²) of the patients' variances, weighted by degrees of freedom.

    The large variances make it, which make ruptures: those of patients at the end of the scale,
    near zero, tell little of the noise.
    """
    known = series.counts > 1
    if within <= 0 or not known.any():
        return 0.0
    freedom = series.n_later[known]
    ratios = series.squares[known] / freedom / within
    return float(np.log1p(np.average((ratios - 1) ** 2, weights=freedom)))


def _divided(values: Floats, counts: Ints) -> Floats:
    return values / np.maximum(counts, 1)
