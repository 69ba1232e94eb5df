"""The model of a specification: as a formula, and as what selects its terms from the largest."""

from collections.abc import Sequence
from typing import assert_never

import pandas as pd

from rupture_repair.config.analysis import Time
from rupture_repair.config.criteria import PATTERNS
from rupture_repair.config.multiverse import Baseline
from rupture_repair.config.steps.modelling import ModelCovariate
from rupture_repair.modelling.design import analysis_table
from rupture_repair.modelling.formulas import ADJUSTED_FOR_LENGTH
from rupture_repair.modelling.formulas import FORMULAS as MODELS
from rupture_repair.modelling.samples import adjusted_for_baseline
from rupture_repair.multiverse.specifications import Specification

FORMULAS = {
    "none": MODELS["M2"],
    "adjusted": f"{MODELS['M2']} + {ADJUSTED_FOR_LENGTH}",
    "moderator": MODELS["M3"],
}
BASELINE = " + time * baseline_z"
GROUPS = ("therapist_id", "patient_id")
MODERATION = "time:pattern[T.repaired]:iip_z"
LENGTH_MODERATION = f"{MODERATION}:length_c"
# all variables and indicators but the covariates of a cohort
KNOWN = {
    *("time", "iip_z", "length_c", "baseline_z"),
    *(f"pattern[T.{name}]" for name in PATTERNS),
}


def formula_of(specification: Specification) -> str:
    """Return the fixed part in patsy's notation."""
    adjusted = specification.baseline == "adjusted"
    return FORMULAS[specification.length] + (BASELINE if adjusted else "")


def largest_formula(baseline: Baseline) -> str:
    """Return the formula that has the terms of every specification with this `baseline`."""
    return FORMULAS["moderator"] + (BASELINE if baseline == "adjusted" else "")


def factors_of(term: str) -> list[str]:
    """Return the variables and indicators whose product a term is; none for the intercept."""
    return [] if term == "Intercept" else term.split(":")


def has_term(specification: Specification, term: str) -> bool:
    """Return whether the specification's model has a term of the largest formula."""
    factors = set(factors_of(term))
    if specification.covariates == "none" and not factors <= KNOWN:
        return False
    if "length_c" not in factors:
        return True
    match specification.length:
        case "none":
            return False
        case "adjusted":
            # no product of pattern and interpersonal problems with length
            return "iip_z" not in factors or not any(f.startswith("pattern[") for f in factors)
        case "moderator":
            return True
        case unknown:
            assert_never(unknown)


def modelled_sessions(
    patients: pd.DataFrame,
    sample: pd.DataFrame,
    patterns: pd.DataFrame,
    time: Time,
    baseline: Baseline,
    covariates: Sequence[ModelCovariate] = (),
) -> pd.DataFrame:
    """Return the `analysis_table` of a sample; with `baseline_z` where baseline is `adjusted`."""
    made = analysis_table if baseline == "none" else adjusted_for_baseline
    return made(patients, sample, patterns, time, covariates)


def placeholder_patterns(patient_ids: pd.Series) -> pd.DataFrame:
    """Return patterns that stand in for those to come: every pattern, in turn."""
    names = [PATTERNS[n % len(PATTERNS)] for n in range(len(patient_ids))]
    return pd.DataFrame({"patient_id": patient_ids.to_numpy(), "pattern": names})
