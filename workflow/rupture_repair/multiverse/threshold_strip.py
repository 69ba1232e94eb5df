"""Patterns and moderation over the multiple of the scale that makes a drop a rupture."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd
from scipy.special import stdtr, stdtrit

from rupture_repair.config.reporting import ALPHA
from rupture_repair.modelling.design import time_at
from rupture_repair.modelling.engine import refit, refit_start
from rupture_repair.modelling.fit import refused
from rupture_repair.modelling.keys import NotDetermined
from rupture_repair.multiverse.fits import (
    ENGINE_ERRORS,
    NotEstimable,
    breakdown_of,
    fitted,
    require_estimable,
)
from rupture_repair.multiverse.formula import MODERATION
from rupture_repair.multiverse.specifications import Specification
from rupture_repair.multiverse.stages import Stages

LOWEST, HIGHEST, STEP = 1.0, 3.0, 0.05
ESTIMATES = ("estimate", "se", "p", "ci_low", "ci_high")


def multiples(own: Specification) -> list[float]:
    """Return k from 1 to 3 in steps of .05, with the specification's own among them.

    In points of the instrument, scale `absolute`, as many steps from two thirds to twice its own.
    """
    n = round((HIGHEST - LOWEST) / STEP) + 1
    low, high = LOWEST, HIGHEST
    if own.scale == "absolute":
        low, high = own.k * 2 / 3, own.k * 2
    return sorted({*np.linspace(low, high, n).round(4).tolist(), own.k})


def threshold_strip(
    stages: Stages, own: Specification, at_session: int, fewest: int
) -> pd.DataFrame:
    """Return a row per multiple: `k, chosen`, breakdown, moderation, `reason` where there is none.

    own : the cohort's own analysis. `estimate` is points of symptoms per SD of interpersonal
    problems until `at_session`, as in `multiverse_rows`, with the interval at 1 − `ALPHA` by the
    model's own standard error. The
    first of the fits, that of `own` where it can be estimated, is certified; the others start at
    its optimum and take its Satterthwaite df.
    """
    order = sorted(multiples(own), key=lambda k: (k != own.k, k))
    until = time_at(at_session, own.time)
    rows, start, df = [], None, np.nan
    for k in order:
        specification = own.model_copy(update={"k": k})
        codes = stages.codes(specification)
        row: dict[str, Any] = {"k": k, "chosen": int(k == own.k), **breakdown_of(codes)}
        try:
            if start is None:
                found, _ = fitted(stages, specification, fewest)
                start, df = refit_start(found), float(found.df[MODERATION])
                estimate, se = float(found.params[MODERATION]), float(found.bse[MODERATION])
                row["n_patients"] = found.problem.sessions.n_patients
            else:
                require_estimable(specification, codes, fewest)
                model = stages.stage(specification, codes).model(specification, codes)
                if MODERATION not in model.design.terms:
                    raise NotEstimable(NotDetermined())
                place = model.design.terms.index(MODERATION)
                problem = model.problem()
                _, solution = refit(problem, start)
                estimate = float(solution.coefficients[place])
                se = float(np.sqrt(solution.sigma2 * solution.unscaled[place, place]))
                row["n_patients"] = problem.sessions.n_patients
            row |= dict(zip(ESTIMATES, _tested(estimate, se, df, until), strict=True))
        except NotEstimable as error:
            row["reason"] = str(error)
        except ENGINE_ERRORS as error:
            row["reason"] = str(refused(error))
        rows.append(row)
    return pd.DataFrame(rows).sort_values("k", ignore_index=True)


def strip_tables(
    stages: Stages, own: Specification, at_session: int, fewest: int, columns: list[str]
) -> dict[str, pd.DataFrame]:
    """Return the table of the step by name, with all of its `columns`."""
    table = threshold_strip(stages, own, at_session, fewest).reindex(columns=columns)
    return {"threshold_strip": table}


def _tested(estimate: float, se: float, df: float, until: float) -> Iterator[float]:
    half = float(stdtrit(df, 1 - ALPHA / 2)) * se
    yield estimate * until
    yield se * until
    yield float(2 * stdtr(df, -abs(estimate) / se))
    yield (estimate - half) * until
    yield (estimate + half) * until
