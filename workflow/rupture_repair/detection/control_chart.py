"""Run rules of the Western Electric Company (1956) below the centre of a control chart."""

import numpy as np

from rupture_repair.detection.series import Bools, Floats, Series

SAME = 1e-9  # tolerance in points: on a limit is beyond it, at the centre is not below it
# (how many, of how many ratings in a row, below the centre by how many sigmas)
RUNS = ((2, 3, 2.0), (4, 5, 1.0), (8, 8, 0.0))


def runs_below(series: Series, sigma: Floats) -> Bools:
    """Whether a run of low ratings is complete with each rating, shape (n_ratings,).

    sigma : of each patient, points, shape (n_patients,); NaN where there is none.
    The rating itself lies beyond the limit, and so do enough of the ratings just before it:
    two of three by 2 sigmas, four of five by 1 sigma, or eight of eight below the centre.
    """
    complete = np.zeros(len(series.rating), dtype=bool)
    for least, of, sigmas in RUNS:
        limit = series.own_mean - sigmas * sigma + (SAME if sigmas else -SAME)
        beyond = series.rating <= series.spread(limit)
        so_far = np.r_[0, np.cumsum(beyond)]
        window = np.maximum(np.arange(len(beyond)) + 1 - of, series.spread(series.starts))
        complete |= beyond & (so_far[1:] - so_far[window] >= least)
    return complete
