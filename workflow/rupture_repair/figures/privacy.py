"""What figures of confidential cohorts leave out: points that rest on very few patients."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

FEWEST_SHOWN = 5


def is_private(settings: Mapping[str, Any]) -> bool:
    """Whether the patients are real and confidential."""
    return bool(settings["confidential"]) and not settings["synthetic"]


def small(n: pd.Series) -> pd.Series:
    """Return which counts are too small to be shown; nobody may be shown."""
    return (n > 0) & (n < FEWEST_SHOWN)


def shown_lengths(chance: pd.DataFrame, private: bool) -> list[str]:
    """Return the bands of treatment length to be drawn, the whole cohort among them.

    One band alone could be worked out from the whole: the smallest of the others goes with it.
    """
    rows = chance[chance["kind"] == chance["kind"].iloc[0]]
    n = rows.groupby("length", sort=False)["n_patients"].first()
    counts = (rows["observed_percent"] * rows["n_patients"] / 100).round()
    few = small(counts).groupby(rows["length"], sort=False).any() | small(n)
    hidden = set(few.index[few & private]) - {"all"}
    others = n.drop(["all", *hidden])
    if len(hidden) == 1 and len(others):
        hidden.add(others.idxmin())
    return [name for name in n.index if name not in hidden]


def shown_steps(events: pd.Series, private: bool) -> NDArray[np.bool_]:
    """Return at which points a cumulative curve is drawn: only after enough new events."""
    shown = np.ones(len(events), dtype=bool)
    since = 0
    for place, n in enumerate(events):
        since += n
        shown[place] = not private or since == 0 or since >= FEWEST_SHOWN
        since = 0 if shown[place] else since
    return shown
