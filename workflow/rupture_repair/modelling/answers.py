"""What the headline shows: the rules by which sentences and verdicts follow from its table.

Directions come from effects that differ from zero at a length, never from the sign of other terms.
"""

from typing import Literal, TypeGuard

import pandas as pd

from rupture_repair.config.reporting import ALPHA

# how the moderation depends on treatment length
Change = Literal["not estimated", "not shown", "stronger", "weaker", "reversed", "unclear"]


def shown(row: pd.Series | None) -> TypeGuard[pd.Series]:
    """Whether there is an estimate that differs from zero at `ALPHA`."""
    return row is not None and bool(row["p"] < ALPHA)


def main_row(headline: pd.DataFrame) -> pd.Series | None:
    """Return the moderation at average treatment length, if it could be estimated."""
    return _one(headline, "headline")


def by_length_row(headline: pd.DataFrame) -> pd.Series | None:
    """Return its change per unit of log length, if it could be estimated."""
    return _one(headline, "by length")


def at_lengths(headline: pd.DataFrame) -> list[pd.Series]:
    """Return the moderation at each stated length where it could be estimated, shortest first."""
    rows = headline[headline["role"] == "at length"].dropna(subset=["estimate"])
    return [row for _, row in rows.sort_values("length").iterrows()]


def change(headline: pd.DataFrame) -> Change:
    """Return how the moderation depends on length.

    Its change must be shown, and then what is shown at the shortest and at the longest of the
    stated lengths decides: `stronger` or `weaker` in longer treatments where the larger of the two
    is shown, and the other is not shown or has the same sign; `reversed` where both are shown with
    opposite signs; else `unclear`.
    """
    row, at = by_length_row(headline), at_lengths(headline)
    if row is None:
        return "not estimated"
    if not shown(row):
        return "not shown"
    if len(at) < 2:
        return "unclear"
    short, long = at[0], at[-1]
    if shown(short) and shown(long) and (short["estimate"] > 0) != (long["estimate"] > 0):
        return "reversed"
    longer = abs(long["estimate"]) > abs(short["estimate"])
    if shown(long if longer else short):
        return "stronger" if longer else "weaker"
    return "unclear"


def verdict_on_moderation(headline: pd.DataFrame, negative: bool) -> str:
    """Return `reproduced`, `opposite direction`, `not shown` or `not estimable`.

    negative : whether the published moderation is negative.
    """
    row = main_row(headline)
    if row is None:
        return "not estimable"
    if not shown(row):
        return "not shown"
    return "reproduced" if (row["estimate"] < 0) == negative else "opposite direction"


def verdict_on_length(headline: pd.DataFrame, negative: bool) -> str:
    """Return the same of a moderation that is most pronounced in longer treatments."""
    found = change(headline)
    if found == "not estimated":
        return "not estimable"
    if found in {"not shown", "unclear"}:
        return "not shown"
    long = at_lengths(headline)[-1]
    most = found in {"stronger", "reversed"} and (long["estimate"] < 0) == negative
    return "reproduced" if most else "opposite direction"


def _one(headline: pd.DataFrame, role: str) -> pd.Series | None:
    rows = headline[headline["role"] == role].dropna(subset=["estimate"])
    return None if rows.empty else rows.iloc[0]
