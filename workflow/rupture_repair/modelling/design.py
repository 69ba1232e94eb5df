"""The analysis table: one row per rated session of every classified patient."""

from collections.abc import Iterable, Sequence
from typing import Literal, TypeVar, assert_never

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from rupture_repair.cohort.therapists import NOT_RECORDED
from rupture_repair.config.analysis import Time
from rupture_repair.config.criteria import PATTERNS
from rupture_repair.config.steps.modelling import ModelCovariate
from rupture_repair.modelling.covariates import covariate_columns

Sessions = TypeVar("Sessions", float, pd.Series, NDArray[np.float64])
# of the analysis table: a row per rated session of a classified patient
COLUMNS = {
    "patient_id": "pseudonym of the patient",
    "session": "number of the session, the first is 1",
    "symptoms": "the outcome: rating of symptoms at the session, in points of the instrument",
    "therapist_id": f"pseudonym of the therapist, or `{NOT_RECORDED}`",
    "iip": "interpersonal problems of the patient, in points of the instrument",
    "pattern": f"rupture pattern of the patient: {', '.join(PATTERNS)}; the first is the reference",
    "length": "length of the treatment: number of the patient's last session",
    "iip_z": "`iip` standardised over the patients of this table (SD with n − 1)",
    "length_c": "natural logarithm of `length` less its mean over the patients of this table",
    "time": "time of the models, 0 at session 1: natural logarithm of `session`, or `session` − 1",
}
COVARIATE = "covariate: a number less its mean, or 1 for a group less its share of patients"


Shape = Time | Literal["square_root"]


def time_at(session: Sessions, time: Shape) -> Sessions:
    """Return time at each session, zero at the first: log(s), s − 1, or √s − 1 in a check."""
    match time:
        case "log":
            return np.log(session)
        case "linear":
            return session - 1.0
        case "square_root":
            return np.sqrt(session) - 1.0
        case unknown:
            assert_never(unknown)


def analysis_table(
    patients: pd.DataFrame,
    sessions: pd.DataFrame,
    patterns: pd.DataFrame,
    time: Time = "log",
    covariates: Sequence[ModelCovariate] = (),
) -> pd.DataFrame:
    """Join the tidy tables for the models of docs/methods.md.

    Returns `COLUMNS` and those of covariates (`covariates.covariate_columns`), in rows with a
    symptom rating, sorted by therapist, patient and session.
    time : `log` for log(session), or `linear` for session − 1.
    """
    length = sessions.groupby("patient_id")["session"].max().rename("length")
    rated = sessions.dropna(subset=["symptoms"])[["patient_id", "session", "symptoms"]]
    classified = patterns.loc[patterns["pattern"].isin(PATTERNS), ["patient_id", "pattern"]]
    person = (
        patients[["patient_id", "therapist_id", "iip", *(one.name for one in covariates)]]
        .merge(classified, on="patient_id")
        .join(length, on="patient_id")
    )
    person = person[person["patient_id"].isin(rated["patient_id"])].reset_index(drop=True)
    spread = person["iip"].std(ddof=1)
    person["iip_z"] = (person["iip"] - person["iip"].mean()) / spread
    person["length_c"] = np.log(person["length"]) - np.log(person["length"]).mean()
    person = person.drop(columns=[one.name for one in covariates]).join(
        covariate_columns(person, covariates)
    )
    table = rated.merge(person, on="patient_id")
    table["time"] = time_at(table["session"], time)
    table["pattern"] = pd.Categorical(table["pattern"], PATTERNS)
    return table.sort_values(["therapist_id", "patient_id", "session"], ignore_index=True)


def column_guide(columns: Iterable[str] = COLUMNS) -> pd.DataFrame:
    """Return `column, meaning`: what stands in the analysis table."""
    meaning = {name: COLUMNS.get(name, COVARIATE) for name in columns}
    return pd.DataFrame(meaning.items(), columns=["column", "meaning"])


def per_patient(table: pd.DataFrame) -> pd.DataFrame:
    """Return one row per patient of an analysis table."""
    columns = ["patient_id", "therapist_id", "iip", "iip_z", "length", "length_c", "pattern"]
    return table.drop_duplicates("patient_id")[columns].reset_index(drop=True)


def count_therapists(therapist_id: pd.Series) -> int:
    """Return the number of therapists; 0 where they were not recorded."""
    return int(therapist_id[therapist_id != NOT_RECORDED].nunique())


def mean_log_length(table: pd.DataFrame) -> float:
    """Return the mean of log(length) over patients: what `length_c` is centred at."""
    return float(np.log(per_patient(table)["length"]).mean())
