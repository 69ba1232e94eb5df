"""How much the headline moderation depends on the analysis: one table, two parts.

Part A asks the headline's question by other means, in one unit: points of symptoms from the first
session to a named one, per SD of interpersonal problems. Part B asks other questions, of states and
of single steps between sessions, in units of their own.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from rupture_repair.config.criteria import PATTERNS, Criterion
from rupture_repair.config.reporting import FEWEST_SUPPORTING
from rupture_repair.modelling.design import analysis_table, count_therapists, per_patient, time_at
from rupture_repair.modelling.effects import determined
from rupture_repair.modelling.engine.results import MixedModelResults
from rupture_repair.modelling.fit import FitError, aliases, certified, plain
from rupture_repair.modelling.variants import Variant, landmark, require_patients, variants
from rupture_repair.modelling.within_person import (
    LAGGED,
    STATE,
    lagged_table,
    looks_ahead,
    state_table,
)

INFERENCE = ["estimate", "se", "df", "statistic", "p", "ci_low", "ci_high"]
IN_POINTS = ["estimate", "se", "ci_low", "ci_high"]
COUNTS = ["n_patients", "n_sessions", "n_therapists", *(f"n_{pattern}" for pattern in PATTERNS)]
COLUMNS = [
    *("part", "variant", "label", "question", "effect", "unit", "time", "at_session"),
    *COUNTS,
    *("coefficient", *INFERENCE),
    *("range_low", "range_high", "limit_low", "limit_high", "certificate", "reason"),
]
# what each row estimates, as weights of coefficients
MODERATION = {
    "repaired - none": {"time:pattern[repaired]:iip_z": 1.0},
    "repaired - unrepaired": {
        "time:pattern[repaired]:iip_z": 1.0,
        "time:pattern[unrepaired]:iip_z": -1.0,
    },
}
OF_STATE = {
    "repaired - none": {"state[repaired]:iip_z": 1.0},
    "repaired - unrepaired": {
        "state[repaired]:iip_z": 1.0,
        "state[unrepaired]:iip_z": -1.0,
    },
}
# of the differences above, the columns of `influence` in the full fit and without a therapist
LEFT_OUT = {
    "repaired - none": "estimate_without",
    "repaired - unrepaired": "from_unrepaired_without",
}
CHANGE = "symptom points by then, per SD"
Weights = Mapping[str, float]
Row = dict[str, Any]


def sensitivity(tables: Mapping[str, pd.DataFrame], settings: Mapping[str, Any]) -> pd.DataFrame:
    """Return a row per variant and effect, with all of `COLUMNS`.

    tables : `patients`, `sessions`, `patterns`, `events`, `influence`. settings : section
    `sensitivity` of the cohort's configuration.

    REML, Satterthwaite df, intervals at the cohort's level. Part `A`: `coefficient`, per unit of
    the variant's time, times the time until `at_session` is `estimate`; `n_none` … are patients.
    Part `B`: `coefficient` and `estimate` are the same; `n_none` … are the patients ever seen in
    that state, missing for steps between sessions. range_low, range_high : of the estimates
    without each therapist. limit_low, limit_high : of winsorised ratings. Where there is no
    estimate, `reason` says why in words.
    """
    patients, sessions, patterns = (tables[k] for k in ("patients", "sessions", "patterns"))
    criterion = Criterion(**{k: v for k, v in settings["criterion"].items() if k != "name"})
    table = analysis_table(patients, sessions, patterns, settings["time"])
    rows: list[Row] = []
    for variant in variants(patients, sessions, patterns, settings):
        rows += _moderation(variant, settings)
    last = settings["landmark"]
    later = landmark(table, sessions, criterion, last, settings["time"])
    rows += _moderation(later, settings, lambda: require_patients(later.table, last))
    rows += _without_each_therapist(table, tables["influence"], settings)
    rows += _states(table, tables["events"], criterion, settings)
    rows += _steps(table, sessions, settings)
    return pd.DataFrame(rows, columns=COLUMNS)


def _moderation(
    variant: Variant, settings: Mapping[str, Any], require: Callable[[], None] = lambda: None
) -> list[Row]:
    """Return the rows of a variant of part A; `require` raises `FitError` where none is to be."""
    until = time_at(settings["effect_duration"], variant.time)
    low, high = variant.limits or (np.nan, np.nan)
    known = {
        "part": "A",
        "variant": variant.name,
        "label": variant.label,
        "question": variant.question,
        "unit": CHANGE,
        "time": variant.time,
        "at_session": settings["effect_duration"],
        "limit_low": low,
        "limit_high": high,
        **_sizes(variant.table),
        **_of_patterns(variant.table),
    }
    found = _effects(variant.formula, variant.table, MODERATION, settings, require)
    return [known | row | {name: row[name] * until for name in IN_POINTS} for row in found]


def _without_each_therapist(
    table: pd.DataFrame, influence: pd.DataFrame, settings: Mapping[str, Any]
) -> Iterator[Row]:
    """Yield the range of the headline estimate without each therapist, from `influence`."""
    until = time_at(settings["effect_duration"], settings["time"])
    rows = influence[influence["model"] == "M2"]
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
            "time": settings["time"],
            "at_session": settings["effect_duration"],
            **_sizes(table),
            **_of_patterns(table),
            "range_low": without.min(),
            "range_high": without.max(),
            "reason": reason,
        }


def _states(
    table: pd.DataFrame, events: pd.DataFrame, criterion: Criterion, settings: Mapping[str, Any]
) -> list[Row]:
    """Return the rows of the time-varying rupture state."""
    stated = state_table(table, events)
    ever = stated.groupby("state", observed=False)["patient_id"].nunique()

    def require() -> None:
        if looks_ahead(criterion):
            raise FitError(
                "by this criterion a patient's later ratings decide what is a rupture, so that no "
                "state is known at the time"
            )
        for state in PATTERNS:
            if ever[state] < FEWEST_SUPPORTING:
                raise FitError(
                    f"fewer than {FEWEST_SUPPORTING} patients were seen in the state {state}"
                )

    known = {
        "part": "B",
        "variant": "rupture_state",
        "label": "Rupture state",
        "question": "Are symptoms at another level once a rupture, or its repair, has happened?",
        "unit": "symptom points, per SD",
        "time": settings["time"],
        **_sizes(stated),
        **{f"n_{state}": int(ever[state]) for state in PATTERNS},
    }
    return [known | row for row in _effects(STATE, stated, OF_STATE, settings, require)]


def _steps(
    table: pd.DataFrame, sessions: pd.DataFrame, settings: Mapping[str, Any]
) -> Iterator[Row]:
    """Yield the rows of one rating on the next one of the other kind, in both directions."""
    pairs = lagged_table(table, sessions, settings["time"])
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
            "time": settings["time"],
            **_sizes(used),
        }
        for row in _effects(formula, used, wanted, settings):
            more = ", per SD" if row["effect"].startswith("per") else ""
            yield known | row | {"unit": unit + more}


def _effects(
    formula: str,
    table: pd.DataFrame,
    wanted: Mapping[str, Weights],
    settings: Mapping[str, Any],
    require: Callable[[], None] = lambda: None,
) -> list[Row]:
    """Return a row per wanted combination of coefficients, or why there is none."""
    nothing = dict.fromkeys(["coefficient", *INFERENCE], np.nan)
    try:
        if table.empty:
            raise FitError("no rating is left to be analysed")
        require()
        found = certified(formula, table, "it", reml=True, patient_terms=settings["patient_terms"])
    except FitError as error:
        reason = str(error).removeprefix("it cannot be estimated: ")
        return [nothing | {"effect": effect, "reason": reason} for effect in wanted]
    verdict = "; ".join(found.certificate().failures) or "passed"
    rows = []
    for effect, weights in wanted.items():
        try:
            combination = _combination(found, table, weights)
        except FitError as error:
            rows.append(nothing | {"effect": effect, "reason": str(error)})
            continue
        tested = found.contrasts(combination, 1 - settings["confidence"]).iloc[0]
        row: Row = {name: float(tested[name]) for name in INFERENCE}
        row |= {"effect": effect, "coefficient": row["estimate"], "certificate": verdict}
        rows.append(row)
    return rows


def _combination(
    found: MixedModelResults, table: pd.DataFrame, weights: Weights
) -> NDArray[np.float64]:
    """Return the weights by term, shape (p,).

    Raises `FitError` where the data do not determine the combination.
    """
    kept = np.array([weights.get(plain(name), 0.0) for name in found.terms])
    dropped = np.array([weights.get(plain(n), 0.0) for n in found.model.design.aliased])
    if not determined(kept, dropped, aliases(found, table)):
        raise FitError(_why_not(table, weights))
    return kept


def _why_not(table: pd.DataFrame, weights: Weights) -> str:
    for pattern in PATTERNS if "pattern" in table else ():
        if any(f"[{pattern}]" in term for term in weights) and pattern not in set(table["pattern"]):
            return f"no patient has the pattern {pattern}"
    return "in these data it cannot be told apart from other coefficients"


def _sizes(table: pd.DataFrame) -> Row:
    return {
        "n_patients": table["patient_id"].nunique(),
        "n_sessions": len(table),
        "n_therapists": count_therapists(table["therapist_id"]),
    }


def _of_patterns(table: pd.DataFrame) -> Row:
    counts = per_patient(table)["pattern"].value_counts()
    return {f"n_{pattern}": int(counts[pattern]) for pattern in PATTERNS}
