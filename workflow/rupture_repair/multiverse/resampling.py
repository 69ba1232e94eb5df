"""The multiverse run again where there is nothing to find.

`no_rupture`: the alliance is simulated without ruptures (`detection.null_model`), symptoms and
interpersonal problems stay; patterns then tell level, length and noise alone. `permuted`:
interpersonal problems change hands between patients, patterns and symptoms stay. Each replicate is
one cohort that all specifications see, whichever job they are in.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from rupture_repair.detection.grid import Grid
from rupture_repair.detection.null_model import fit, simulated
from rupture_repair.detection.series import Ints, series_of
from rupture_repair.modelling.design import time_at
from rupture_repair.modelling.engine import refit, refit_designs, refit_start, two_sided_p
from rupture_repair.multiverse.fits import (
    ENGINE_ERRORS,
    NotEstimable,
    fitted,
    require_estimable,
)
from rupture_repair.multiverse.formula import MODERATION
from rupture_repair.multiverse.inference import KINDS
from rupture_repair.multiverse.jobs import BlockSettings
from rupture_repair.multiverse.specifications import Specification
from rupture_repair.multiverse.stages import Stage, Stages

Array = NDArray[np.float64]
# of which cohorts so many are refitted at once that their numbers stay in the processor's cache
PATIENTS_AT_ONCE, MAX_AT_ONCE = 10_000, 16
# stages of its ratings, and interpersonal problems of each patient
Cohort = tuple[Stages, Array]


@dataclass(frozen=True)
class Observed:
    """What a refit takes over from the fit to the data.

    start : where its refits begin; df : Satterthwaite's, of the moderation.
    """

    specification: Specification
    start: Array
    df: float
    until: float


def at_once(n_patients: int) -> int:
    """Return how many replicates are refitted together."""
    return int(np.clip(PATIENTS_AT_ONCE // n_patients, 1, MAX_AT_ONCE))


def resampled(
    stages: Stages,
    settings: BlockSettings,
) -> Iterator[list[dict[str, Any]]]:
    """Yield the rows (`inference.COLUMNS`) of one replicate after the other.

    Specifications without an estimate in the data have no rows; a replicate without one has nan.
    `p` takes the df of the fit to the data. Replicates are refitted several at once.
    """
    fewest, grid = settings.fewest_patients, Grid.of(settings.alliance)
    observed = list(_observed(stages, settings))
    sessions, seed = stages.sessions, settings.seed
    rated = sessions["alliance"].notna().to_numpy()
    order = sessions.sort_values(["patient_id", "session"]).index
    series = series_of(sessions, grid)
    latent = fit(series, grid, np.random.default_rng([seed, 0]))
    places = sessions.index.get_indexer(order)
    places = places[rated[places]]
    iip = stages.patients["iip"].to_numpy(dtype=float)
    together = at_once(len(iip))
    for first in range(settings.replicates[0], settings.replicates[1], together):
        replicates = range(first, min(first + together, settings.replicates[1]))
        nulls: dict[str, list[Cohort]] = {kind: [] for kind in KINDS}
        for replicate in replicates:
            rng = np.random.default_rng([seed, 1, replicate])
            alliance = np.full(len(sessions), np.nan)
            alliance[places] = simulated(series, latent, grid, rng, 1)[0]
            nulls["no_rupture"].append((stages.with_alliance(alliance), iip))
            nulls["permuted"].append((stages, rng.permutation(iip)))
        found = {
            (kind, each.specification.id): _refits(each, nulls[kind], fewest)
            for kind in KINDS
            for each in observed
        }
        for n, replicate in enumerate(replicates):
            yield [
                {"id": name, "kind": kind, "replicate": replicate} | rows[n]
                for (kind, name), rows in found.items()
            ]


def _observed(stages: Stages, settings: BlockSettings) -> Iterator[Observed]:
    for specification in settings.specifications:
        try:
            found, _ = fitted(stages, specification, settings.fewest_patients)
        except NotEstimable:
            continue
        df = float(found.df[MODERATION])
        until = time_at(settings.at_session, specification.time)
        yield Observed(specification, refit_start(found), df, until)


def _refits(observed: Observed, cohorts: list[Cohort], fewest: int) -> list[dict[str, float]]:
    """Return estimate, statistic and p in each cohort; those of one stage are refitted together."""
    estimates = np.full((len(cohorts), 2), np.nan)
    members: dict[int, list[int]] = {}
    codes: dict[int, Ints] = {}
    found: dict[int, Stage] = {}
    for n, (stages, _) in enumerate(cohorts):
        codes[n] = stages.codes(observed.specification)
        try:
            require_estimable(observed.specification, codes[n], fewest)
            stage = stages.stage(observed.specification, codes[n])
        except (NotEstimable, *ENGINE_ERRORS):
            continue
        found[id(stage)] = stage
        members.setdefault(id(stage), []).append(n)
    for key, numbers in members.items():
        stage = found[key]
        own = pd.Index(cohorts[0][0].patients["patient_id"]).get_indexer(stage.patient_ids)
        iip = np.stack([cohorts[n][1][own] for n in numbers])
        iip -= iip.mean(axis=1, keepdims=True)
        iip /= iip.std(axis=1, ddof=1, keepdims=True)
        patterns = np.stack([codes[n][stage.place] for n in numbers])
        estimates[numbers] = _together(observed, stage, patterns, iip)
    coefficient, se = estimates.T
    p = two_sided_p(coefficient / se, observed.df)
    values = (coefficient * observed.until, coefficient / se, p)
    return [
        dict(zip(("estimate", "statistic", "p"), row, strict=True))
        for row in np.column_stack(values).tolist()
    ]


def _together(observed: Observed, stage: Stage, patterns: Ints, iip: Array) -> Array:
    """Return the moderation and its standard error, (B, 2), for patterns and `iip_z` of (B, J)."""
    terms, designs = stage.designs(
        observed.specification, patterns, {**stage.covariates, "iip_z": iip}
    )
    if MODERATION not in terms:
        return np.full((len(iip), 2), np.nan)
    place = terms.index(MODERATION)
    found = np.full((len(iip), 2), np.nan)
    sound = designs.independent()
    if sound.any():
        whole = refit_designs(designs.only(np.flatnonzero(sound)), observed.start)
        found[sound] = np.column_stack([part[:, place] for part in whole])
    for n in np.flatnonzero(~sound):
        found[n] = _alone(observed, stage, patterns[n], iip[n])
    return found


def _alone(observed: Observed, stage: Stage, patterns: Ints, iip: Array) -> tuple[float, float]:
    """Return the same for one cohort, in which some columns depend on others."""
    codes = np.full(int(stage.place.max()) + 1, -1)
    codes[stage.place] = patterns
    covariates = {**stage.covariates, "iip_z": iip}
    try:
        model = stage.model(observed.specification, codes, covariates)
        if MODERATION not in model.design.terms:
            return np.nan, np.nan
        place = model.design.terms.index(MODERATION)
        _, solution = refit(model.problem(), observed.start)
    except ENGINE_ERRORS:
        return np.nan, np.nan
    variance = solution.sigma2 * solution.unscaled[place, place]
    return float(solution.coefficients[place]), float(np.sqrt(variance))
