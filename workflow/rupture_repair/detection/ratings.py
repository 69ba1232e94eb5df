"""Any data frame of session ratings, checked in words before it is analysed."""

import numpy as np
import pandas as pd
from pandas.api import types

from rupture_repair.config.errors import did_you_mean
from rupture_repair.config.instruments import Instrument


def tidy_ratings(
    ratings: pd.DataFrame,
    patient: str,
    session: str,
    alliance: str,
    instrument: Instrument | None = None,
) -> pd.DataFrame:
    """Return the columns `patient_id`, `session` and `alliance`, without copying their values.

    patient, session, alliance : names of the columns in `ratings`; instrument : whose range the
    ratings must lie in. Raises `TypeError` for what is no data frame, and `ValueError` where a
    column is absent, a patient or session is missing, names of patients mix numbers and text, a
    session is no whole number, or a rating no finite number or out of range.
    """
    if not isinstance(ratings, pd.DataFrame):
        raise TypeError(
            "ratings must be a pandas data frame with a row per session, "
            f"not {type(ratings).__name__}"
        )
    named = {"patient": patient, "session": session, "alliance": alliance}
    for role, column in named.items():
        if column not in ratings.columns:
            hint = did_you_mean(str(column), map(str, ratings.columns))
            raise ValueError(
                f'the table lacks the column `{column}` (name yours by {role}="…", or rename it); '
                + hint
            )
        if not isinstance(ratings[column], pd.Series):
            raise ValueError(f"the table has several columns `{column}`; keep one")
    if ratings[patient].hasnans:
        raise _problem(ratings, patient, ratings[patient].isna(), "names no patient")
    _refuse_mixed(ratings, patient)
    rating = _finite(ratings, alliance)
    if instrument is not None:
        _refuse_out_of_range(ratings, alliance, rating, instrument)
    return pd.DataFrame(
        {
            "patient_id": ratings[patient],
            "session": _whole(ratings, session),
            "alliance": rating,
        },
        copy=False,
    )


def _whole(ratings: pd.DataFrame, column: str) -> pd.Series:
    number = ratings[column]
    if types.is_datetime64_any_dtype(number):
        raise ValueError(
            f"column `{column}` holds dates; a rupture is a drop from one session to the next, so "
            "number each patient's sessions: sort by date, then groupby(patient).cumcount() + 1"
        )
    number = _number(ratings, column)
    if number.hasnans:
        raise _problem(ratings, column, number.isna(), "names no session")
    if not types.is_integer_dtype(number):
        broken = number % 1 != 0  # of infinity too
        if broken.any():
            raise _problem(ratings, column, broken, "holds no whole session number (1, 2, …)")
    return number.astype("int64")


def _finite(ratings: pd.DataFrame, column: str) -> pd.Series:
    rating = _number(ratings, column).astype("float64")
    with np.errstate(invalid="ignore"):  # of two infinities
        if np.isfinite(rating.to_numpy().sum()):  # one pass for what is nearly always so
            return rating
    infinite = np.isinf(rating)
    if infinite.any():
        raise _problem(ratings, column, infinite, "holds an infinite rating; leave it empty")
    return rating


def _refuse_mixed(ratings: pd.DataFrame, column: str) -> None:
    """Raise where `1` and `"1"` could be the same patient, or names cannot be put in order."""
    names = ratings[column]
    values = names.cat.categories if isinstance(names.dtype, pd.CategoricalDtype) else names
    if values.dtype == object and types.infer_dtype(values).startswith("mixed"):
        text = names.map(lambda name: isinstance(name, str)).astype(bool)
        if text.all() or not text.any():
            return
        few = text if text.mean() <= 0.5 else ~text
        error = _problem(ratings, column, few, "is of another type than the other names")
        raise ValueError(f"{error}; make all text: ratings[{column!r}].astype(str)")


def _refuse_out_of_range(
    ratings: pd.DataFrame, column: str, rating: pd.Series, instrument: Instrument
) -> None:
    if not isinstance(instrument, Instrument):
        raise TypeError(f"the instrument must be an Instrument, not {type(instrument).__name__}")
    outside = (rating < instrument.minimum) | (rating > instrument.maximum)
    if outside.any():
        span = f"{instrument.minimum:g} to {instrument.maximum:g}"
        what = f"is no possible score of the {instrument.short} ({span})"
        raise _problem(ratings, column, outside, what)


def _number(ratings: pd.DataFrame, column: str) -> pd.Series:
    values = ratings[column]
    if types.is_numeric_dtype(values) and not types.is_bool_dtype(values):
        return values
    number = pd.to_numeric(values, errors="coerce")
    unread = number.isna() & values.notna()
    if types.is_bool_dtype(values) or types.is_datetime64_any_dtype(values):
        unread = values.notna()
    if unread.any():
        raise _problem(ratings, column, unread, "holds no number")
    return number


def _problem(ratings: pd.DataFrame, column: str, wrong: pd.Series, what: str) -> ValueError:
    """Return an error that says where the first wrong cell is, and how many there are."""
    row = int(wrong.to_numpy(dtype=bool, na_value=True).argmax()) + 1
    value = ratings[column].iloc[row - 1]
    shown = "is empty and " if pd.isna(value) else f"(`{value}`) "
    return ValueError(
        f"column `{column}` in row {row} of {len(ratings)} {shown}{what}; "
        f"{int(wrong.sum())} row(s) in all"
    )
