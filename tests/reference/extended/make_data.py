"""Sessions of 120 patients of 20 therapists: slopes that vary by pattern, residuals that carry on.

Writes data.csv.gz beside this file; numbers are rounded, so that every reader has the same.
"""

from pathlib import Path

import numpy as np
import pandas as pd

PATIENTS, THERAPISTS, PHI, SEED = 120, 20, 0.45, 20250920
SLOPE_SD = {"none": 1.0, "unrepaired": 1.6, "repaired": 2.6}


def made() -> pd.DataFrame:
    """Return the table, a row per session."""
    rng = np.random.default_rng(SEED)
    names = list(SLOPE_SD)
    centre = rng.normal(size=THERAPISTS)
    parts = []
    for n in range(PATIENTS):
        pattern, z = names[n % 3], round(float(rng.normal()), 3)
        attended = rng.random(rng.integers(5, 22)) < 0.9
        session = np.flatnonzero(attended | (np.arange(len(attended)) == 0)) + 1
        time = np.round(np.log(session), 4)
        level, slope = 2.0 * rng.normal(), SLOPE_SD[pattern] * rng.normal()
        residual = np.empty(len(session))
        for i in range(len(session)):
            carried = PHI ** (session[i] - session[i - 1]) if i else 0.0
            before = residual[i - 1] if i else 0.0
            residual[i] = carried * before + np.sqrt(1 - carried**2) * 2.0 * rng.normal()
        mean = 18 + z + (-1.5 - 0.8 * z * (pattern == "repaired")) * time
        y = mean + centre[n % THERAPISTS] + level + slope * time + residual
        parts.append(
            pd.DataFrame(
                {
                    "therapist_id": f"T{n % THERAPISTS:02d}",
                    "patient_id": f"P{n:03d}",
                    "session": session,
                    "time": time,
                    "pattern": pattern,
                    "z": z,
                    "y": np.round(y, 3),
                }
            )
        )
    return pd.concat(parts, ignore_index=True)


if __name__ == "__main__":
    made().to_csv(Path(__file__).with_name("data.csv.gz"), index=False)
