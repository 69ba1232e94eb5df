"""One row per specification: who has which pattern, how strong the moderation is, and why not."""

from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np
import pandas as pd

from rupture_repair.config.criteria import PATTERNS
from rupture_repair.config.reporting import ALPHA, MIN_DF, MIN_PATIENTS
from rupture_repair.detection.series import Ints
from rupture_repair.modelling.design import time_at
from rupture_repair.modelling.engine import (
    Certificate,
    MixedModelResults,
    ModelDataError,
    SingularFixedPartError,
    cluster_robust,
)
from rupture_repair.modelling.fit import refused
from rupture_repair.modelling.inference import clusters
from rupture_repair.modelling.keys import (
    FewOfPattern,
    Key,
    NotCertified,
    NotDetermined,
    TooFewUnits,
    failures_of,
    verdict,
)
from rupture_repair.multiverse.formula import LENGTH_MODERATION, MODERATION
from rupture_repair.multiverse.specifications import Specification
from rupture_repair.multiverse.stages import Stages

N_STARTS = 2
ENGINE_ERRORS = (ModelDataError, SingularFixedPartError)
INFERENCE = ("estimate", "se", "df", "statistic", "p", "ci_low", "ci_high")
# of the model itself, beside the inference that is reported
MODEL = ("model_se", "model_p")
IN_POINTS = ("estimate", "se", "ci_low", "ci_high", "model_se")
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
    *MODEL,
    *(f"length_{name}" for name in ("coefficient", *INFERENCE, *MODEL)),
    "starts",
    "agreeing",
    "scaled_gradient",
    "boundary",
    "certificate",
    "reason",
)


class NotEstimable(Exception):
    """A specification has no estimate; the message is the key of the reason."""

    def __init__(self, reason: Key) -> None:
        """Keep the reason as a table holds it."""
        super().__init__(str(reason))


def multiverse_rows(
    stages: Stages, specifications: Iterable[Specification], at_session: int, fewest: int
) -> Iterator[dict[str, Any]]:
    """Yield a row per specification.

    `estimate`, its interval and those of `length_estimate` are points of symptoms per SD of
    interpersonal problems (and log-session of length) between session 1 and `at_session`:
    `coefficient`, per unit of the model's time, times the time until then. REML; tests and
    intervals (at 1 − `ALPHA`) as reported everywhere, see `modelling.inference`. `certificate` is
    `passed` or what failed; `reason` why there is no estimate, as keys.
    fewest : patients that each pattern must have; never below the rule of support.
    """
    for specification in specifications:
        row: dict[str, Any] = {"id": specification.id, "at_session": at_session}
        row |= breakdown_of(stages.codes(specification))
        try:
            found, certificate = fitted(stages, specification, fewest)
            row |= _evidence(found, certificate)
            row |= _effects(found, time_at(at_session, specification.time))
        except NotEstimable as error:
            row["reason"] = str(error)
        yield row


def table_of(rows: Iterable[dict[str, Any]]) -> pd.DataFrame:
    """Return rows as a table with all of `COLUMNS`."""
    return pd.DataFrame(list(rows), columns=list(COLUMNS))


def require_estimable(specification: Specification, codes: Ints, fewest: int) -> None:
    """Raise `NotEstimable` where a pattern has too few patients."""
    for code, pattern in enumerate(PATTERNS):
        n, least = int((codes == code).sum()), max(fewest, MIN_PATIENTS)
        if n < least:
            raise NotEstimable(FewOfPattern(pattern, least))


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
            raise NotEstimable(NotDetermined())
        found = model.fit(n_starts=N_STARTS)
    except ENGINE_ERRORS as error:
        raise NotEstimable(refused(error)) from error
    certificate = found.certificate()
    if certificate.errors:
        raise NotEstimable(NotCertified(failures_of(certificate.failing)))
    return found, certificate


def breakdown_of(codes: Ints) -> dict[str, float]:
    """Return numbers of patients by pattern, and their shares in per cent of the classified."""
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
        "certificate": verdict(certificate.failing),
    }


def _effects(found: MixedModelResults, until: float) -> dict[str, float]:
    """Return the moderation and its change with length, in points until then.

    Raises `NotEstimable` where too few units stand behind the moderation.
    """
    terms = [name for name in (MODERATION, LENGTH_MODERATION) if name in found.terms]
    rows = np.array([np.array(found.terms) == name for name in terms], dtype=float)
    unit = clusters(len(found.model.design.rows.therapist_ids))
    tested, of_model = (each.tests(rows, ALPHA) for each in (cluster_robust(found, unit), found))
    tested |= {name: of_model[name.removeprefix("model_")] for name in MODEL}
    enough = tested["df"] >= MIN_DF
    if not enough[0]:
        raise NotEstimable(TooFewUnits())
    effects = {}
    for place, prefix in zip(np.flatnonzero(enough), ("", "length_"), strict=False):
        effects[f"{prefix}coefficient"] = float(tested["estimate"][place])
        for name, values in tested.items():
            factor = until if name in IN_POINTS else 1.0
            effects[f"{prefix}{name}"] = float(values[place]) * factor
    return effects
