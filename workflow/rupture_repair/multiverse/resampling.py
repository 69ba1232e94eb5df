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
from rupture_repair.detection.series import series_of
from rupture_repair.modelling.design import time_at
from rupture_repair.modelling.engine import MixedModel, refit, refit_start, two_sided_p
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
from rupture_repair.multiverse.stages import Stages


@dataclass(frozen=True)
class Observed:
    """What a refit takes over from the fit to the data.

    start : where its refits begin; df : Satterthwaite's, of the moderation.
    """

    specification: Specification
    start: NDArray[np.float64]
    df: float
    until: float


def resampled(
    stages: Stages,
    settings: BlockSettings,
) -> Iterator[list[dict[str, Any]]]:
    """Yield the rows (`inference.COLUMNS`) of one replicate after the other.

    Specifications without an estimate in the data have no rows; a replicate without one has nan.
    `p` takes the df of the fit to the data.
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
    iip = stages.patients.set_index("patient_id")["iip"]
    for replicate in range(*settings.replicates):
        rng = np.random.default_rng([seed, 1, replicate])
        alliance = np.full(len(sessions), np.nan)
        alliance[places] = simulated(series, latent, grid, rng, 1)[0]
        shuffled = pd.Series(rng.permutation(iip.to_numpy()), iip.index)
        nulls = {
            "no_rupture": (stages.with_alliance(alliance), iip),
            "permuted": (stages, shuffled),
        }
        yield [
            {"id": each.specification.id, "kind": kind, "replicate": replicate}
            | _refit(each, *nulls[kind], fewest)
            for kind in KINDS
            for each in observed
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


def _refit(observed: Observed, stages: Stages, iip: pd.Series, fewest: int) -> dict[str, float]:
    specification = observed.specification
    codes = stages.codes(specification)
    try:
        require_estimable(specification, codes, fewest)
        stage = stages.stage(specification, codes)
        own = iip.loc[stage.patient_ids].to_numpy(dtype=float)
        covariates = {**stage.covariates, "iip_z": (own - own.mean()) / own.std(ddof=1)}
        return _moderation(observed, stage.model(specification, codes, covariates))
    except (NotEstimable, *ENGINE_ERRORS):
        return {"estimate": np.nan, "statistic": np.nan, "p": np.nan}


def _moderation(observed: Observed, model: MixedModel) -> dict[str, float]:
    if MODERATION not in model.design.terms:
        raise NotEstimable("the data do not determine the moderation")
    place = model.design.terms.index(MODERATION)
    _, solution = refit(model.problem(), observed.start)
    coefficient = float(solution.coefficients[place])
    statistic = coefficient / np.sqrt(solution.sigma2 * solution.unscaled[place, place])
    return {
        "estimate": coefficient * observed.until,
        "statistic": float(statistic),
        "p": float(two_sided_p(statistic, observed.df)),
    }
