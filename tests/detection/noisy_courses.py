"""Parameters of simulated courses without ruptures, from their autocorrelation."""

import numpy as np
from rupture_repair.detection.null_model import Moments


def noisy(series, level, variance, noise, ar, spread=0.0, slope=0.0):
    """Moments of a course with this variance of the noise; all sessions are rated."""
    lengths, patients = np.unique(series.counts, return_counts=True)
    short = [
        noise * (n - np.sum(ar ** np.abs(np.subtract.outer(range(n), range(n)))) / n)
        for n in lengths
    ]
    within = short @ patients / sum(series.counts - 1)
    return Moments(level, slope, variance, noise * (1 - ar), within, spread)
