"""The models that carry the study's questions, fitted again for what needs the whole fit."""

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from rupture_repair.modelling.engine.results import MixedModelResults
from rupture_repair.modelling.fit import FitError, aliases, estimate

# each model with the coefficient that it is about
KEY_TERMS = {
    "M2": "time:pattern[repaired]:iip_z",
    "M3": "time:pattern[repaired]:iip_z:length_c",
}
# a coefficient that depends on an aliased one by more than this is not determined
DEPENDS = 1e-6


def refit(table: pd.DataFrame, patient_terms: str) -> dict[str, MixedModelResults]:
    """Return the headline models by REML; those that cannot be estimated are left out."""
    found = {}
    for model in KEY_TERMS:
        try:
            found[model] = estimate(table, model, reml=True, patient_terms=patient_terms)
        except FitError:  # `not_estimated` says why
            continue
    return found


def determined(found: MixedModelResults, table: pd.DataFrame) -> NDArray[np.bool_]:
    """Return which coefficients the data tell apart from aliased ones, shape (p,)."""
    if not found.model.design.aliased:
        return np.ones(len(found.terms), dtype=bool)
    return np.abs(np.asarray(aliases(found, table))).max(axis=0) <= DEPENDS


def by_therapist(found: MixedModelResults) -> bool:
    """Whether therapists are the independent units; else patients are."""
    return len(found.model.design.rows.therapist_ids) > 1
