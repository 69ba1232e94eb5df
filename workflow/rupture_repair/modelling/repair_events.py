"""Symptoms after a repair, within patients: a sequence of emulated trials (Hernán & Robins 2016).

At each session after a rupture that is not yet repaired, patients whose rupture is repaired in this
session are compared with those whose rupture is not; the outcome is the symptoms of the next
session. Covariates are what is known before the session: symptoms at the session before,
their mean until then, the depth of the rupture, sessions since it, and time.
"""

import numpy as np
import pandas as pd

from rupture_repair.config.reporting import MIN_PATIENTS
from rupture_repair.config.steps.modelling import SensitivitySettings
from rupture_repair.modelling.covariates import adjusted
from rupture_repair.modelling.effect_rows import INFERENCE, Row, named, sizes
from rupture_repair.modelling.engine import cluster_robust
from rupture_repair.modelling.fit import FitError, certified, plain_term
from rupture_repair.modelling.keys import Aliased, Analysis, FewTrials, Unit, verdict

FORMULA = "symptoms ~ repaired * iip_z + symptoms_before + symptoms_so_far + drop + since + time"
AVERAGE, PER_SD = "at average interpersonal problems", "per SD of interpersonal problems"
EFFECTS = {AVERAGE: "repaired", PER_SD: "repaired:iip_z"}


def repair_trials(table: pd.DataFrame, events: pd.DataFrame) -> pd.DataFrame:
    """Return a row per rupture and session after it at which it had not been repaired before.

    table : the analysis table. events : ruptures by `patient_id`, `session`, `repaired_at` (missing
    without repair) and `drop`. repaired : whether this session repairs the rupture. symptoms : of
    the session after, the outcome; symptoms_before : of the session before; symptoms_so_far : mean
    of all until then. since : log of sessions since the rupture. Other columns are of the analysis
    table, at the session after. Rows without one of these ratings are not there.
    """
    ruptures = events[["patient_id", "session", "repaired_at", "drop"]].rename(
        columns={"session": "ruptured_at"}
    )
    rated = table.sort_values(["patient_id", "session"])
    mean = rated.groupby("patient_id")["symptoms"].expanding().mean().to_numpy()
    before = rated[["patient_id"]].assign(
        at=rated["session"] + 1, symptoms_before=rated["symptoms"], symptoms_so_far=mean
    )
    after = rated.assign(at=rated["session"] - 1)
    trials = after.merge(before, on=["patient_id", "at"]).merge(ruptures, on="patient_id")
    repaired_at = trials["repaired_at"].astype(float)
    eligible = (trials["at"] > trials["ruptured_at"]) & ~(repaired_at < trials["at"])
    trials = trials[eligible].assign(
        repaired=(repaired_at == trials["at"]).astype(float)[eligible],
        since=np.log((trials["at"] - trials["ruptured_at"])[eligible]),
    )
    order = ["therapist_id", "patient_id", "ruptured_at", "at"]
    return trials.sort_values(order, ignore_index=True)


def event_rows(
    table: pd.DataFrame, events: pd.DataFrame, settings: SensitivitySettings
) -> list[Row]:
    """Return the rows of part B on repair: at average interpersonal problems, and per SD of them.

    Cluster-robust (CR2) inference by therapist, or patient: a session may be in several trials.
    """
    trials = repair_trials(table, events)
    known = {
        "part": "B",
        **named(Analysis("repair_event")),
        "time": settings.time,
        **sizes(trials),
    }
    points = {
        AVERAGE: str(Unit("symptoms", "", per_sd=False)),
        PER_SD: str(Unit("symptoms", "", per_sd=True)),
    }
    nothing = dict.fromkeys(["coefficient", *INFERENCE], np.nan)
    try:
        found, passed = _inference(trials, settings)
    except FitError as error:
        reason = str(error)
        return [
            known | nothing | {"effect": effect, "unit": points[effect], "reason": reason}
            for effect in EFFECTS
        ]
    return [
        known
        | {name: float(found.loc[term, name]) for name in INFERENCE}
        | {"coefficient": float(found.loc[term, "estimate"])}
        | {"effect": effect, "unit": points[effect], "certificate": passed}
        for effect, term in EFFECTS.items()
    ]


def _inference(trials: pd.DataFrame, settings: SensitivitySettings) -> tuple[pd.DataFrame, str]:
    """Return estimate and inference by term, and the certificate's verdict."""
    for repaired in (1.0, 0.0):
        if trials.loc[trials["repaired"] == repaired, "patient_id"].nunique() < MIN_PATIENTS:
            raise FitError(FewTrials(repaired=bool(repaired)))
    formula = adjusted(FORMULA, trials.columns, settings.covariates)
    fit = certified(
        formula, trials, reml=True, patient_terms="intercept", clustering=settings.clustering
    )
    names = [plain_term(name) for name in fit.terms]
    if set(EFFECTS.values()) - set(names):
        raise FitError(Aliased())
    tested = cluster_robust(fit).contrasts(np.eye(len(names)), 1 - settings.confidence)
    tested.index = pd.Index(names)
    return tested, verdict(fit.certificate().failing)
