"""One parametric detector of alliance ruptures and their repair (docs/methods.md, Detection)."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd
from numpy.typing import NDArray

from rupture_repair.config.criteria import Criterion
from rupture_repair.config.instruments import Instrument
from rupture_repair.detection.columns import Columns
from rupture_repair.detection.grid import Grid
from rupture_repair.detection.patterns import pattern_columns, patterns_table
from rupture_repair.detection.ratings import tidy_ratings
from rupture_repair.detection.ruptures import Ruptures, ruptures_by_block
from rupture_repair.detection.scales import pooled_within_sd, scale_of
from rupture_repair.detection.series import Floats, Series, series_of


@dataclass(frozen=True)
class Detection:
    """Result of `detect`.

    events : a row per rupture, sorted by patient and session: `patient_id`, `session`,
        `reference`, `rating`, `drop` (points; see `Grid.unrounded`), `threshold`
        (points), `n_drops`, `last_session` (of the decline), `repair_level`, `repaired_at` (session
        or missing), `sessions_to_repair`, `repair_observable`.
    patterns : a row per patient, see `patterns_table`.
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
    share (patients of ratings, gaps, means, sums of squares, units of drops) is computed once.
    """
    tidy = tidy_ratings(sessions, "patient_id", "session", "alliance", instrument)
    series = series_of(tidy, Grid.of(instrument) if instrument else None)
    scales: dict[tuple[str, float | None], Floats] = {}
    if len(criteria) > 1:
        series.keep_blocks()
    for name, criterion in criteria.items():
        unit = criterion.scale, criterion.reliability
        if unit not in scales:
            scales[unit] = scale_of(series, criterion)
        yield name, _found(series, criterion, scales[unit])


def classifier(
    criterion: Criterion, instrument: Instrument | None = None
) -> Callable[[pd.DataFrame], pd.Series]:
    """Return a function from sessions to the pattern of each `patient_id`."""

    def classify(sessions: pd.DataFrame) -> pd.Series:
        found = detect(sessions, criterion, instrument=instrument)
        return found.patterns.set_index("patient_id")["pattern"]

    return classify


def _found(series: Series, criterion: Criterion, scale: Floats | None = None) -> Detection:
    if not isinstance(criterion, Criterion):
        raise TypeError(
            'the criterion must be a Criterion, such as Criterion(scale="own_sd", k=2), '
            f"not {type(criterion).__name__}"
        )
    patterns, events = Columns(len(series.patients)), None
    for patients, block, found in ruptures_by_block(series, criterion, scale):
        if events is None:  # as many in the other blocks as in the first
            share = (len(found.owner) + 1) / max(len(block.rating), 1)
            events = Columns(int(1.1 * share * len(series.rating)))
        events.add(_event_columns(block, found, patients.start))
        patterns.add(pattern_columns(block, found, criterion.aggregate))
    assert events is not None  # there is a block, if without ratings
    return Detection(
        _events_table(series.patients, events.taken()),
        patterns_table(series.patients, patterns.taken()),
        pooled_within_sd(series),
    )


def _event_columns(block: Series, found: Ruptures, patients: int) -> dict[str, NDArray[Any]]:
    """Return the columns of `events`, with patients by their place; `repaired` is none of them."""
    repaired = found.repaired >= 0
    last, rating = block.session.take(found.last), block.rating.take(found.last)
    # what stands for a place of −1 is multiplied by 0
    repaired_at = block.session.take(found.repaired) if len(last) else last
    return {
        "patient_id": found.owner + patients,
        "session": last if found.first is found.last else block.session.take(found.first),
        "reference": found.level,
        "rating": rating,
        "drop": found.level - rating,
        "threshold": found.threshold.take(found.owner),
        "n_drops": found.n_drops,
        "last_session": last,
        "repair_level": found.needed,
        "repaired_at": repaired_at * repaired,
        "sessions_to_repair": (repaired_at - last) * repaired,
        "repair_observable": found.observable,
        "repaired": repaired,
    }


def _events_table(patients: pd.Index, columns: dict[str, NDArray[Any]]) -> pd.DataFrame:
    unrepaired = ~columns.pop("repaired")
    places = columns["patient_id"]
    numbers = {
        name: pd.arrays.IntegerArray(columns[name], unrepaired.copy())
        for name in ("repaired_at", "sessions_to_repair")
    }
    return pd.DataFrame(columns | {"patient_id": patients[places]} | numbers, copy=False)
