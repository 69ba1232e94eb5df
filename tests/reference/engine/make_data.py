"""Draw the data sets that lme4, lmerTest and emmeans are run on: `python make_data.py`.

Synthetic, seeded, written as csv.gz without time stamp. Outcomes are rounded to 3 decimals, so
that both sides read the same digits.
"""

import gzip
from pathlib import Path

import numpy as np
import pandas as pd

HERE = Path(__file__).parent
PATTERNS = ["none", "unrepaired", "repaired"]


def draw(
    seed: int,
    n_patients: int,
    n_therapists: int,
    *,
    lengths: np.ndarray | None = None,
    patient: tuple[float, float, float] = (6.0, -0.25, 1.2),
    therapist: float = 1.5,
    residual: float = 3.5,
    missing: float = 0.0,
) -> pd.DataFrame:
    """Return sessions; `patient` is SD of intercepts, correlation and SD of slopes."""
    rng = np.random.default_rng(seed)
    if lengths is None:
        draws = np.round(2 + np.exp(rng.normal(1.667, 0.88, n_patients)))
        lengths = np.clip(draws, 3, 91).astype(int)
    balanced = np.ptp(lengths) == 0
    carers = np.arange(n_patients) % n_therapists
    if not balanced:
        share = rng.dirichlet(np.full(n_therapists, 2.0))
        carers[n_therapists:] = rng.choice(n_therapists, n_patients - n_therapists, p=share)
    pattern = rng.choice(3, n_patients, p=[0.5, 0.3, 0.2])
    iip = np.round(rng.normal(size=n_patients), 3)
    length_c = np.round(np.log(lengths) - np.log(lengths).mean(), 4)
    sd, correlation, slope_sd = patient
    normal = rng.normal(size=(n_patients, 2))
    level = sd * normal[:, 0]
    slope = slope_sd * (correlation * normal[:, 0] + np.sqrt(1 - correlation**2) * normal[:, 1])
    who = np.repeat(np.arange(n_patients), lengths)
    session = np.concatenate([np.arange(1, n + 1) for n in lengths])
    time = np.round(np.log(session), 6)
    mean = -1.5 + 0.4 * (pattern == 1) - 0.5 * (pattern == 2) * iip
    effect = therapist * rng.normal(size=n_therapists)
    symptoms = 20 + 2 * iip[who] + level[who] + effect[carers[who]] + (mean + slope)[who] * time
    symptoms = np.round(symptoms + residual * rng.normal(size=len(who)), 3)
    table = pd.DataFrame(
        {
            "therapist_id": carers[who],
            "patient_id": who,
            "time": time,
            "pattern": np.array(PATTERNS)[pattern[who]],
            "iip_z": iip[who],
            "length_c": length_c[who],
            "symptoms": symptoms,
        }
    )
    keep = (rng.random(len(table)) >= missing) | (session == 1)
    return table[keep]


DATA = {
    "balanced": lambda: draw(11, 48, 6, lengths=np.full(48, 6)),
    "unbalanced": lambda: draw(12, 130, 15, missing=0.25),
    "no_therapist_variance": lambda: draw(23, 100, 12, therapist=0.0),
    "perfect_correlation": lambda: draw(14, 90, 10, patient=(5.0, 1.0, 0.6)),
    "study_size": lambda: draw(15, 514, 52, missing=0.12),
}

if __name__ == "__main__":
    for name, make in DATA.items():
        text = make().to_csv(index=False)
        (HERE / f"{name}.csv.gz").write_bytes(gzip.compress(text.encode(), mtime=0))
