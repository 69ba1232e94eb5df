"""What specifications do to the ratings before anything is detected or fitted."""

import pandas as pd

from rupture_repair.cohort.therapists import NOT_RECORDED
from rupture_repair.modelling.samples import limits

RATINGS = ("alliance", "symptoms")


def sample_of(
    sessions: pd.DataFrame,
    min_sessions: int,
    winsorise: float,
    therapist: pd.Series | None = None,
    min_patients: int = 1,
) -> pd.DataFrame:
    """Return the sessions of long enough treatments, with the ends of the ratings moved in.

    therapist : of each patient, by `patient_id`; those of fewer than `min_patients` patients in
    long enough treatments are left out, unless therapists were not recorded.

    Length is the highest session number, as in `validation.admission`. Of each kind of rating,
    what lies beyond the quantiles `winsorise` and 1 − `winsorise` of this sample is set to them.
    """
    length = sessions.groupby("patient_id")["session"].transform("max")
    sample = sessions[length >= min_sessions].reset_index(drop=True)
    if therapist is not None and min_patients > 1:
        own = therapist.reindex(sample["patient_id"].unique())
        caseload = own.map(own.value_counts())
        enough = own.index[(caseload >= min_patients) | (own == NOT_RECORDED)]
        sample = sample[sample["patient_id"].isin(enough)].reset_index(drop=True)
    if winsorise > 0:
        for name in RATINGS:
            sample[name] = sample[name].clip(*limits(sample[name], winsorise))
    return sample
