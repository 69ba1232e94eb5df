"""The model of a specification: as a formula, and as what selects its terms from the largest."""

import pandas as pd

from rupture_repair.config.criteria import PATTERNS
from rupture_repair.modelling.design import analysis_table
from rupture_repair.modelling.samples import adjusted_for_baseline
from rupture_repair.multiverse.specifications import Specification

FORMULAS = {
    "none": "symptoms ~ time * pattern * iip_z",
    "adjusted": "symptoms ~ time * pattern * iip_z + time * length_c",
    "moderator": "symptoms ~ time * pattern * iip_z * length_c",
}
BASELINE = " + time * baseline_z"
IDS = {"patient": "patient_id", "time": "time", "therapist": "therapist_id"}
MODERATION = "time:pattern[T.repaired]:iip_z"
LENGTH_MODERATION = f"{MODERATION}:length_c"
# what length and baseline may be multiplied by where they are only adjusted for
COVARIATES = {"length_c", "baseline_z"}


def formula_of(specification: Specification) -> str:
    """Return the fixed part in patsy's notation."""
    adjusted = specification["baseline"] == "adjusted"
    return FORMULAS[specification["length"]] + (BASELINE if adjusted else "")


def largest_formula(baseline: str) -> str:
    """Return the formula that has the terms of every specification with this `baseline`."""
    return FORMULAS["moderator"] + (BASELINE if baseline == "adjusted" else "")


def factors_of(term: str) -> list[str]:
    """Return the variables and indicators whose product a term is; none for the intercept."""
    return [] if term == "Intercept" else term.split(":")


def has_term(specification: Specification, term: str) -> bool:
    """Return whether the specification's model has a term of the largest formula."""
    factors = set(factors_of(term))
    if "length_c" not in factors:
        return True
    if specification["length"] == "adjusted":
        return factors <= {"time", "length_c"}
    return specification["length"] == "moderator"


def modelled_sessions(
    patients: pd.DataFrame, sample: pd.DataFrame, patterns: pd.DataFrame, time: str, baseline: str
) -> pd.DataFrame:
    """Return the `analysis_table` of a sample; with `baseline_z` where baseline is `adjusted`."""
    made = analysis_table if baseline == "none" else adjusted_for_baseline
    return made(patients, sample, patterns, time)


def stand_in(patient_ids: pd.Series) -> pd.DataFrame:
    """Return patterns that stand in for those to come: every pattern, in turn."""
    names = [PATTERNS[n % len(PATTERNS)] for n in range(len(patient_ids))]
    return pd.DataFrame({"patient_id": patient_ids.to_numpy(), "pattern": names})
