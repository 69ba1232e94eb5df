"""The multiverse run again where there is nothing to find.

`no_rupture`: the alliance is simulated without ruptures (`detection.null_model`), symptoms and
interpersonal problems stay; patterns then tell level, length and noise alone. `permuted`:
interpersonal problems change hands between patients, patterns and symptoms stay. Each replicate is
one cohort that all specifications see, whichever job they are in.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from scipy import stats

from rupture_repair.detection.null_model import Grid, fit, simulated
from rupture_repair.detection.series import series_of
from rupture_repair.modelling.design import time_at
from rupture_repair.modelling.engine.model import MixedModel
from rupture_repair.modelling.engine.optimise import newton, polished, time_unit
from rupture_repair.modelling.engine.resampling import BOOTSTRAP_TOLERANCE, OFF_BOUNDARY
from rupture_repair.modelling.engine.results import MixedModelResults
from rupture_repair.modelling.engine.summaries import Array
from rupture_repair.multiverse.fits import (
    ENGINE_ERRORS,
    NotEstimable,
    fitted,
    require_estimable,
)
from rupture_repair.multiverse.formula import MODERATION
from rupture_repair.multiverse.inference import KINDS
from rupture_repair.multiverse.specifications import Specification
from rupture_repair.multiverse.stages import Stages


@dataclass(frozen=True)
class Observed:
    """What a refit takes over from the fit to the data.

    start : theta, off the boundary; df : Satterthwaite's, of the moderation.
    """

    specification: Specification
    start: Array
    df: float
    until: float


def resampled(
    stages: Stages,
    specifications: Sequence[Specification],
    grid: Grid,
    settings: dict[str, Any],
    replicates: range,
) -> Iterator[list[dict[str, Any]]]:
    """Yield the rows (`inference.COLUMNS`) of one replicate after the other.

    settings : `at_session`, `fewest_patients`, `seed`.
    Specifications without an estimate in the data have no rows; a replicate without one has nan.
    `p` takes the df of the fit to the data.
    """
    fewest = settings["fewest_patients"]
    observed = list(_observed(stages, specifications, settings["at_session"], fewest))
    sessions, seed = stages.sessions, settings["seed"]
    rated = sessions["alliance"].notna().to_numpy()
    order = sessions.sort_values(["patient_id", "session"]).index
    series = series_of(sessions)
    latent = fit(series, grid, np.random.default_rng([seed, 0]))
    places = sessions.index.get_indexer(order)
    places = places[rated[places]]
    iip = stages.patients.set_index("patient_id")["iip"]
    for replicate in replicates:
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


def _observed(
    stages: Stages, specifications: Sequence[Specification], at_session: int, fewest: int
) -> Iterator[Observed]:
    for specification in specifications:
        try:
            found, _ = fitted(stages, specification, fewest)
        except NotEstimable:
            continue
        df = float(found.df[MODERATION])
        until = time_at(at_session, specification["time"])
        yield Observed(specification, _start(found), df, until)


def _start(found: MixedModelResults) -> Array:
    """Return theta off the boundary, where the gradient by a zero variance vanishes."""
    structure, theta = found.problem.structure, found.evaluation.theta
    floor = OFF_BOUNDARY * time_unit(found.problem) ** structure.time_powers()
    return np.where(structure.diagonal, np.maximum(theta, floor), theta)


def _refit(observed: Observed, stages: Stages, iip: pd.Series, fewest: int) -> dict[str, float]:
    specification = observed.specification
    codes = stages.codes(specification)
    try:
        require_estimable(specification, codes, fewest)
        stage = stages.stage(specification, codes)
        own = iip.loc[stage.design.rows.patient_ids].to_numpy(dtype=float)
        covariates = {**stage.covariates, "iip_z": (own - own.mean()) / own.std(ddof=1)}
        return _moderation(observed, stage.model(specification, codes, covariates))
    except (NotEstimable, *ENGINE_ERRORS):
        return {"estimate": np.nan, "statistic": np.nan, "p": np.nan}


def _moderation(observed: Observed, model: MixedModel) -> dict[str, float]:
    if MODERATION not in model.design.terms:
        raise NotEstimable("the data do not determine the moderation")
    problem, place = model.problem(), model.design.terms.index(MODERATION)
    scale = time_unit(problem) ** problem.structure.time_powers()
    reached = newton(problem, observed.start, scale, BOOTSTRAP_TOLERANCE)[0]
    _, solution = polished(problem, reached, scale)
    coefficient = float(solution.coefficients[place])
    statistic = coefficient / np.sqrt(solution.sigma2 * solution.unscaled[place, place])
    return {
        "estimate": coefficient * observed.until,
        "statistic": float(statistic),
        "p": float(2 * stats.t.sf(abs(statistic), observed.df)),
    }
