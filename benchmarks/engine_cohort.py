"""A synthetic cohort of any size, shaped like the study's: sessions ready for model M3."""

import numpy as np
import pandas as pd

FORMULA = "symptoms ~ time * pattern * iip_z * length_c"
GROUPING = {"groups": ("therapist_id", "patient_id"), "time": "time"}
PATTERNS = ["none", "unrepaired", "repaired"]
PATIENTS, THERAPISTS = 514, 52


def cohort(n_patients: int = PATIENTS, n_therapists: int = THERAPISTS, seed: int = 1):
    """Return a row per session; about 9.8 sessions per patient, as published."""
    rng = np.random.default_rng(seed)
    lengths = np.round(2 + np.exp(rng.normal(1.667, 0.88, n_patients)))
    lengths = np.clip(lengths, 3, 91).astype(int)
    carer = rng.integers(0, n_therapists, n_patients)
    pattern = rng.choice(3, n_patients, p=[0.578, 0.329, 0.093])
    iip = rng.normal(size=n_patients)
    level = 6 * rng.normal(size=n_patients)
    slope = 1.4 * rng.normal(size=n_patients) - level / 12 - 1.5
    slope += 0.5 * (pattern == 1) - 0.6 * (pattern == 2) * iip
    level += 20 + 1.5 * rng.normal(size=n_therapists)[carer]
    who = np.repeat(np.arange(n_patients), lengths)
    session = np.arange(len(who)) - np.repeat(np.cumsum(lengths) - lengths, lengths) + 1
    time = np.log(session)
    symptoms = level[who] + slope[who] * time + 3.5 * rng.normal(size=len(who))
    length_c = np.log(lengths) - np.log(lengths).mean()
    return pd.DataFrame(
        {
            "patient_id": who,
            "therapist_id": carer[who],
            "time": time,
            "pattern": pd.Categorical.from_codes(pattern[who], PATTERNS),
            "iip_z": iip[who],
            "length_c": length_c[who],
            "symptoms": symptoms,
        }
    )
