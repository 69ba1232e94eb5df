"""Sensitivity of the headline moderation to the analysis: one table in two parts.

Part A asks the headline's question by other means, in one unit: points of symptoms from the first
session to a named one, per SD of interpersonal problems. Part B asks other questions, of states and
of single steps between sessions, in units of their own.
"""

from collections.abc import Iterator, Mapping
from functools import partial
from typing import Literal

import pandas as pd

from rupture_repair.config.criteria import PATTERNS, Criterion
from rupture_repair.config.reporting import MIN_PATIENTS
from rupture_repair.config.steps.modelling import SensitivitySettings
from rupture_repair.modelling.design import time_at
from rupture_repair.modelling.effect_rows import (
    CHANGE,
    Row,
    effect_rows,
    moderation_rows,
    named,
    pattern_counts,
    sizes,
    stored_fit,
)
from rupture_repair.modelling.engine import MixedModelResults
from rupture_repair.modelling.fit import FitError
from rupture_repair.modelling.formulas import KEY_TERMS
from rupture_repair.modelling.headline import headline_model
from rupture_repair.modelling.inference import REPORTED
from rupture_repair.modelling.keys import (
    Analysis,
    FewInState,
    LooksAhead,
    Name,
    NeedsTherapists,
    Unit,
    WithoutTherapists,
)
from rupture_repair.modelling.model_checks import check_rows
from rupture_repair.modelling.repair_events import event_rows
from rupture_repair.modelling.variants import landmark, require_patients, variants
from rupture_repair.modelling.within_person import (
    LAGGED,
    STATE,
    lagged_table,
    looks_ahead,
    state_before,
    state_table,
)

COUNTS = ["n_patients", "n_sessions", "n_therapists", *(f"n_{pattern}" for pattern in PATTERNS)]
COLUMNS = [
    *("part", "variant", "model", "session", "label", "question"),
    *("effect", "unit", "time", "at_session"),
    *COUNTS,
    *("coefficient", *REPORTED),
    *("range_low", "range_high", "limit_low", "limit_high", "certificate"),
]
STATE_ROW: Row = named(Analysis("rupture_state"))
NEXT_ROW: Row = named(Analysis("rupture_state_next"))
UNREPAIRED = "unrepaired - none"
Rating = Literal["alliance", "symptoms"]
# predictor, outcome at the next session, and the analysis of the one on the other
STEPS: tuple[tuple[Rating, Rating, Name], ...] = (
    ("alliance", "symptoms", "alliance_to_symptoms"),
    ("symptoms", "alliance", "symptoms_to_alliance"),
)
OF_STATE = {
    "repaired - none": {"state[repaired]:iip_z": 1.0},
    "repaired - unrepaired": {
        "state[repaired]:iip_z": 1.0,
        "state[unrepaired]:iip_z": -1.0,
    },
    # at average interpersonal problems, the others per SD of them
    UNREPAIRED: {"state[unrepaired]": 1.0},
}
# of the differences above, the columns of `influence` in the full fit and without a therapist
LEFT_OUT = {
    "repaired - none": "estimate_without",
    "repaired - unrepaired": "from_unrepaired_without",
}


def sensitivity_tables(
    tables: Mapping[str, pd.DataFrame],
    fits: Mapping[str, MixedModelResults],
    reasons: Mapping[str, str],
    settings: SensitivitySettings,
) -> dict[str, pd.DataFrame]:
    """Return the tables of the step by name, see `sensitivity` and `model_checks.check_rows`."""
    rows, parameters = sensitivity(tables, fits, reasons, settings)
    return {"sensitivity": rows, "model_checks": parameters}


def sensitivity(
    tables: Mapping[str, pd.DataFrame],
    fits: Mapping[str, MixedModelResults],
    reasons: Mapping[str, str],
    settings: SensitivitySettings,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return a row per variant and effect, with all of `COLUMNS`, and `model_checks`.

    tables : `analysis`, `patients`, `sessions`, `patterns`, `events`, `influence`. fits : M2 and M3
    by REML on the table `analysis`; reasons : model → why it is not there.

    REML; tests and intervals as reported everywhere (`inference`), at the cohort's level. Part
    `A`: `coefficient`, per unit of the variant's time, times the time until `at_session` is
    `estimate`; `n_none` … are patients.
    Part `B`: `coefficient` and `estimate` are the same; `n_none` … are the patients ever seen in
    that state, missing for steps between sessions. range_low, range_high : of the estimates
    without each therapist. limit_low, limit_high : of winsorised ratings. Where there is no
    estimate, `reason` is the key of why (`keys`).
    """
    patients, sessions, patterns = (tables[k] for k in ("patients", "sessions", "patterns"))
    criterion = settings.criterion
    table = tables["analysis"]
    rows: list[Row] = []
    for variant in variants(table, patients, sessions, patterns, settings):
        model = variant.analysis.model
        stored = partial(stored_fit, model, fits, reasons) if model else None
        rows += moderation_rows(variant, settings, stored=stored)
    last = settings.sensitivity.landmark
    later = landmark(table, sessions, criterion, last, settings.time, settings.alliance)
    rows += moderation_rows(later, settings, lambda: require_patients(later.table, last))
    checks, parameters = check_rows(table, fits, reasons, settings)
    rows += checks
    rows += _without_each_therapist(table, tables["influence"], settings)
    stated = state_table(table, tables["events"])
    for known, of in ((STATE_ROW, stated), (NEXT_ROW, state_before(stated))):
        rows += _states(known, of, criterion, settings)
    rows += event_rows(table, tables["events"], settings)
    rows += _steps(table, sessions, settings)
    return pd.DataFrame(rows, columns=COLUMNS), parameters


def _without_each_therapist(
    table: pd.DataFrame, influence: pd.DataFrame, settings: SensitivitySettings
) -> Iterator[Row]:
    """Yield the range of the headline estimate without each therapist, from `influence`."""
    until = time_at(settings.effect_duration, settings.time)
    rows = influence[influence["term"] == KEY_TERMS[headline_model(table)][0]]
    rows = rows[rows["model"] == headline_model(table)]
    for effect, column in LEFT_OUT.items():
        without = rows[column].dropna() * until
        reason = None
        if rows.empty:
            reason = str(NeedsTherapists())
        elif len(without) < len(rows):
            reason = str(WithoutTherapists(len(rows) - len(without), len(rows)))
        yield {
            "part": "A",
            **named(Analysis("without_each_therapist")),
            "effect": effect,
            "unit": CHANGE,
            "time": settings.time,
            "at_session": settings.effect_duration,
            **sizes(table),
            **pattern_counts(table),
            "range_low": without.min(),
            "range_high": without.max(),
            "reason": reason,
        }


def _states(
    known: Row, stated: pd.DataFrame, criterion: Criterion, settings: SensitivitySettings
) -> list[Row]:
    """Return the rows of the time-varying rupture state."""
    ever = stated.groupby("state", observed=False)["patient_id"].nunique()

    def require() -> None:
        if looks_ahead(criterion):
            raise FitError(LooksAhead())
        for state in PATTERNS:
            if ever[state] < MIN_PATIENTS:
                raise FitError(FewInState(state))

    seen = {f"n_{state}": int(ever[state]) for state in PATTERNS}
    known = {"part": "B", "time": settings.time, **known, **sizes(stated), **seen}
    return [
        known | {"unit": str(Unit("symptoms", "", per_sd=row["effect"] != UNREPAIRED))} | row
        for row in effect_rows(STATE, stated, OF_STATE, settings, require)
    ]


def _steps(
    table: pd.DataFrame, sessions: pd.DataFrame, settings: SensitivitySettings
) -> Iterator[Row]:
    """Yield the rows of one rating on the next one of the other kind, in both directions."""
    pairs = lagged_table(table, sessions, settings.time)
    for predictor, outcome, name in STEPS:
        used = pairs.dropna(subset=[outcome, "alliance_before", "symptoms_before"])
        wanted = {
            "per SD of interpersonal problems": {f"{predictor}_before:iip_z": 1.0},
            "at average interpersonal problems": {f"{predictor}_before": 1.0},
        }
        known = {
            "part": "B",
            **named(Analysis(name)),
            "time": settings.time,
            **sizes(used),
        }
        for row in effect_rows(LAGGED[predictor], used, wanted, settings):
            per_sd = row["effect"].startswith("per")
            yield known | row | {"unit": str(Unit(outcome, predictor, per_sd=per_sd))}
