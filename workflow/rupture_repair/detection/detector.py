"""One parametric detector of alliance ruptures and their repair (METHODS §2)."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from rupture_repair.config.criteria import Criterion
from rupture_repair.detection.patterns import patterns_of
from rupture_repair.detection.scales import pooled_within_sd, scale_of
from rupture_repair.detection.series import Floats, Ints, Series, series_of

# points: a drop that equals the threshold is a rupture, and a threshold of zero is none, whatever
# the last binary digit says
EPSILON = 1e-9


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
    reference, testable = _references(series, criterion)
    scale = scale_of(series, criterion)
    threshold = criterion.k * scale
    testable &= ~np.isnan(scale)[series.patient]
    at = _ruptures(series, reference, testable, threshold)
    events = _events(series, criterion, reference, threshold, at)
    patterns = patterns_of(series, events, testable, criterion.aggregate)
    # without rows a column of names would lose its type
    names = {"patient_id": sessions["patient_id"].dtype}
    return Detection(events.astype(names), patterns.astype(names), pooled_within_sd(series))


def classifier(criterion: Criterion) -> Callable[[pd.DataFrame], pd.Series]:
    """Return a function from sessions to the pattern of each `patient_id`."""

    def classify(sessions: pd.DataFrame) -> pd.Series:
        return detect(sessions, criterion).patterns.set_index("patient_id")["pattern"]

    return classify


def _references(series: Series, criterion: Criterion) -> tuple[Floats, np.ndarray]:
    """Return what each rating is compared with, and whether it may be compared at all."""
    n = len(series.rating)
    if criterion.reference == "own_mean":
        return series.own_mean[series.patient], series.counts[series.patient] > 1
    if criterion.reference == "running_mean":
        before = np.r_[0.0, np.cumsum(series.rating)[:-1]] if n else np.empty(0)
        if n:  # sums restart with each patient
            before = before - before[series.starts[series.patient]]
        with np.errstate(invalid="ignore"):
            return before / series.position, series.position >= 2
    reference = series.rating - series.step
    testable = series.position > 0
    if criterion.max_gap is not None and n:
        gap = np.diff(series.session, prepend=series.session[0])
        testable = testable & (gap <= criterion.max_gap)
    return reference, testable


def _ruptures(series: Series, reference: Floats, testable: np.ndarray, threshold: Floats) -> Ints:
    limit = threshold[series.patient]
    with np.errstate(invalid="ignore"):
        # the SD of equal ratings is zero up to rounding, and then nothing fell
        fell = (reference - series.rating >= limit - EPSILON) & (limit > EPSILON)
    return np.flatnonzero(fell & testable)


def _events(
    series: Series, criterion: Criterion, reference: Floats, threshold: Floats, at: Ints
) -> pd.DataFrame:
    last, n_drops = at, np.ones(len(at), dtype=np.int64)
    first = at
    if criterion.merge_consecutive and len(at):
        follows = (np.diff(at) == 1) & (np.diff(series.patient[at]) == 0)
        opens = np.flatnonzero(np.r_[True, ~follows])
        closes = np.r_[opens[1:] - 1, len(at) - 1]
        first, last, n_drops = at[opens], at[closes], closes - opens + 1
    level = reference[first]
    drop = level - series.rating[last]
    needed = level - criterion.repair_tolerance * drop
    repaired = _first_return(series, last, needed, criterion.repair_window)
    ends = series.starts[series.patient[last]] + series.counts[series.patient[last]] - 1
    numbers = pd.array(np.where(repaired >= 0, series.session[repaired], 0), dtype="Int64")
    numbers[repaired < 0] = pd.NA
    return pd.DataFrame(
        {
            "patient_id": series.patients[series.patient[first]],
            "session": series.session[first],
            "reference": level,
            "rating": series.rating[last],
            "drop": drop,
            "threshold": threshold[series.patient[first]],
            "n_drops": n_drops,
            "last_session": series.session[last],
            "repair_level": needed,
            "repaired_at": numbers,
            "sessions_to_repair": numbers - series.session[last],
            "repair_observable": last < ends,
        }
    )


def _first_return(series: Series, at: Ints, needed: Floats, window: int | None) -> Ints:
    """Position of the first later rating at or above `needed`; −1 when there is none.

    Steps through the ratings after all ruptures at once; a rupture leaves as soon as it is
    settled, so the cost is the number of ratings up to each repair.
    """
    found = np.full(len(at), -1, dtype=np.int64)
    pending = np.arange(len(at))
    offset = 0
    while len(pending):
        offset += 1
        here = at[pending] + offset
        inside = here < len(series.rating)
        pending, here = pending[inside], here[inside]
        inside = series.patient[here] == series.patient[at[pending]]
        if window is not None:
            inside &= series.session[here] <= series.session[at[pending]] + window
        pending, here = pending[inside], here[inside]
        back = series.rating[here] >= needed[pending] - EPSILON
        found[pending[back]] = here[back]
        pending = pending[~back]
    return found
