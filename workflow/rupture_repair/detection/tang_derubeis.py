"""The second and third rule of Tang and DeRubeis (1999), turned to drops (docs/methods.md)."""

import numpy as np

from rupture_repair.detection.series import Bools, Floats, Ints, Series

SPAN = 3  # sessions on each side of the drop
MIN_RATINGS = 2  # ratings needed among them
# two-sided 5 % points of Student's t at n1 + n2 - 2 degrees of freedom, as tables print them
T_CRITICAL = np.array([np.nan, np.nan, 4.303, 3.182, 2.776])


def has_both_sides(series: Series) -> Bools:
    """Whether two ratings or more stand on each side of the step to a rating."""
    pair = np.zeros(len(series.rating), dtype=bool)  # with the patient's rating before
    pair[1:] = series.later[1:] & (np.diff(series.session) < SPAN)
    both = np.zeros(len(pair), dtype=bool)
    both[1:-1] = pair[:-2] & series.later[1:-1] & pair[2:]
    return both


def falls_reliably(series: Series, at: Ints, min_share: float) -> Bools:
    """Whether drops are large beside the rating before and beside the ratings around them.

    at : positions of drops with ratings on both sides. The convention compares the difference of
    means with t × the pooled SD, without the factor sqrt(1/n1 + 1/n2) of a t test.
    """
    n1, mean1, squares1 = _moments(series, at - 1, -1)
    n2, mean2, squares2 = _moments(series, at, 1)
    freedom = n1 + n2 - MIN_RATINGS
    limit = T_CRITICAL[freedom] * np.sqrt((squares1 + squares2) / freedom)
    reference = series.rating[at - 1]
    share = reference - series.rating[at] >= min_share * reference - 1e-9
    return share & (mean1 - mean2 > limit + 1e-9)


def _moments(series: Series, anchor: Ints, direction: int) -> tuple[Ints, Floats, Floats]:
    """Return number, mean and sum of squares of the ratings in `SPAN` sessions from `anchor`."""
    places = anchor + direction * np.arange(SPAN)[:, None]
    there = (places >= 0) & (places < len(series.rating))
    places = np.where(there, places, anchor)
    near = np.abs(series.session[places] - series.session[anchor]) < SPAN
    inside = there & near & (series.patient[places] == series.patient[anchor])
    values = np.where(inside, series.rating[places], 0.0)
    count = inside.sum(axis=0)
    mean = values.sum(axis=0) / count
    return count, mean, (np.where(inside, values - mean, 0.0) ** 2).sum(axis=0)
