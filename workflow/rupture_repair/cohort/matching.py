"""Ratings with a date of their own, matched to the sessions that they lie nearest to."""

import pandas as pd


def nearest_ratings(
    sessions: pd.DataFrame, ratings: pd.DataFrame, window_days: int
) -> pd.DataFrame:
    """Return for each session its rating: `rating` (index of `ratings`) and `days` from it.

    sessions, ratings : `patient_id`, `date`. days : negative where the rating comes before the
    session.

    A rating belongs to one session and a session has one rating, at most `window_days` before or
    after it. Pairs are made from the nearest on; of two as near, the rating before the session
    goes first (the session cannot have changed it), then the earlier session. Sessions without a
    rating are missing in the result; dates are compared by day.
    """
    held, given = (
        t.dropna(subset=["patient_id", "date"])[["patient_id", "date"]].reset_index(names=name)
        for t, name in ((sessions, "session"), (ratings, "rating"))
    )
    pairs = held.merge(given, on="patient_id", suffixes=("", "_of_rating"))
    pairs["days"] = (pairs["date_of_rating"].dt.normalize() - pairs["date"].dt.normalize()).dt.days
    pairs = pairs[pairs["days"].abs() <= window_days]
    pairs = pairs.assign(distance=pairs["days"].abs(), after=pairs["days"] > 0)
    pairs = pairs.sort_values(["distance", "after", "date", "session", "rating"])
    chosen = []
    while len(pairs):
        # the nearest pair of both its session and its rating
        first = ~pairs["session"].duplicated() & ~pairs["rating"].duplicated()
        made = pairs[first]
        chosen.append(made)
        taken = pairs["session"].isin(made["session"]) | pairs["rating"].isin(made["rating"])
        pairs = pairs[~taken]
    result = pd.concat(chosen) if chosen else pairs
    return result.set_index("session")[["rating", "days"]].sort_index().rename_axis(None)
