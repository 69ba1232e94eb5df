"""Effects that noise shared by alliance and symptoms of a session would produce without ruptures.

A poor session lowers the rating of the alliance and raises that of symptoms. Drops then coincide
with high symptoms without any rupture, so that patterns are associated with the course. Simulated
cohorts without ruptures whose errors correlate as in the data show how large that effect is.
"""

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from rupture_repair.config.criteria import PATTERNS
from rupture_repair.config.reporting import ALPHA, CHANCE_INTERVAL, EXACT
from rupture_repair.config.steps.modelling import SharedNoiseSettings
from rupture_repair.detection.grid import Grid
from rupture_repair.detection.null_model import Moments, fit, simulated
from rupture_repair.detection.patterns import patterns_of
from rupture_repair.detection.ruptures import find_ruptures
from rupture_repair.detection.series import Series, series_of
from rupture_repair.modelling.engine import (
    MixedModelResults,
    ModelDataError,
    SingularFixedPartError,
    refit,
    refit_start,
)
from rupture_repair.modelling.fit import Fit, FitError, certified, plain_term, restored, specified
from rupture_repair.modelling.formulas import FORMULAS
from rupture_repair.modelling.keys import NotDetermined

Array = NDArray[np.float64]
# what each model is asked, by its terms
TERMS = {
    "M1": ("time:pattern[unrepaired]", "time:pattern[repaired]"),
    "M2": ("time:pattern[repaired]:iip_z",),
    "M3": ("time:pattern[repaired]:iip_z", "time:pattern[repaired]:iip_z:length_c"),
}
SAMPLES = {"M1": ("all", "without_last"), "M2": ("all",), "M3": ("all",)}
RESAMPLES = 2000
TRIAL, TRIALS = -0.4, 20
MAX_COUPLING = 0.95


def shared_noise_tables(
    table: pd.DataFrame,
    sessions: pd.DataFrame,
    fits: Mapping[str, Fit],
    settings: SharedNoiseSettings,
) -> dict[str, pd.DataFrame]:
    """Return `session_correlation` and `shared_noise`.

    table : the analysis table; sessions : all ratings; fits : by REML, by model.

    `session_correlation` : of the residuals of both ratings about each patient's own line over
    time (patients with four sessions or more), `r` with the 95 % interval of a bootstrap of
    patients, and `latent_r`, of the errors before rounding and the ends of the scale.
    `shared_noise` : a row per model, term and sample: the estimate from the data beside mean, 2.5 %
    and 97.5 % quantile and share of p < .05 of cohorts without ruptures. Their symptoms follow M0,
    their alliance the no-rupture model, with the errors of a session coupled by `latent_r`.
    Sample `without_last` leaves out patients all of whose ruptures are in their last rating.
    """
    rng = np.random.default_rng([settings.seed, 20])
    grid = Grid.of(settings.alliance)
    series = series_of(sessions, grid)
    places = _places(series, table)
    own = _own_lines(series, table, places)
    r, low, high = _correlation(own, table["symptoms"].to_numpy(), series.rating, rng)
    nothing = pd.DataFrame([{"n_sessions": len(own[0]), "r": r, "ci_low": low, "ci_high": high}])
    latent = fit(series, grid, rng)
    if "M0" not in fits or not np.isfinite(r):
        return {"session_correlation": nothing, "shared_noise": pd.DataFrame()}
    coupling = _latent(r, series, latent, grid, own, table, places, fits["M0"], rng)
    cohorts = _cohorts(series, latent, grid, table, places, fits["M0"], coupling, settings, rng)
    rows = _compared(table, series, fits, list(cohorts), settings)
    return {
        "session_correlation": nothing.assign(latent_r=coupling),
        "shared_noise": pd.DataFrame(rows),
    }


def _places(series: Series, table: pd.DataFrame) -> NDArray[np.int64]:
    """Return the row of `table` of each alliance rating, shape (n_ratings,); −1 without one."""
    rated = pd.MultiIndex.from_arrays([series.patients[series.patient], series.session])
    return pd.MultiIndex.from_frame(table[["patient_id", "session"]]).get_indexer(rated)


def _own_lines(
    series: Series, table: pd.DataFrame, places: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int64], Array, NDArray[np.int64]]:
    """Return ratings and rows of sessions with both, an orthonormal basis of lines, and owners.

    Of patients with four such sessions or more: two are spent on the line.
    """
    both = np.flatnonzero(places >= 0)
    counts = np.bincount(series.patient[both], minlength=len(series.patients))
    both = both[counts[series.patient[both]] >= 4]
    rows, owner = places[both], np.unique(series.patient[both], return_inverse=True)[1]
    time = table["time"].to_numpy()[rows]
    sizes = np.bincount(owner)
    around = time - (np.bincount(owner, time) / np.maximum(sizes, 1))[owner]
    spread = np.sqrt(np.bincount(owner, around**2))[owner]
    return both, rows, around / np.where(spread > 0, spread, 1), owner


def _residuals(values: Array, line: Array, owner: NDArray[np.int64]) -> Array:
    around = values - (np.bincount(owner, values) / np.bincount(owner))[owner]
    return np.asarray(around - np.bincount(owner, around * line)[owner] * line)


def _correlation(
    own: tuple[Any, ...], symptoms: Array, alliance: Array, rng: np.random.Generator | None = None
) -> tuple[float, float, float]:
    """Return the pooled correlation of residuals, with an interval where `rng` is given."""
    both, rows, line, owner = own
    if not len(both):
        return np.nan, np.nan, np.nan
    x, y = (_residuals(v, line, owner) for v in (alliance[both], symptoms[rows]))
    sums = np.array([np.bincount(owner, v) for v in (x * y, x * x, y * y)])
    with np.errstate(invalid="ignore", divide="ignore"):
        xy, xx, yy = sums.sum(axis=1)
        r = float(xy / np.sqrt(xx * yy))
        if rng is None:
            return r, np.nan, np.nan
        n = sums.shape[1]
        drawn = rng.multinomial(n, np.full(n, 1 / n), RESAMPLES) @ sums.T
        found = drawn[:, 0] / np.sqrt(drawn[:, 1] * drawn[:, 2])
    low, high = np.nanpercentile(found, [2.5, 97.5])
    return r, float(low), float(high)


def _latent(
    r: float,
    series: Series,
    latent: Moments,
    grid: Grid,
    own: tuple[Any, ...],
    table: pd.DataFrame,
    places: NDArray[np.int64],
    course: Fit,
    rng: np.random.Generator,
) -> float:
    """Return the coupling of the errors under which ratings show the correlation `r`."""
    seen = [
        _correlation(own, *_drawn(series, latent, grid, table, places, course, TRIAL, rng))[0]
        for _ in range(TRIALS)
    ]
    return float(np.clip(r * TRIAL / np.mean(seen), -MAX_COUPLING, MAX_COUPLING))


def _drawn(
    series: Series,
    latent: Moments,
    grid: Grid,
    table: pd.DataFrame,
    places: NDArray[np.int64],
    course: Fit,
    coupling: float,
    rng: np.random.Generator,
) -> tuple[Array, Array]:
    """Return symptoms of the rows of `table` and alliance ratings without ruptures."""
    error = rng.standard_normal(len(table))
    free = rng.standard_normal(len(places))
    shared = np.where(places >= 0, error[places], rng.standard_normal(len(places)))
    draws = coupling * shared + np.sqrt(1 - coupling**2) * free
    alliance = simulated(series, latent, grid, rng, 1, draws[None, :])[0]
    return _course(table, course, rng) + np.sqrt(course.variances["residual"]) * error, alliance


def _course(table: pd.DataFrame, course: Fit, rng: np.random.Generator) -> Array:
    """Return a course of symptoms by M0, without the errors of the sessions."""
    part, time = course.variances, table["time"].to_numpy()
    therapist, who = pd.factorize(table["therapist_id"])[0], pd.factorize(table["patient_id"])[0]
    cross = part.get("patient_covariance", 0.0)
    covariance = [[part["patient"], cross], [cross, part.get("patient_slope", 0.0)]]
    people = rng.multivariate_normal([0, 0], covariance, who.max() + 1, method="eigh")
    level = np.sqrt(part.get("therapist", 0.0)) * rng.standard_normal(therapist.max() + 1)
    intercept, slope = course.params["Intercept"], course.params["time"]
    return np.asarray(
        intercept + slope * time + people[who, 0] + people[who, 1] * time + level[therapist]
    )


def _cohorts(
    series: Series,
    latent: Moments,
    grid: Grid,
    table: pd.DataFrame,
    places: NDArray[np.int64],
    course: Fit,
    coupling: float,
    settings: SharedNoiseSettings,
    rng: np.random.Generator,
) -> Iterator[pd.DataFrame]:
    """Yield analysis tables of cohorts without ruptures, with `last_only`."""
    for _ in range(settings.replicates):
        symptoms, alliance = _drawn(series, latent, grid, table, places, course, coupling, rng)
        found = series.with_ratings(alliance)
        yield _classified(table.assign(symptoms=symptoms), found, settings)


def _classified(table: pd.DataFrame, series: Series, settings: SharedNoiseSettings) -> pd.DataFrame:
    rule = settings.criterion
    people = patterns_of(series, find_ruptures(series, rule), rule.aggregate)
    people = people.set_index("patient_id").reindex(table["patient_id"])
    last = (people["n_ruptures"] > 0) & (people["n_ruptures"] == people["n_unobservable"])
    pattern = pd.Categorical(people["pattern"].to_numpy(dtype=object), PATTERNS)
    known = table.assign(pattern=pattern, last_only=last.to_numpy())
    return known[known["pattern"].notna()].reset_index(drop=True)


def _compared(
    table: pd.DataFrame,
    series: Series,
    fits: Mapping[str, Fit],
    cohorts: list[pd.DataFrame],
    settings: SharedNoiseSettings,
) -> Iterator[dict[str, Any]]:
    here = _classified(table, series, settings)
    for model, samples in SAMPLES.items():
        if model not in fits:
            continue
        whole = restored(fits[model], table)
        for sample in samples:
            try:
                found = whole if sample == "all" else _without_last(model, here, settings)
            except FitError as error:
                for term in TERMS[model]:
                    yield {"model": model, "term": term, "sample": sample, "reason": str(error)}
                continue
            start, names = refit_start(found), {plain_term(name): name for name in found.terms}
            nulls = [_again(model, cohort, sample, start, settings) for cohort in cohorts]
            for term in TERMS[model]:
                known = {"model": model, "term": term, "sample": sample}
                yield known | _row(found, names.get(term), [null.get(term) for null in nulls])


def _without_last(
    model: str, table: pd.DataFrame, settings: SharedNoiseSettings
) -> MixedModelResults:
    rest = table[~table["last_only"]].reset_index(drop=True)
    terms = settings.patient_terms
    return certified(FORMULAS[model], rest, reml=True, patient_terms=terms)


def _again(
    model: str, cohort: pd.DataFrame, sample: str, start: Array, settings: SharedNoiseSettings
) -> dict[str, tuple[float, float]]:
    """Return estimate and standard error by term; none where the cohort does not determine it."""
    rows = cohort if sample == "all" else cohort[~cohort["last_only"]].reset_index(drop=True)
    try:
        again = specified(FORMULAS[model], rows, settings.patient_terms)
        _, solution = refit(again.problem(), start)
    except (ModelDataError, SingularFixedPartError):
        return {}
    errors = np.sqrt(solution.sigma2 * np.diag(solution.unscaled))
    names = map(plain_term, again.design.terms)
    pairs = zip(solution.coefficients.tolist(), errors.tolist(), strict=True)
    return dict(zip(names, pairs, strict=True))


def _row(
    found: MixedModelResults, name: str | None, nulls: list[tuple[float, float] | None]
) -> dict[str, Any]:
    known = np.array([null for null in nulls if null is not None])
    row: dict[str, Any] = {"replicates": len(known)}
    if name is None:
        return row | {"reason": str(NotDetermined())}
    weights = (np.array(found.terms) == name).astype(float)
    tested = found.contrasts(weights, ALPHA).iloc[0]
    row |= {key: float(tested[key]) for key in ("estimate", "se", "p", "ci_low", "ci_high")}
    if len(known):
        low, high = np.percentile(known[:, 0], CHANCE_INTERVAL, method=EXACT)
        size = np.abs(known[:, 0] / known[:, 1])
        row |= {"null_mean": float(known[:, 0].mean()), "null_low": low, "null_high": high}
        # two-sided at the normal quantile: the df of these terms are in the hundreds
        row["null_significant"] = float((size > 1.96).mean())
    return row
