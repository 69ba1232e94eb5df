"""Which sessions belong to one treatment: intake, planned sessions, further treatments."""

from collections.abc import Iterable

import numpy as np
import pandas as pd

# unrated rows at the end that count as planned sessions: of one patient, of most patients
PLANNED, PLANNED_OF_MOST = 5, 2
MOSTLY_DATED = 0.9
# fewer sessions after a restart of the numbers are a wrong number, not a treatment
MIN_SESSIONS_AFTER_RESTART = 2


def is_labelled(session: pd.Series, labels: Iterable[str]) -> pd.Series:
    """Return which cells of `session` (text) hold one of the labels; `0`, `0.0` and `00` agree."""
    labels = list(labels)
    numbers = pd.to_numeric(pd.Series(labels, dtype="str"), errors="coerce").dropna()
    words = {label.strip().casefold() for label in labels}
    text = session.astype("str").str.strip().str.casefold()
    as_number = pd.to_numeric(session, errors="coerce")
    return (text.isin(words) | as_number.isin(set(numbers))) & session.notna()


def treatment_numbers(sessions: pd.DataFrame, pause_days: int) -> pd.DataFrame:
    """Return for each row its `treatment` (1, 2, …) and, where one begins, `days` and `restarts`.

    sessions : `patient_id`, `session` (number), `alliance`, `symptoms`, `line`, optional `date`.

    A further treatment begins after a pause of more than `pause_days` for each session number
    between two known dates, unless a later date lies before it (a slip); `days` is that pause.
    Rows without a date go with what comes before. It also begins where the patient's numbers
    start again (`restarts`), in the order of dates if all are known, else of lines. One number
    given twice, or rows that repeat earlier ratings, is no restart. Rows without patient or
    number are of treatment 1, and so is what holds no rating at all.
    """
    result = pd.DataFrame(
        {"treatment": 1, "days": np.nan, "restarts": False}, index=sessions.index
    )  # fmt: skip
    ordered = _in_order(sessions)
    if ordered.empty:
        return result
    patient = ordered["patient_id"]
    pause = _pauses(ordered, pause_days)
    falls = _restarts(ordered, pause.notna())
    begins = pause.notna() | falls
    treatment = begins.groupby(patient).cumsum()
    rated = ordered[["alliance", "symptoms"]].notna().any(axis=1)
    begins &= rated.groupby([patient, treatment]).transform("any")
    begins &= rated.groupby(patient).cumsum() > rated
    treatment = 1 + begins.groupby(patient).cumsum()
    result.loc[ordered.index, "treatment"] = treatment
    result.loc[ordered.index, "days"] = pause.where(begins)
    result.loc[ordered.index, "restarts"] = falls & begins
    return result


def _in_order(sessions: pd.DataFrame) -> pd.DataFrame:
    """Return rows with patient and number, with `repeats`: the patient has a number twice."""
    known = sessions.dropna(subset=["patient_id", "session"])
    if "date" not in known:
        known = known.assign(date=pd.NaT)
    twice = known.duplicated(["patient_id", "session"], keep=False)
    known = known.assign(repeats=twice.groupby(known["patient_id"]).transform("any"))
    days = (known["date"] - pd.Timestamp(0).as_unit("s")) / pd.Timedelta(days=1)
    dated = days.notna().groupby(known["patient_id"]).transform("all")
    order = known["session"].mask(known["repeats"], days.where(dated, known["line"]))
    known = known.assign(days=days.astype(float), order=order.astype(float))
    return known.sort_values(["patient_id", "order", "session", "line"])


def _pauses(ordered: pd.DataFrame, pause_days: int) -> pd.Series:
    """Return the days of each long pause, at the row that ends it; missing elsewhere."""
    dated = ordered.dropna(subset=["days"])
    patient, days = dated["patient_id"], dated["days"]
    before = days.groupby(patient).cummax().groupby(patient).shift()
    later = days[::-1].groupby(patient[::-1]).cummin()[::-1]
    steps = dated["session"].groupby(patient).diff().clip(lower=1)
    pause = days - before
    long = (pause > pause_days * steps) & (days <= later)
    return pause.where(long).reindex(ordered.index)


def _restarts(ordered: pd.DataFrame, pauses: pd.Series) -> pd.Series:
    """Return where the numbers of a patient start again."""
    patient, number = ordered["patient_id"], ordered["session"]
    step = number.groupby(patient).diff()
    falls = (step <= 0) & ordered["repeats"]
    if not falls.any():
        return falls
    lowest = number.groupby(patient).transform("min")
    # the first session may have no row
    to_the_start = (number == lowest) | (number == lowest + 1) & (step < -1)
    runs = [patient, (falls | pauses).groupby(patient).cumsum().rename("run")]
    size = falls.groupby(runs).size()
    ratings = ["alliance", "symptoms"]
    rated = ordered[ratings].notna().any(axis=1)
    again = ordered.duplicated(["patient_id", "session"]) & rated
    same = ordered.duplicated(["patient_id", "session", *ratings]) & rated
    repeated = same.groupby(runs).sum() > again.groupby(runs).sum() / 2
    before = size.groupby(level=0).shift(fill_value=MIN_SESSIONS_AFTER_RESTART)
    short = (size < MIN_SESSIONS_AFTER_RESTART) | (before < MIN_SESSIONS_AFTER_RESTART)
    wrong = short | repeated
    places = pd.MultiIndex.from_arrays(runs)
    in_doubt = pd.Series(wrong.reindex(places).to_numpy(), ordered.index) | ~to_the_start
    in_doubt &= falls & ~pauses
    return falls & ~in_doubt.groupby(patient).transform("any")


def numbered_within_treatments(sessions: pd.DataFrame, treatment: pd.Series) -> pd.Series:
    """Return the session numbers within each treatment.

    A later treatment whose numbers go on from the one before it counts from there.
    """
    number = sessions["session"].copy()
    for _, rows in _several(sessions, treatment):
        end = 0.0
        for _, own in sessions.loc[rows].groupby(treatment.loc[rows]):
            start, last = own["session"].min(), own["session"].max()
            if end and start > end:
                number.loc[own.index] = own["session"] - end
            end = last
    return number


def numbered_across_treatments(sessions: pd.DataFrame, treatment: pd.Series) -> pd.Series:
    """Return session numbers that run on through the treatments of a patient."""
    number = sessions["session"].copy()
    for _, rows in _several(sessions, treatment):
        end = 0.0
        for _, own in sessions.loc[rows].groupby(treatment.loc[rows]):
            shift = end if own["session"].min() <= end else 0.0
            number.loc[own.index] = own["session"] + shift
            end = number.loc[own.index].max()
    return number


def _several(sessions: pd.DataFrame, treatment: pd.Series) -> Iterable[tuple[str, pd.Index]]:
    """Return patient and rows of each patient with several treatments."""
    most = treatment.groupby(sessions["patient_id"]).transform("max")
    several = sessions[most > 1]
    return [(str(name), rows.index) for name, rows in several.groupby("patient_id")]


def renumbered(sessions: pd.DataFrame, numbers: str) -> pd.Series:
    """Return session numbers `as_given`, `from_first` (gaps stay) or `in_order` (without gaps)."""
    own = sessions.groupby("patient_id")["session"]
    if numbers == "from_first":
        return sessions["session"] - own.transform("min") + 1
    return own.rank(method="dense") if numbers == "in_order" else sessions["session"]


def after_last_rating(sessions: pd.DataFrame, rule: str) -> pd.Series:
    """Return which rows after each patient's last rating are no sessions.

    rule : `keep` (none), `leave_out` (all), or `auto`: rows without a date where rated ones have
    one; else `PLANNED` rows or more of one patient, or `PLANNED_OF_MOST` where more than half of
    the patients have as many.
    """
    rated = sessions[["alliance", "symptoms"]].notna().any(axis=1)
    patient = sessions["patient_id"]
    last = sessions["session"].where(rated).groupby(patient).transform("max")
    known = sessions[["patient_id", "session"]].notna().all(axis=1)
    trailing = ~rated & ~(sessions["session"] <= last) & known
    if rule == "keep":
        return trailing & False
    if rule == "leave_out":
        return trailing
    planned = trailing & False
    if "date" in sessions and sessions.loc[rated, "date"].notna().mean() >= MOSTLY_DATED:
        held = sessions["session"].where(rated | sessions["date"].notna())
        planned = trailing & ~(sessions["session"] <= held.groupby(patient).transform("max"))
    rest = trailing & ~planned
    of_most = rest.groupby(patient).sum().ge(PLANNED_OF_MOST).mean() > 0.5
    fewest = PLANNED_OF_MOST if of_most else PLANNED
    return planned | rest & (rest.groupby(patient).transform("sum") >= fewest)
