"""Synthetic alliance ratings in which the detector sees the planted patterns."""

from collections.abc import Callable

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from rupture_repair.config.instruments import Instrument
from rupture_repair.config.synthetic import Synthetic

Classifier = Callable[[pd.DataFrame], pd.Series]
# draws of all courses, and after how many a patient without the planted pattern exchanges it
MAX_ROUNDS, PATIENCE = 3000, 200
# sessions needed for a drop and a full return, with one session before and one after
MIN_SESSIONS_TO_REPAIR = 4


def ratings_as_planted(
    rng: np.random.Generator,
    spec: Synthetic,
    instrument: Instrument,
    person: pd.DataFrame,
    pattern: NDArray[np.str_],
    sessions: pd.DataFrame,
    classify: Classifier,
) -> tuple[NDArray[np.float64], NDArray[np.str_]]:
    """Draw every course; draw again those that the classifier does not see as planted.

    All patients are classified in each round, because a cohort-wide scale (the pooled SD) moves
    with every new draw. Returns the ratings and the patterns, of which few or none have changed
    places.
    """
    starts = np.flatnonzero(np.r_[True, np.diff(sessions["patient"]) != 0])
    stops = np.r_[starts[1:], len(sessions)]
    ratings = np.empty(len(sessions))
    observed = ~sessions["missing"].to_numpy()
    todo = np.arange(len(person))
    for round_ in range(1, MAX_ROUNDS + 1):
        for i in todo:
            rows = slice(starts[i], stops[i])
            course = _alliance_course(rng, spec, person.iloc[i], pattern[i], observed[rows])
            ratings[rows] = on_grid(course, instrument)
        found = classify(
            pd.DataFrame(
                {
                    "patient_id": sessions["patient"],
                    "session": sessions["session"],
                    "alliance": np.where(observed, ratings, np.nan),
                }
            )
        )
        todo = np.flatnonzero(found.reindex(range(len(person))).to_numpy() != pattern)
        if len(todo) == 0:
            return ratings, pattern
        if round_ % PATIENCE == 0:
            pattern = _exchanged(rng, pattern, todo, person["length"].to_numpy())
            todo = np.flatnonzero(found.reindex(range(len(person))).to_numpy() != pattern)
    raise ValueError(
        f"{len(todo)} of {len(person)} synthetic patients did not show their planted pattern after "
        f"{MAX_ROUNDS} draws; make `alliance.drop_mean` larger or the noise smaller"
    )


def _exchanged(
    rng: np.random.Generator,
    pattern: NDArray[np.str_],
    stuck: NDArray[np.int64],
    length: NDArray[np.int64],
) -> NDArray[np.str_]:
    """Exchange patterns between patients where a course never shows its own; counts stay.

    A patient at the end of the scale, for instance, has no room for a drop or a return.
    """
    pattern = pattern.copy()
    for i in stuck:
        able = pattern != pattern[i]
        if pattern[i] == "repaired":
            able &= length >= MIN_SESSIONS_TO_REPAIR
        if length[i] < MIN_SESSIONS_TO_REPAIR:
            able &= pattern != "repaired"
        others = np.setdiff1d(np.flatnonzero(able), stuck)
        if len(others):
            j = rng.choice(others)
            pattern[i], pattern[j] = pattern[j], pattern[i]
    return pattern


def _alliance_course(
    rng: np.random.Generator,
    spec: Synthetic,
    person: pd.Series,
    pattern: str,
    observed: NDArray[np.bool_],
) -> NDArray[np.float64]:
    """One patient's course: level, slow rise, AR(1) noise and the planted falls."""
    process = spec.alliance
    n = len(observed)
    within = process.sd * np.sqrt(1 - process.patient_share)
    between = process.sd * np.sqrt(process.patient_share - process.therapist_share)
    level = process.mean + between * person["alliance_z"]
    level += process.sd * np.sqrt(process.therapist_share) * person["therapist_alliance"]
    noise = np.empty(n)
    shocks = rng.standard_normal(n) * within
    noise[0] = shocks[0]
    shrink = np.sqrt(1 - process.autocorrelation**2)
    for t in range(1, n):
        noise[t] = process.autocorrelation * noise[t - 1] + shrink * shocks[t]
    course = level + process.rise * np.log(np.arange(1, n + 1)) + noise
    if pattern == "none":
        return course
    drop = within * max(rng.normal(process.drop_mean, process.drop_sd), 0.0)
    last = n if pattern == "unrepaired" else n - 1
    candidates = np.flatnonzero(observed[1:last] & observed[: last - 1]) + 1
    if len(candidates) == 0:
        return course
    at = int(rng.choice(candidates))
    if pattern == "repaired":
        course[at : at + int(rng.integers(1, process.repair_within + 1))] -= drop
    else:
        regained = process.recovery * (1 - np.exp(-np.arange(n - at) / process.recovery_sessions))
        course[at:] -= drop * (1 - regained)
    return course


def on_grid(values: NDArray[np.float64], instrument: Instrument) -> NDArray[np.float64]:
    """Round to the instrument's possible scores, inside its range."""
    clipped = np.clip(values, instrument.minimum, instrument.maximum)
    if instrument.step:
        steps = np.rint((clipped - instrument.minimum) / instrument.step)
        clipped = instrument.minimum + steps * instrument.step
    return np.round(clipped, 2)
