import numpy as np
import pandas as pd
import pytest


def tiny_cohort(seed=1, n_patients=18, n_therapists=4) -> pd.DataFrame:
    """Sessions with everything awkward: one-session patients, repeated times, unequal caseloads."""
    rng = np.random.default_rng(seed)
    lengths = rng.integers(1, 8, n_patients)
    who = np.repeat(np.arange(n_patients), lengths)
    time = np.round(np.concatenate([np.log(np.arange(n) + 1) for n in lengths]), 4)
    time[who == who[-1]] = 0.7  # a patient whose times do not vary
    carer = np.sort(rng.integers(0, n_therapists, n_patients))
    carer[:n_therapists] = np.arange(n_therapists)
    pattern = rng.choice(["none", "unrepaired", "repaired"], n_patients)
    pattern[:3] = ["none", "unrepaired", "repaired"]
    z = np.round(rng.normal(size=n_patients), 3)
    level, slope, centre = (
        rng.normal(size=n_patients) * 3,
        rng.normal(size=n_patients),
        rng.normal(size=n_therapists),
    )
    y = 10 + level[who] + centre[carer[who]] + (slope[who] - 1) * time + rng.normal(size=len(who))
    table = pd.DataFrame(
        {
            "patient_id": [f"P{n:02d}" for n in who],
            "therapist_id": [f"T{n}" for n in carer[who]],
            "time": time,
            "pattern": pd.Categorical(pattern[who], ["none", "unrepaired", "repaired"]),
            "z": z[who],
            "mood": np.round(rng.normal(size=len(who)), 3),
            "y": y,
        }
    )
    return table.sample(frac=1, random_state=seed).reset_index(drop=True)


@pytest.fixture
def tiny() -> pd.DataFrame:
    return tiny_cohort()
