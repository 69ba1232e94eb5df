"""The breakdown that chance alone would give, beside the observed one (docs/methods.md, Chance)."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice

import numpy as np
import pandas as pd

from rupture_repair.config.criteria import PATTERNS, Criterion
from rupture_repair.config.reporting import CHANCE_INTERVAL, EXACT
from rupture_repair.detection.bands import WHOLE, length_bands, sessions_held
from rupture_repair.detection.batch import batch_pattern_codes
from rupture_repair.detection.grid import Grid
from rupture_repair.detection.null_model import permuted, plausible, simulated
from rupture_repair.detection.series import Floats, Ints, Series, series_of

KINDS = ("permuted", "simulated")
# replicates, and ratings, processed at a time: as many as fit into a processor's cache
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
    series = series_of(sessions, grid)
    bands = length_bands(sessions_held(sessions, series.patients))
    table = compare_with_nulls(
        series, {"": criterion}, bands, draw_nulls(series, grid, replicates, seed)
    )
    return table.drop(columns="criterion")


def chance_by_criterion(
    sessions: pd.DataFrame,
    criteria: Mapping[str, Criterion],
    grid: Grid,
    replicates: int,
    seed: int,
    kinds: Sequence[str] = KINDS,
) -> pd.DataFrame:
    """Return `chance_table` of the whole cohort for several criteria, with a column `criterion`.

    All criteria judge the same replicates: those of `chance_table` with as many and the same seed.
    kinds : which nulls.
    """
    series = series_of(sessions, grid)
    bands = {WHOLE: np.ones(len(series.patients), dtype=bool)}
    table = compare_with_nulls(
        series, criteria, bands, draw_nulls(series, grid, replicates, seed, kinds)
    )
    return table.drop(columns="length")


def chance_tables(
    sessions: pd.DataFrame, criterion: Criterion, grid: Grid, replicates: int, seed: int
) -> dict[str, pd.DataFrame]:
    """Return the tables of the step on the cohort's criterion by name."""
    return {"chance": chance_table(sessions, criterion, grid, replicates, seed)}


def criteria_chance_tables(
    sessions: pd.DataFrame,
    criteria: Mapping[str, Criterion],
    grid: Grid,
    replicates: int,
    seed: int,
) -> dict[str, pd.DataFrame]:
    """Return the tables of the step on all criteria by name."""
    table = chance_by_criterion(sessions, criteria, grid, replicates, seed)
    return {"chance_by_criterion": table}


def breakdown_by_band(codes: Ints, bands: dict[str, np.ndarray]) -> Floats:
    """Return percentages of classified patients, shape (…, n_bands, n_patterns); NaN for nobody.

    codes : shape (…, n_patients).
    """
    found = [codes[..., inside] for inside in bands.values()]
    counts = np.array([[(band == p).sum(axis=-1) for p in range(len(PATTERNS))] for band in found])
    total = counts.sum(axis=1, keepdims=True)
    return np.moveaxis(100 * counts / np.where(total, total, np.nan), (0, 1), (-2, -1))


def draw_nulls(
    series: Series, grid: Grid, replicates: int, seed: int, kinds: Sequence[str] = KINDS
) -> Iterator[tuple[str, Iterable[Series]]]:
    """Yield each kind of null with its replicates, which are drawn as they are taken.

    One kind follows the other in the random numbers: take all of a kind before the next.
    """
    rng = np.random.default_rng(seed)
    for kind in kinds:
        yield kind, _nulls(kind, series, grid, rng, replicates)


def compare_with_nulls(
    series: Series,
    criteria: Mapping[str, Criterion],
    bands: dict[str, np.ndarray],
    nulls: Iterable[tuple[str, Iterable[Series]]],
) -> pd.DataFrame:
    """Compare the breakdowns of a cohort with those of `draw_nulls` replicates of it.

    bands : name of each, and who of the patients is in it, shape (n_patients,).
    Returns the columns of `chance_table` and `criterion`.
    """
    rules = list(criteria.values())

    def shares(ratings: Floats) -> Floats:
        """Of cohorts, (n_cohorts, n_ratings), as (n_cohorts, n_cells)."""
        found = np.empty((len(ratings), len(rules), len(bands), len(PATTERNS)))
        for cohorts, place, codes in batch_pattern_codes(series, ratings, rules):
            found[cohorts, place] = breakdown_by_band(codes, bands)
        return found.reshape(len(ratings), -1)

    cells = pd.MultiIndex.from_product(
        [criteria, bands, PATTERNS], names=["criterion", "length", "pattern"]
    )
    counts = {name: int(inside.sum()) for name, inside in bands.items()}
    observed = shares(series.rating[None])[0]
    parts = []
    for kind, replicates in nulls:
        drawn_ones = (null.rating for null in replicates)
        found = np.concatenate([shares(np.array(some)) for some in _batches(drawn_ones, series)])
        # a null keeps the rated sessions: if one replicate has no classified patient, none has
        low, high = np.percentile(found, CHANCE_INTERVAL, axis=0, method=EXACT)
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


def _batches(ratings: Iterable[Floats], series: Series) -> Iterator[tuple[Floats, ...]]:
    """Yield the ratings of several cohorts at a time."""
    waiting = iter(ratings)
    while some := tuple(islice(waiting, _batch(series))):
        yield some


def _batch(series: Series) -> int:
    return min(BATCH, max(BATCH_RATINGS // max(len(series.rating), 1), 1))


def _nulls(
    kind: str, series: Series, grid: Grid, rng: np.random.Generator, replicates: int
) -> Iterator[Series]:
    if kind == "permuted":
        for _ in range(replicates):
            yield permuted(series, rng)
        return
    models = plausible(series, grid, rng)
    for model, share in zip(models, _shares(replicates, len(models)), strict=True):
        for n in _shares(share, -(-share // _batch(series))):
            for ratings in simulated(series, model, grid, rng, n):
                yield series.with_ratings(ratings)


def _shares(total: int, parts: int) -> list[int]:
    """Divide a number into whole parts that differ by one at most."""
    return [(total + part) // parts for part in range(parts)]
