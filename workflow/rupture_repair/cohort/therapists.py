"""Each patient's therapist, where the therapist is named at each session."""

import pandas as pd

# the therapist of all patients, where none is named
NOT_RECORDED = "not recorded"


def therapist_changes(sessions: pd.DataFrame) -> pd.DataFrame:
    """Return the patients with more than one therapist: `patient_id, course, line`.

    sessions : `patient_id`, `session` (number), `therapist_id`, `line`. course : such as
    `T1 from session 1, T2 from session 5`; line : where the second therapist begins.
    """
    known = sessions.dropna(subset=["patient_id", "session", "therapist_id"])
    known = known.sort_values(["patient_id", "session"])
    before = known.groupby("patient_id")["therapist_id"].shift()
    starts = known[known["therapist_id"] != before]
    rows = []
    for patient, spells in starts.groupby("patient_id"):
        if len(spells) > 1:
            parts = zip(spells["therapist_id"], spells["session"], strict=True)
            course = ", ".join(f"{name} from session {session:g}" for name, session in parts)
            rows.append((patient, course, int(spells["line"].iloc[1])))
    return pd.DataFrame(rows, columns=["patient_id", "course", "line"])


def therapist_of(sessions: pd.DataFrame, choice: str) -> pd.Series:
    """Return each patient's therapist: the `first`, the `last`, or the one of `most` sessions.

    Of two with equally many sessions, the earlier counts.
    """
    known = sessions.dropna(subset=["patient_id", "session", "therapist_id"])
    by_patient = known.sort_values(["patient_id", "session"]).groupby("patient_id")["therapist_id"]
    if choice == "most":
        return by_patient.agg(lambda names: names.value_counts(sort=False).idxmax())
    return by_patient.last() if choice == "last" else by_patient.first()
