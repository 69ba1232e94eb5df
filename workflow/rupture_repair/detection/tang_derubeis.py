"""The second and third rule of Tang and DeRubeis (1999), turned to drops (METHODS §2)."""

import numpy as np
from numpy.typing import NDArray

from rupture_repair.detection.series import Floats, Ints, Series

SPAN = 3  # sessions on each side of the drop
FEWEST = 2  # ratings needed among them
# two-sided 5 % points of Student's t at n1 + n2 - 2 degrees of freedom, as tables print them
T_CRITICAL = np.array([np.nan, np.nan, 4.303, 3.182, 2.776])


def has_both_sides(series: Series) -> NDArray[np.bool_]:
    """Whether two ratings or more stand on each side of the step to a rating."""
    before, after = _sides(series)
    return (before[0] >= FEWEST) & (after[0] >= FEWEST)


def falls_reliably(series: Series, reference: Floats, min_share: float) -> NDArray[np.bool_]:
    """Whether the drop is large beside the rating before and beside the ratings around it.

    reference : the rating before, instrument points, shape (n_ratings,).
    False where a side is too short to tell. The convention compares the difference of means with
    t × the pooled SD, without the factor sqrt(1/n1 + 1/n2) of a t test.
    """
    (n1, mean1, squares1), (n2, mean2, squares2) = _sides(series)
    freedom = n1 + n2 - 2
    enough = (n1 >= FEWEST) & (n2 >= FEWEST)
    with np.errstate(invalid="ignore", divide="ignore"):
        pooled = np.sqrt((squares1 + squares2) / freedom)
        limit = T_CRITICAL[np.where(enough, freedom, 0)] * pooled
        share = reference - series.rating >= min_share * reference - 1e-9
        return enough & share & (mean1 - mean2 > limit + 1e-9)


def _sides(series: Series) -> tuple[tuple[Ints, Floats, Floats], tuple[Ints, Floats, Floats]]:
    """Return number, mean and sum of squares of the three sessions before and from each.

    Before: up to the session of the rating before. From: beginning with the rating's own session.
    """
    at = np.arange(len(series.rating))
    before = _moments(series, at - 1, -1, series.position > 0)
    return before, _moments(series, at, 1, np.ones(len(at), dtype=bool))


def _moments(
    series: Series, anchor: Ints, direction: int, exists: NDArray[np.bool_]
) -> tuple[Ints, Floats, Floats]:
    n = len(series.rating)
    places = anchor + direction * np.arange(SPAN)[:, None]
    there = (places >= 0) & (places < n)
    places, anchor = np.clip(places, 0, max(n - 1, 0)), np.maximum(anchor, 0)
    near = np.abs(series.session[places] - series.session[anchor]) < SPAN
    inside = exists & there & near & (series.patient[places] == series.patient[anchor])
    values = np.where(inside, series.rating[places], 0.0)
    count = inside.sum(axis=0)
    with np.errstate(invalid="ignore"):
        mean = values.sum(axis=0) / count
        squares = (np.where(inside, values - mean, 0.0) ** 2).sum(axis=0)
    return count, mean, squares
