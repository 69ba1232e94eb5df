"""What specifications do to the ratings before anything is detected or fitted."""

import pandas as pd

RATINGS = ("alliance", "symptoms")


def sample_of(sessions: pd.DataFrame, min_sessions: int, winsorise: float) -> pd.DataFrame:
    """Return the sessions of long enough treatments, with the ends of the ratings moved in.

    Length is the highest session number, as in `validation.admission`. Of each kind of rating,
    what lies beyond the quantiles `winsorise` and 1 − `winsorise` of this sample is set to them.
    """
    length = sessions.groupby("patient_id")["session"].transform("max")
    sample = sessions[length >= min_sessions].reset_index(drop=True)
    if winsorise > 0:
        for name in RATINGS:
            low, high = sample[name].quantile([winsorise, 1 - winsorise])
            sample[name] = sample[name].clip(low, high)
    return sample


def without_first_symptoms(sessions: pd.DataFrame) -> tuple[pd.DataFrame, pd.Series]:
    """Return the sessions with each patient's first symptom rating blank, and these ratings.

    A rating that is a covariate cannot be an outcome as well.
    """
    rated = sessions.dropna(subset=["symptoms"]).sort_values(["patient_id", "session"])
    first = rated.drop_duplicates("patient_id")
    rest = sessions.copy()
    rest.loc[first.index, "symptoms"] = float("nan")
    return rest, first.set_index("patient_id")["symptoms"]
