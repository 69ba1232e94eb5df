"""One parametric detector of alliance ruptures and their repair (METHODS §2)."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from rupture_repair.config.criteria import Criterion
from rupture_repair.detection.patterns import patterns_of
from rupture_repair.detection.ruptures import Ruptures, find_ruptures
from rupture_repair.detection.scales import pooled_within_sd
from rupture_repair.detection.series import Series, series_of


@dataclass(frozen=True)
class Detection:
    """Result of `detect`.

    events : a row per rupture, sorted by patient and session: `patient_id`, `session`,
        `reference`, `rating`, `drop`, `threshold` (points), `n_drops`, `last_session` (of the
        decline), `repair_level`, `repaired_at` (session or missing), `sessions_to_repair`,
        `repair_observable`.
    patterns : a row per patient, see `patterns_of`.
    pooled_within_sd : of this cohort, points.
    """

    events: pd.DataFrame
    patterns: pd.DataFrame
    pooled_within_sd: float


def detect(sessions: pd.DataFrame, criterion: Criterion | None = None) -> Detection:
    """Find ruptures, repairs and each patient's pattern.

    sessions : long table with `patient_id`, `session` (whole number) and `alliance` (points,
        may be missing), in any order.
    criterion : parameters of the rule; default `Criterion()`, the rule of `igra2025_style`.

    Raises `ValueError` when a column is absent or a session number occurs twice in a patient.

    >>> import pandas as pd
    >>> ratings = pd.DataFrame(
    ...     {"patient_id": "A", "session": [1, 2, 3, 4], "alliance": [4.0, 4.0, 2.0, 4.0]}
    ... )
    >>> found = detect(ratings, Criterion(scale="own_sd"))
    >>> found.patterns["pattern"].tolist()
    ['repaired']
    >>> found.events[["session", "drop", "repaired_at"]].values.tolist()
    [[3, 2.0, 4]]
    """
    criterion = criterion or Criterion()
    series = series_of(sessions)
    found = find_ruptures(series, criterion)
    events = _events(series, found)
    patterns = patterns_of(series, found, criterion.aggregate)
    # without rows a column of names would lose its type
    names = {"patient_id": sessions["patient_id"].dtype}
    return Detection(events.astype(names), patterns.astype(names), pooled_within_sd(series))


def classifier(criterion: Criterion) -> Callable[[pd.DataFrame], pd.Series]:
    """Return a function from sessions to the pattern of each `patient_id`."""

    def classify(sessions: pd.DataFrame) -> pd.Series:
        return detect(sessions, criterion).patterns.set_index("patient_id")["pattern"]

    return classify


def _events(series: Series, found: Ruptures) -> pd.DataFrame:
    owner = series.patient[found.first]
    mended = found.repaired >= 0
    repaired_at = np.where(mended, series.session[found.repaired], 0) if len(owner) else owner
    numbers = pd.arrays.IntegerArray(repaired_at, ~mended)
    rating = series.rating[found.last]
    return pd.DataFrame(
        {
            "patient_id": series.patients[owner],
            "session": series.session[found.first],
            "reference": found.level,
            "rating": rating,
            "drop": found.level - rating,
            "threshold": found.threshold[owner],
            "n_drops": found.n_drops,
            "last_session": series.session[found.last],
            "repair_level": found.needed,
            "repaired_at": numbers,
            "sessions_to_repair": numbers - series.session[found.last],
            "repair_observable": found.observable,
        }
    )
