"""Make the table that lme4 reads; run from the repository root.

    PYTHONPATH=workflow python tests/reference/within_person/make_sessions.py

90 patients of 12 therapists with larger variances than the shipped cohort's, so that no component
lies on its boundary. The landmark is session 5; states and lags are those of the workflow's own
functions, whose construction other tests hold. Numbers are rounded before they are written.
"""

from pathlib import Path

import numpy as np
import pandas as pd
from rupture_repair.config.criteria import PATTERNS, Criterion
from rupture_repair.detection.detector import detect
from rupture_repair.modelling.design import analysis_table
from rupture_repair.modelling.variants import landmark
from rupture_repair.modelling.within_person import lagged_table, state_table

HERE = Path(__file__).parent
LANDMARK = 5
COLUMNS = ["therapist_id", "patient_id", "session", "time", "time_after", "iip_z", "pattern"]
COLUMNS += ["state", "alliance", "symptoms", "alliance_before", "symptoms_before"]
COLUMNS += ["after_landmark", "has_before"]


def made_sessions(rng: np.random.Generator) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return patients and sessions with correlated courses of alliance and symptoms."""
    patients = pd.DataFrame(
        {
            "patient_id": [f"P{n:03d}" for n in range(90)],
            "therapist_id": [f"T{n % 12:02d}" for n in range(90)],
            "iip": rng.normal(1.5, 0.6, 90).round(2),
        }
    )
    by_therapist = dict(zip(sorted(set(patients["therapist_id"])), rng.normal(0, [[0.4], [3]],
                            (2, 12)).T, strict=True))  # fmt: skip
    rows = []
    for person in patients.itertuples():
        level = np.array([3.2, 18.0]) + by_therapist[person.therapist_id]
        level = level + rng.normal(0, [0.5, 4.0])
        slope = np.array([0.2, -2.0]) + rng.normal(0, [0.35, 2.0])
        for session in range(1, int(rng.integers(9, 16))):
            alliance, symptoms = level + slope * np.log(session) + rng.normal(0, [0.7, 3.0])
            rows.append((person.patient_id, session, round(alliance, 1), round(symptoms, 1)))
    names = ["patient_id", "session", "alliance", "symptoms"]
    return patients, pd.DataFrame(rows, columns=names)


def made_table() -> pd.DataFrame:
    """Return a row per session with all that the four models need."""
    patients, sessions = made_sessions(np.random.default_rng(5))
    criterion = Criterion(k=1.5)
    found = detect(sessions, criterion)
    table = state_table(analysis_table(patients, sessions, found.patterns), found.events)
    later = landmark(table, sessions, criterion, LANDMARK, "log").table
    keys = ["patient_id", "session"]
    after = later[[*keys, "pattern", "time"]].rename(columns={"time": "time_after"})
    before = [*keys, "alliance_before", "symptoms_before"]
    whole = (
        table.drop(columns="pattern")
        .merge(after, on=keys, how="left")
        .merge(lagged_table(table, sessions, "log")[before], on=keys, how="left")
        .merge(sessions[[*keys, "alliance"]], on=keys)
    )
    whole["after_landmark"] = whole["pattern"].notna()
    whole["has_before"] = whole["alliance_before"].notna()
    assert set(whole["pattern"].dropna()) == set(whole["state"]) == set(PATTERNS)
    return whole[COLUMNS].round(6)


if __name__ == "__main__":
    made_table().to_csv(
        HERE / "sessions.csv.gz",
        index=False,
        lineterminator="\n",
        compression={"method": "gzip", "mtime": 0},
    )
