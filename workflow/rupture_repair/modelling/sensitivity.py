"""Sensitivity of the headline moderation to the analysis: one table in two parts.

Part A asks the headline's question by other means, in one unit: points of symptoms from the first
session to a named one, per SD of interpersonal problems. Part B asks other questions, of states and
of single steps between sessions, in units of their own.
"""

from collections.abc import Iterator, Mapping
from functools import partial

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
    pattern_counts,
    sizes,
    stored_fit,
)
from rupture_repair.modelling.engine import MixedModelResults
from rupture_repair.modelling.fit import FitError
from rupture_repair.modelling.formulas import KEY_TERMS
from rupture_repair.modelling.headline import headline_model
from rupture_repair.modelling.inference import REPORTED
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
    *("part", "variant", "label", "question", "effect", "unit", "time", "at_session"),
    *COUNTS,
    *("coefficient", *REPORTED),
    *("range_low", "range_high", "limit_low", "limit_high", "certificate"),
]
STATE_ROW: Row = {
    "variant": "rupture_state",
    "label": "Rupture state",
    "question": "Are symptoms at another level once a rupture, or its repair, has happened?",
}
NEXT_ROW: Row = {
    "variant": "rupture_state_next",
    "label": "Rupture state, next session",
    "question": "Are symptoms of the next session, whose noise is another, at another level then?",
}
UNREPAIRED = "unrepaired - none"
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
    estimate, `reason` says why in words.
    """
    patients, sessions, patterns = (tables[k] for k in ("patients", "sessions", "patterns"))
    criterion = settings.criterion
    table = tables["analysis"]
    rows: list[Row] = []
    for variant in variants(table, patients, sessions, patterns, settings):
        stored = partial(stored_fit, variant.model, fits, reasons) if variant.model else None
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
            reason = "it needs the headline estimate and at least two therapists"
        elif len(without) < len(rows):
            reason = (
                f"without {len(rows) - len(without)} of {len(rows)} therapists the data do not "
                "determine it"
            )
        yield {
            "part": "A",
            "variant": "without_each_therapist",
            "label": "Without each therapist",
            "question": "Does it rest on the patients of one therapist?",
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
            raise FitError(
                "by this criterion a patient's later ratings decide what is a rupture, so that no "
                "state is known at the time"
            )
        for state in PATTERNS:
            if ever[state] < MIN_PATIENTS:
                raise FitError(f"fewer than {MIN_PATIENTS} patients were seen in the state {state}")

    seen = {f"n_{state}": int(ever[state]) for state in PATTERNS}
    known = {"part": "B", "time": settings.time, **known, **sizes(stated), **seen}
    return [
        known
        | {"unit": "symptom points" + (", per SD" if row["effect"] != UNREPAIRED else "")}
        | row
        for row in effect_rows(STATE, stated, OF_STATE, settings, require)
    ]


def _steps(
    table: pd.DataFrame, sessions: pd.DataFrame, settings: SensitivitySettings
) -> Iterator[Row]:
    """Yield the rows of one rating on the next one of the other kind, in both directions."""
    pairs = lagged_table(table, sessions, settings.time)
    for predictor, formula in LAGGED.items():
        outcome = formula.partition(" ~ ")[0]
        used = pairs.dropna(subset=[outcome, "alliance_before", "symptoms_before"])
        unit = f"{outcome} points per {predictor} point".replace("symptoms", "symptom")
        wanted = {
            "per SD of interpersonal problems": {f"{predictor}_before:iip_z": 1.0},
            "at average interpersonal problems": {f"{predictor}_before": 1.0},
        }
        known = {
            "part": "B",
            "variant": f"{predictor}_to_{outcome}",
            "label": f"{predictor.capitalize()} → {outcome}",
            "question": (
                f"Does a deviation of the {predictor} from the patient's own mean go with the "
                f"{outcome} of the next session?"
            ),
            "time": settings.time,
            **sizes(used),
        }
        for row in effect_rows(formula, used, wanted, settings):
            more = ", per SD" if row["effect"].startswith("per") else ""
            yield known | row | {"unit": unit + more}
