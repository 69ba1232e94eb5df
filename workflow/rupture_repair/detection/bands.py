"""Bands of treatment length."""

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from rupture_repair.detection.series import Ints

WHOLE = "all"
# sessions per treatment; the first entry is the whole cohort
BANDS: tuple[tuple[str, float, float], ...] = (
    (WHOLE, 0, np.inf),
    ("1–2", 1, 2),
    ("3–4", 3, 4),
    ("5–9", 5, 9),
    ("10–20", 10, 20),
    ("21+", 21, np.inf),
)


def length_bands(lengths: Ints) -> dict[str, NDArray[np.bool_]]:
    """Return membership in the whole cohort and in each band that is not empty.

    lengths : sessions of each treatment, shape (n_patients,), as are the values returned.
    """
    inside = {name: (lengths >= low) & (lengths <= high) for name, low, high in BANDS}
    return {name: found for name, found in inside.items() if name == WHOLE or found.any()}


def sessions_held(sessions: pd.DataFrame, patients: pd.Index) -> Ints:
    """Return the number of sessions of each of `patients`, rated or not."""
    return sessions.groupby("patient_id")["session"].size().reindex(patients).to_numpy(np.int64)
