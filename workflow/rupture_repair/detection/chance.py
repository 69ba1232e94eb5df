"""The breakdown that chance alone would give, beside the observed one (METHODS §3)."""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pandas as pd

from rupture_repair.config.criteria import PATTERNS, Criterion
from rupture_repair.detection.null_model import Grid, fit, permuted, simulated
from rupture_repair.detection.patterns import pattern_codes
from rupture_repair.detection.ruptures import find_ruptures
from rupture_repair.detection.series import Floats, Ints, Series, series_of

# sessions per treatment; the first entry is the whole cohort
BANDS: tuple[tuple[str, float, float], ...] = (
    ("all", 0, np.inf),
    ("1–2", 1, 2),
    ("3–4", 3, 4),
    ("5–9", 5, 9),
    ("10–20", 10, 20),
    ("21+", 21, np.inf),
)
KINDS = ("permuted", "simulated")
BATCH = 50
INTERVAL = (2.5, 97.5)


def chance_table(
    sessions: pd.DataFrame, criterion: Criterion, grid: Grid, replicates: int, seed: int
) -> pd.DataFrame:
    """Compare the observed breakdown with the one expected without ruptures.

    sessions : long table with `patient_id`, `session`, `alliance`.
    Returns a row per kind of null (`permuted`: each patient's ratings in random order;
    `simulated`: a no-rupture model fitted to the cohort), band of treatment length and pattern:
    `kind, length, pattern, n_patients, expected_percent, low, high, observed_percent, excess`.
    Percentages are of classified patients in the band; `low` and `high` hold 95 % of replicates.
    """
    series = series_of(sessions)
    lengths = sessions.groupby("patient_id")["session"].size().reindex(series.patients).to_numpy()
    bands = _bands(lengths)
    rng = np.random.default_rng(seed)
    observed = breakdown_by_band(_patterns(series, criterion), bands)
    n_patients = [int(inside.sum()) for inside in bands.values()]
    parts = []
    for kind in KINDS:
        found = np.array(
            [
                breakdown_by_band(_patterns(null, criterion), bands)
                for null in _nulls(kind, series, grid, rng, replicates)
            ]
        )
        low, high = np.nanpercentile(found, INTERVAL, axis=0)
        expected = np.nanmean(found, axis=0)
        parts.append(
            pd.DataFrame(
                {
                    "kind": kind,
                    "length": np.repeat(list(bands), len(PATTERNS)),
                    "pattern": np.tile(PATTERNS, len(bands)),
                    "n_patients": np.repeat(n_patients, len(PATTERNS)),
                    "expected_percent": expected.ravel(),
                    "low": low.ravel(),
                    "high": high.ravel(),
                    "observed_percent": observed.ravel(),
                    "excess": (observed - expected).ravel(),
                }
            )
        )
    return pd.concat(parts, ignore_index=True)


def breakdown_by_band(codes: Ints, bands: dict[str, np.ndarray]) -> Floats:
    """Return percentages of classified patients, shape (n_bands, n_patterns); NaN for nobody."""
    shares = np.full((len(bands), len(PATTERNS)), np.nan)
    for row, inside in enumerate(bands.values()):
        classified = codes[inside & (codes >= 0)]
        if len(classified):
            n = np.bincount(classified, minlength=len(PATTERNS))
            shares[row] = 100 * n / len(classified)
    return shares


def _bands(lengths: Ints) -> dict[str, np.ndarray]:
    inside = {name: (lengths >= low) & (lengths <= high) for name, low, high in BANDS}
    return {name: found for name, found in inside.items() if found.any()}


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
    for start in range(0, replicates, BATCH):
        for ratings in simulated(series, latent, grid, rng, min(BATCH, replicates - start)):
            yield replace(series, rating=ratings)
