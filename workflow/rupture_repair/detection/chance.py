"""The breakdown that chance alone would give, beside the observed one (METHODS §3)."""

from collections.abc import Iterator, Mapping
from dataclasses import replace

import numpy as np
import pandas as pd

from rupture_repair.config.criteria import PATTERNS, Criterion
from rupture_repair.config.reporting import CHANCE_INTERVAL
from rupture_repair.detection.bands import WHOLE, length_bands, sessions_held
from rupture_repair.detection.null_model import Grid, fit, permuted, simulated
from rupture_repair.detection.patterns import pattern_codes
from rupture_repair.detection.ruptures import find_ruptures
from rupture_repair.detection.series import Floats, Ints, Series, series_of

KINDS = ("permuted", "simulated")
# replicates drawn at a time, and ratings in them: more do not stay in the caches of a processor
BATCH = 50
BATCH_RATINGS = 5_000_000


def chance_table(
    sessions: pd.DataFrame, criterion: Criterion, grid: Grid, replicates: int, seed: int
) -> pd.DataFrame:
    """Compare the observed breakdown with the one expected by chance.

    sessions : long table with `patient_id`, `session`, `alliance`.
    Returns a row per kind of null (`permuted`: each patient's ratings in random order;
    `simulated`: a no-rupture model fitted to the cohort), band of treatment length and pattern:
    `kind, length, pattern, n_patients, expected_percent, low, high, observed_percent, excess,
    excess_low, excess_high`. Percentages are of classified patients in the band; `low` and `high`
    hold 95 % of replicates, `excess_low` and `excess_high` 95 % of the observed share minus that
    of a replicate.
    """
    series = series_of(sessions)
    bands = length_bands(sessions_held(sessions, series.patients))
    table = _compared(series, {"": criterion}, bands, grid, replicates, seed)
    return table.drop(columns="criterion")


def chance_by_criterion(
    sessions: pd.DataFrame,
    criteria: Mapping[str, Criterion],
    grid: Grid,
    replicates: int,
    seed: int,
) -> pd.DataFrame:
    """Return `chance_table` of the whole cohort for several criteria, with a column `criterion`.

    All criteria judge the same replicates: those of `chance_table` with as many and the same seed.
    """
    series = series_of(sessions)
    bands = {WHOLE: np.ones(len(series.patients), dtype=bool)}
    table = _compared(series, criteria, bands, grid, replicates, seed)
    return table.drop(columns="length")


def breakdown_by_band(codes: Ints, bands: dict[str, np.ndarray]) -> Floats:
    """Return percentages of classified patients, shape (n_bands, n_patterns); NaN for nobody."""
    shares = np.full((len(bands), len(PATTERNS)), np.nan)
    for row, inside in enumerate(bands.values()):
        classified = codes[inside & (codes >= 0)]
        if len(classified):
            n = np.bincount(classified, minlength=len(PATTERNS))
            shares[row] = 100 * n / len(classified)
    return shares


def _compared(
    series: Series,
    criteria: Mapping[str, Criterion],
    bands: dict[str, np.ndarray],
    grid: Grid,
    replicates: int,
    seed: int,
) -> pd.DataFrame:
    def shares(ratings: Series) -> Floats:
        """Shape (n_criteria, n_bands, n_patterns)."""
        return np.array(
            [breakdown_by_band(_patterns(ratings, rule), bands) for rule in criteria.values()]
        )

    rng = np.random.default_rng(seed)
    cells = pd.MultiIndex.from_product(
        [criteria, bands, PATTERNS], names=["criterion", "length", "pattern"]
    )
    counts = {name: int(inside.sum()) for name, inside in bands.items()}
    observed = shares(series).ravel()
    parts = []
    for kind in KINDS:
        nulls = _nulls(kind, series, grid, rng, replicates)
        found = np.array([shares(null).ravel() for null in nulls])
        # a null keeps who is rated when: where one replicate has nobody to classify, all have
        low, high = np.percentile(found, CHANCE_INTERVAL, axis=0)
        expected = found.mean(axis=0)
        values = {
            "n_patients": cells.get_level_values("length").map(counts),
            "expected_percent": expected,
            "low": low,
            "high": high,
            "observed_percent": observed,
            "excess": observed - expected,
            "excess_low": observed - high,
            "excess_high": observed - low,
        }
        table = pd.DataFrame(values, index=cells).reset_index()
        table.insert(0, "kind", kind)
        parts.append(table)
    return pd.concat(parts, ignore_index=True)


def _patterns(series: Series, criterion: Criterion) -> Ints:
    return pattern_codes(series, find_ruptures(series, criterion), criterion.aggregate)


def _nulls(
    kind: str, series: Series, grid: Grid, rng: np.random.Generator, replicates: int
) -> Iterator[Series]:
    if kind == "permuted":
        for _ in range(replicates):
            yield permuted(series, rng)
        return
    latent = fit(series, grid, rng)
    batch = min(BATCH, max(BATCH_RATINGS // max(len(series.rating), 1), 1))
    for start in range(0, replicates, batch):
        for ratings in simulated(series, latent, grid, rng, min(batch, replicates - start)):
            yield replace(series, rating=ratings)
