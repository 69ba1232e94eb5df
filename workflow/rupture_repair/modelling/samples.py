"""Changes of ratings and first symptoms for the sensitivity analyses."""

from collections.abc import Sequence

import pandas as pd

from rupture_repair.config.analysis import Time
from rupture_repair.config.steps.modelling import ModelCovariate
from rupture_repair.modelling.design import analysis_table, per_patient


def limits(ratings: pd.Series, share: float) -> tuple[float, float]:
    """Return the quantiles `share` and 1 − `share` of the ratings, to which winsorising moves."""
    low, high = ratings.quantile([share, 1 - share])
    return float(low), float(high)


def without_first_symptoms(sessions: pd.DataFrame) -> tuple[pd.DataFrame, pd.Series]:
    """Return the sessions with each patient's first symptom rating blank, and these ratings.

    A rating that is a covariate cannot be an outcome as well.
    """
    rated = sessions.dropna(subset=["symptoms"]).sort_values(["patient_id", "session"])
    first = rated.drop_duplicates("patient_id")
    rest = sessions.copy()
    rest.loc[first.index, "symptoms"] = float("nan")
    return rest, first.set_index("patient_id")["symptoms"]


def adjusted_for_baseline(
    patients: pd.DataFrame,
    sessions: pd.DataFrame,
    patterns: pd.DataFrame,
    time: Time,
    covariates: Sequence[ModelCovariate] = (),
) -> pd.DataFrame:
    """Return the `analysis_table` with `baseline_z`.

    `baseline_z` is the first symptom rating, standardised over the analysed patients (ddof 1);
    that rating is then no outcome.
    """
    rest, first = without_first_symptoms(sessions)
    table = analysis_table(patients, rest, patterns, time, covariates)
    people = per_patient(table)["patient_id"]
    own = first.loc[people]
    standardised = (own - own.mean()) / own.std(ddof=1)
    return table.assign(baseline_z=table["patient_id"].map(standardised))
