"""The analysis table: one row per rated session of every classified patient."""

from typing import TypeVar

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from rupture_repair.cohort.therapists import NOT_RECORDED
from rupture_repair.config.criteria import PATTERNS

Sessions = TypeVar("Sessions", float, pd.Series, NDArray[np.float64])


def time_at(session: Sessions, time: str) -> Sessions:
    """Return the models' time at each session, zero at the first: log(session), or session − 1.

    Raises `ValueError` for another `time` than `log` and `linear`.
    """
    match time:
        case "log":
            return np.log(session)
        case "linear":
            return session - 1.0
        case _:
            raise ValueError(f"time is log or linear, not {time}")


def analysis_table(
    patients: pd.DataFrame, sessions: pd.DataFrame, patterns: pd.DataFrame, time: str = "log"
) -> pd.DataFrame:
    """Join the tidy tables for the models of METHODS §4.

    Returns rows with a symptom rating, sorted by therapist, patient and session, with `time`
    (log(session), or session − 1; zero at session 1), `pattern` (reference `none`), `iip`,
    `iip_z` (standardised over the analysed patients, ddof 1), `length` (sessions) and `length_c`
    (log(length) minus its mean over the analysed patients).

    Raises `ValueError` for an unknown `time`.
    """
    length = sessions.groupby("patient_id")["session"].max().rename("length")
    rated = sessions.dropna(subset=["symptoms"])[["patient_id", "session", "symptoms"]]
    classified = patterns.loc[patterns["pattern"].isin(PATTERNS), ["patient_id", "pattern"]]
    person = (
        patients[["patient_id", "therapist_id", "iip"]]
        .merge(classified, on="patient_id")
        .join(length, on="patient_id")
    )
    person = person[person["patient_id"].isin(rated["patient_id"])].reset_index(drop=True)
    spread = person["iip"].std(ddof=1)
    person["iip_z"] = (person["iip"] - person["iip"].mean()) / spread
    person["length_c"] = np.log(person["length"]) - np.log(person["length"]).mean()
    table = rated.merge(person, on="patient_id")
    table["time"] = time_at(table["session"], time)
    table["pattern"] = pd.Categorical(table["pattern"], PATTERNS)
    return table.sort_values(["therapist_id", "patient_id", "session"], ignore_index=True)


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
