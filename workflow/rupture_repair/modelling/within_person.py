"""Lagged predictors within patients: the rupture state and the ratings of the session before.

The state of a session rests on ratings up to it. A deviation before it is one of the session before
from the mean of all the patient's ratings, the later ones among them.
"""

import pandas as pd

from rupture_repair.config.analysis import Time
from rupture_repair.config.criteria import OWN_SCALES, PATTERNS, Criterion
from rupture_repair.modelling.design import time_at

STATE = "symptoms ~ time * iip_z + state * iip_z"
# predictor → fixed part of the outcome at the next session
LAGGED = {
    "alliance": "symptoms ~ time * iip_z + alliance_before * iip_z + symptoms_before",
    "symptoms": "alliance ~ time * iip_z + symptoms_before * iip_z + alliance_before",
}
RATINGS = ("alliance", "symptoms")


def looks_ahead(criterion: Criterion) -> bool:
    """Whether ruptures by this criterion depend on later ratings of the patient."""
    return (
        criterion.rule == "tang_derubeis"
        or criterion.reference == "own_mean"
        or criterion.scale in OWN_SCALES
    )


def state_table(table: pd.DataFrame, events: pd.DataFrame) -> pd.DataFrame:
    """Return the analysis table with `state`: the pattern as it stood after each session.

    events : ruptures by `patient_id`, `session` and `repaired_at` (missing without repair).

    `none` before the first rupture; `unrepaired` from the session of a rupture on, as long as any
    has not been repaired; `repaired` from the session that repaired the last open one.
    """
    seen = table[["patient_id", "session"]].reset_index()
    pairs = seen.merge(events, on="patient_id", suffixes=("", "_of_rupture"))
    pairs = pairs[pairs["session"] >= pairs["session_of_rupture"]]
    repaired = (pairs["repaired_at"] <= pairs["session"]).fillna(False).astype(bool)
    all_repaired = repaired.groupby(pairs["index"]).all()
    state = pd.Series("none", index=table.index)
    state.loc[all_repaired.index] = "unrepaired"
    state.loc[all_repaired.index[all_repaired]] = "repaired"
    return table.assign(state=pd.Categorical(state, PATTERNS))


def state_before(stated: pd.DataFrame) -> pd.DataFrame:
    """Return the rows of a `state_table` with the state of the session before instead.

    What a poor session does to both of its ratings cannot be taken for an effect of the state. A
    session that was not rated before has no row.
    """
    before = stated[["patient_id", "session", "state"]]
    before = before.assign(session=before["session"] + 1)
    return stated.drop(columns="state").merge(before, on=["patient_id", "session"])


def lagged_table(table: pd.DataFrame, sessions: pd.DataFrame, time: Time) -> pd.DataFrame:
    """Return a row per two sessions in a row: the ratings of the second, what the first tells.

    table : the analysis table, for who is analysed and `iip_z`; sessions : all ratings; time :
        `log` or `linear`, as in the models.

    `alliance`, `symptoms`, `session`, `time` are of the later session; `alliance_before`,
    `symptoms_before` the ratings of the session before it less the mean of all the patient's
    ratings. Rows lack what was not rated; without the session before it a session has no row.
    """
    people = table.drop_duplicates("patient_id")[["patient_id", "therapist_id", "iip_z"]]
    rated = sessions[["patient_id", "session", *RATINGS]].merge(people, on="patient_id")
    means = rated.groupby("patient_id")[list(RATINGS)].transform("mean")
    before = rated[["patient_id"]].assign(session=rated["session"] + 1)
    for name in RATINGS:
        before[f"{name}_before"] = rated[name] - means[name]
    pairs = rated.merge(before, on=["patient_id", "session"])
    pairs["time"] = time_at(pairs["session"], time)
    return pairs.sort_values(["therapist_id", "patient_id", "session"], ignore_index=True)
