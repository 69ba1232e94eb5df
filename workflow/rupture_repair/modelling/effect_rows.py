"""Rows of the table of sensitivity analyses: an effect, or the reason why it is missing."""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import pandas as pd

from rupture_repair.config.criteria import PATTERNS
from rupture_repair.config.steps.modelling import SensitivitySettings
from rupture_repair.modelling.covariates import adjusted
from rupture_repair.modelling.design import count_therapists, per_patient, time_at
from rupture_repair.modelling.engine import MixedModelResults
from rupture_repair.modelling.fit import FitError, Random, certified
from rupture_repair.modelling.inference import REPORTED, TESTED, Reported
from rupture_repair.modelling.keys import Analysis, NoRating, Unit, verdict
from rupture_repair.modelling.variants import Variant

INFERENCE = TESTED
NUMBERS = [name for name in REPORTED if name not in {"clusters", "reason"}]
IN_POINTS = ["estimate", "se", "ci_low", "ci_high", "model_se", "model_ci_low", "model_ci_high"]
CHANGE = str(Unit("symptoms", "then", per_sd=True))
# the headline's question, as weights of coefficients
MODERATION = {
    "repaired - none": {"time:pattern[repaired]:iip_z": 1.0},
    "repaired - unrepaired": {
        "time:pattern[repaired]:iip_z": 1.0,
        "time:pattern[unrepaired]:iip_z": -1.0,
    },
}
Weights = Mapping[str, float]
Row = dict[str, Any]


def stored_fit(
    model: str, fits: Mapping[str, MixedModelResults], reasons: Mapping[str, str]
) -> MixedModelResults:
    """Return a fit made before. Raises `FitError` with the reason where there is none."""
    if model not in fits:
        raise FitError(reasons[model])
    return fits[model]


def moderation_rows(
    variant: Variant,
    settings: SensitivitySettings,
    require: Callable[[], None] = lambda: None,
    stored: Callable[[], MixedModelResults] | None = None,
    wanted: Mapping[str, Weights] = MODERATION,
    until: float | None = None,
    robust: bool = True,
) -> list[Row]:
    """Return the rows of a variant of part A.

    `require` raises `FitError` where none is to be; `stored` returns a fit made before. wanted :
    the effects as weights of coefficients; until : by what these count, that is the time until
    `effect_duration` where it is not given. robust : see `effect_rows`.
    """
    until = time_at(settings.effect_duration, variant.time) if until is None else until
    low, high = variant.limits or (np.nan, np.nan)
    known = {
        "part": "A",
        **named(variant.analysis),
        "unit": CHANGE,
        "time": variant.time,
        "at_session": settings.effect_duration,
        "limit_low": low,
        "limit_high": high,
        **sizes(variant.table),
        **pattern_counts(variant.table),
    }
    found = effect_rows(variant.formula, variant.table, wanted, settings, require, stored, robust)
    return [known | row | {name: row[name] * until for name in IN_POINTS} for row in found]


def effect_rows(
    formula: str,
    table: pd.DataFrame,
    wanted: Mapping[str, Weights],
    settings: SensitivitySettings,
    require: Callable[[], None] = lambda: None,
    stored: Callable[[], MixedModelResults] | None = None,
    robust: bool = True,
) -> list[Row]:
    """Return a row per wanted combination of coefficients, or why there is none.

    robust : whether tests are the reported (CR2) ones; else they are model-based, as in
    models that relax an assumption.
    """
    nothing = dict.fromkeys(["coefficient", *NUMBERS], np.nan)
    try:
        if table.empty:
            raise FitError(NoRating())
        require()
        found = stored() if stored else fitted(formula, table, settings)
    except FitError as error:
        return [nothing | {"effect": effect, "reason": str(error)} for effect in wanted]
    passed = verdict(found.certificate().failing)
    reported = Reported.of(found, table)
    combinations = [[of.get(name, 0.0) for name in reported.columns] for of in wanted.values()]
    tested = reported.tests(np.array(combinations), settings.confidence, robust=robust)
    rows = []
    for effect, row in zip(wanted, tested.to_dict("records"), strict=True):
        if row["reason"] is not None:
            rows.append(nothing | {"effect": effect, "reason": row["reason"]})
            continue
        numbers = {name: float(row[name]) for name in NUMBERS}
        known = {"effect": effect, "coefficient": numbers["estimate"], "certificate": passed}
        rows.append(numbers | known | {"clusters": row["clusters"]})
    return rows


def fitted(formula: str, table: pd.DataFrame, settings: SensitivitySettings) -> MixedModelResults:
    """Return the certified fit by REML, with the cohort's covariates and random part.

    Raises `FitError` when the model cannot be estimated.
    """
    formula = adjusted(formula, table.columns, settings.covariates)
    how: Random = {"patient_terms": settings.patient_terms, "clustering": settings.clustering}
    return certified(formula, table, reml=True, **how)


def named(analysis: Analysis) -> Row:
    """Return what a row is called: the name of its analysis, and the keys of what is said of it."""
    return {
        "variant": analysis.name,
        "model": analysis.model or None,
        "session": analysis.session or np.nan,
        "label": str(analysis),
        "question": str(analysis),
    }


def sizes(table: pd.DataFrame) -> Row:
    """Return how many patients, sessions and therapists are in a table."""
    return {
        "n_patients": table["patient_id"].nunique(),
        "n_sessions": len(table),
        "n_therapists": count_therapists(table["therapist_id"]),
    }


def pattern_counts(table: pd.DataFrame) -> Row:
    """Return how many patients have each pattern."""
    counts = per_patient(table)["pattern"].value_counts()
    return {f"n_{pattern}": int(counts[pattern]) for pattern in PATTERNS}
