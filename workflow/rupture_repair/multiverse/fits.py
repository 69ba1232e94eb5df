"""One row per specification: who has which pattern, how strong the moderation is, and why not."""

from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np
import pandas as pd

from rupture_repair.config.criteria import PATTERNS
from rupture_repair.config.reporting import ALPHA
from rupture_repair.detection.series import Ints
from rupture_repair.modelling.design import time_at
from rupture_repair.modelling.engine.certificate import Certificate
from rupture_repair.modelling.engine.design import ModelDataError
from rupture_repair.modelling.engine.deviance import SingularFixedPartError
from rupture_repair.modelling.engine.results import MixedModelResults
from rupture_repair.multiverse.formula import LENGTH_MODERATION, MODERATION
from rupture_repair.multiverse.specifications import Specification
from rupture_repair.multiverse.stages import Stages

N_STARTS = 2
ENGINE_ERRORS = (ModelDataError, SingularFixedPartError)
INFERENCE = ("estimate", "se", "df", "statistic", "p", "ci_low", "ci_high")
IN_POINTS = ("estimate", "se", "ci_low", "ci_high")
COLUMNS = (
    "id",
    "n_patients",
    "n_sessions",
    "n_unclassifiable",
    *(f"n_{pattern}" for pattern in PATTERNS),
    *(f"percent_{pattern}" for pattern in PATTERNS),
    "at_session",
    "coefficient",
    *INFERENCE,
    *(f"length_{name}" for name in ("coefficient", *INFERENCE)),
    "starts",
    "agreeing",
    "scaled_gradient",
    "boundary",
    "certificate",
    "reason",
)


class NotEstimable(Exception):
    """A specification has no estimate; the message says why."""


def multiverse_rows(
    stages: Stages, specifications: Iterable[Specification], at_session: int, fewest: int
) -> Iterator[dict[str, Any]]:
    """Yield a row per specification.

    `estimate`, its interval and those of `length_estimate` are points of symptoms per SD of
    interpersonal problems (and log-session of length) between session 1 and `at_session`:
    `coefficient`, per unit of the model's time, times the time until then. REML, Satterthwaite df,
    intervals at 1 − `ALPHA`. `certificate` is `passed` or what failed; `reason` why there is no
    estimate.
    fewest : patients that each pattern must have.
    """
    for specification in specifications:
        row: dict[str, Any] = {"id": specification.id, "at_session": at_session}
        row |= _breakdown(stages.codes(specification))
        try:
            found, certificate = fitted(stages, specification, fewest)
        except NotEstimable as error:
            yield row | {"reason": str(error)}
            continue
        effects = _effects(found, time_at(at_session, specification["time"]))
        yield row | _evidence(found, certificate) | effects


def table_of(rows: Iterable[dict[str, Any]]) -> pd.DataFrame:
    """Return rows as a table with all of `COLUMNS`."""
    return pd.DataFrame(list(rows), columns=list(COLUMNS))


def require_estimable(specification: Specification, codes: Ints, fewest: int) -> None:
    """Raise `NotEstimable` where a pattern has too few patients."""
    for code, pattern in enumerate(PATTERNS):
        n = int((codes == code).sum())
        if n < fewest:
            raise NotEstimable(f"pattern {pattern}: fewer than {fewest} patients")


def fitted(
    stages: Stages, specification: Specification, fewest: int
) -> tuple[MixedModelResults, Certificate]:
    """Return the fit by REML and its certificate.

    Raises `NotEstimable` where there is no fit to be believed.
    """
    codes = stages.codes(specification)
    require_estimable(specification, codes, fewest)
    try:
        model = stages.stage(specification, codes).model(specification, codes)
        if MODERATION not in model.design.terms:
            raise NotEstimable("the data do not determine the moderation")
        found = model.fit(n_starts=N_STARTS)
    except ENGINE_ERRORS as error:
        raise NotEstimable(str(error)) from error
    certificate = found.certificate()
    if certificate.errors:
        raise NotEstimable(f"no certified optimum: {'; '.join(certificate.errors)}")
    return found, certificate


def _breakdown(codes: Ints) -> dict[str, float]:
    counts = np.bincount(codes[codes >= 0], minlength=len(PATTERNS))
    total = counts.sum()
    share = 100 * counts / total if total else np.full(len(PATTERNS), np.nan)
    return {
        "n_unclassifiable": int((codes < 0).sum()),
        **{f"n_{name}": int(n) for name, n in zip(PATTERNS, counts, strict=True)},
        **{f"percent_{name}": float(s) for name, s in zip(PATTERNS, share, strict=True)},
    }


def _evidence(found: MixedModelResults, certificate: Certificate) -> dict[str, Any]:
    return {
        "n_patients": found.problem.sessions.n_patients,
        "n_sessions": found.nobs,
        "starts": certificate.starts,
        "agreeing": certificate.agreeing,
        "scaled_gradient": certificate.scaled_gradient,
        "boundary": "; ".join(certificate.boundary),
        "certificate": "; ".join(certificate.failures) or "passed",
    }


def _effects(found: MixedModelResults, until: float) -> dict[str, float]:
    rows = {}
    for prefix, term in (("", MODERATION), ("length_", LENGTH_MODERATION)):
        if term not in found.terms:
            continue
        wanted = np.array(found.terms) == term
        effect = found.contrasts(wanted.astype(float), ALPHA).iloc[0]
        rows[f"{prefix}coefficient"] = float(effect["estimate"])
        for name in INFERENCE:
            factor = until if name in IN_POINTS else 1.0
            rows[f"{prefix}{name}"] = float(effect[name]) * factor
    return rows
