"""One parametric detector of alliance ruptures and their repair (docs/methods.md, Detection)."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from rupture_repair.config.criteria import Criterion
from rupture_repair.config.instruments import Instrument
from rupture_repair.detection.grid import Grid
from rupture_repair.detection.patterns import patterns_of
from rupture_repair.detection.ratings import tidy_ratings
from rupture_repair.detection.ruptures import Ruptures, find_ruptures
from rupture_repair.detection.scales import pooled_within_sd
from rupture_repair.detection.series import Series, series_of


@dataclass(frozen=True)
class Detection:
    """Result of `detect`.

    events : a row per rupture, sorted by patient and session: `patient_id`, `session`,
        `reference`, `rating`, `drop` (points; see `Grid.unrounded`), `threshold`
        (points), `n_drops`, `last_session` (of the decline), `repair_level`, `repaired_at` (session
        or missing), `sessions_to_repair`, `repair_observable`.
    patterns : a row per patient, see `patterns_of`.
    pooled_within_sd : of this cohort, points.
    """

    events: pd.DataFrame
    patterns: pd.DataFrame
    pooled_within_sd: float


def detect(
    sessions: pd.DataFrame,
    criterion: Criterion | None = None,
    *,
    patient: str = "patient_id",
    session: str = "session",
    alliance: str = "alliance",
    instrument: Instrument | None = None,
) -> Detection:
    """Find ruptures, repairs and each patient's pattern.

    sessions : long table with a row per session, in any order.
    criterion : parameters of the rule; default `Criterion()`, the rule of `igra2025_style`.
    patient, session, alliance : names of its columns: patient, session (whole number), rating
        (points, may be missing).
    instrument : the questionnaire: ratings out of its range are refused, and rounded ones are
        compared as the scores that they stand for, so that drops of eight item steps are alike
        whether the file gives 1.34 or 1.33. Without it ratings are compared as they stand.

    Raises `TypeError` or `ValueError`, in words, when the table is no such table, a session
    number occurs twice in a patient, or a rating is no possible score.

    Two patients, four and five sessions; a drop of 2 points is asked for:

    >>> import pandas as pd
    >>> from rupture_repair.detection import Criterion, detect
    >>> ratings = pd.DataFrame(
    ...     {
    ...         "client": ["Ada"] * 4 + ["Ben"] * 5,
    ...         "visit": [1, 2, 3, 4, 1, 2, 3, 4, 5],
    ...         "wai": [4.0, 4.0, 2.0, 4.0, 5.0, 4.5, None, 4.5, 2.0],
    ...     }
    ... )
    >>> two_points = Criterion(scale="absolute", k=2)
    >>> found = detect(ratings, two_points, patient="client", session="visit", alliance="wai")
    >>> print(found.patterns[["patient_id", "pattern", "n_rated", "n_ruptures"]])
      patient_id     pattern  n_rated  n_ruptures
    0        Ada    repaired        4           1
    1        Ben  unrepaired        4           1
    >>> print(found.events[["patient_id", "session", "drop", "repaired_at", "repair_observable"]])
      patient_id  session  drop  repaired_at  repair_observable
    0        Ada        3   2.0            4               True
    1        Ben        5   2.5         <NA>              False

    Ben's rupture falls in his last session, where no repair can be seen.
    """
    tidy = tidy_ratings(sessions, patient, session, alliance, instrument)
    series = series_of(tidy, Grid.of(instrument) if instrument else None)
    return _found(series, Criterion() if criterion is None else criterion)


def detect_each(
    sessions: pd.DataFrame, criteria: Mapping[str, Criterion], instrument: Instrument | None = None
) -> Iterator[tuple[str, Detection]]:
    """Yield name and `Detection` for each of several criteria.

    sessions, instrument : as in `detect`. The table is checked and sorted once, and what criteria
    share (means, sums of squares) is computed once.
    """
    tidy = tidy_ratings(sessions, "patient_id", "session", "alliance", instrument)
    series = series_of(tidy, Grid.of(instrument) if instrument else None)
    for name, criterion in criteria.items():
        yield name, _found(series, criterion)


def classifier(
    criterion: Criterion, instrument: Instrument | None = None
) -> Callable[[pd.DataFrame], pd.Series]:
    """Return a function from sessions to the pattern of each `patient_id`."""

    def classify(sessions: pd.DataFrame) -> pd.Series:
        found = detect(sessions, criterion, instrument=instrument)
        return found.patterns.set_index("patient_id")["pattern"]

    return classify


def _found(series: Series, criterion: Criterion) -> Detection:
    if not isinstance(criterion, Criterion):
        raise TypeError(
            'the criterion must be a Criterion, such as Criterion(scale="own_sd", k=2), '
            f"not {type(criterion).__name__}"
        )
    found = find_ruptures(series, criterion)
    patterns = patterns_of(series, found, criterion.aggregate)
    return Detection(_events(series, found), patterns, pooled_within_sd(series))


def _events(series: Series, found: Ruptures) -> pd.DataFrame:
    owner = found.owner
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
        },
        copy=False,
    )
