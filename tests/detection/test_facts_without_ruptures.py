"""The table of docs/methods.md, Chance: what rules find in 20,000 patients without any rupture.

The table leaves open more than it states. The reading used here: ratings of 3.6 ± .85 on the
Session Alliance Inventory's grid (sixths from 0 to 5), AR .25, and its "small" slow rise as .1
points per unit of log(session); no rating is missing, a patient is repaired if `all` ruptures are,
and on a control chart the return to the own mean is the repair. Every cell of the table follows
from it, within Monte Carlo error. Other readings were searched (AR 0 to .5; continuous, bounded or
rounded ratings; rise 0 to .25; 12 % missing or none; other distances of the level from the maximum;
a patient's pattern by all, any, first, last, largest or most ruptures; σ by moving range or SD):
none came nearer, and those that came close need odd values, such as AR .32 on another grid.
"""

import numpy as np
import pandas as pd
import pytest
from noisy_courses import noisy
from rupture_repair.config.criteria import Criterion
from rupture_repair.detection.chance import breakdown_by_band
from rupture_repair.detection.grid import Grid
from rupture_repair.detection.null_model import simulated
from rupture_repair.detection.patterns import pattern_codes
from rupture_repair.detection.ruptures import find_ruptures
from rupture_repair.detection.series import Series

PATIENTS = 20_000
RULES = {
    "own": Criterion(scale="own_sd", k=2),
    "pooled": Criterion(scale="pooled_within_sd", k=2),
    "stricter": Criterion(scale="stricter", k=2),
    "Shewhart": Criterion(reference="own_mean", scale="moving_range", k=3),
}
# none, unrepaired, repaired; share with a "rupture" in 3–4 and in 21 or more sessions; per cent
TABLE = {
    "own": (59, 25, 16, 17, 80),
    "pooled": (64, 22, 13, 14, 78),
    "stricter": (73, 17, 10, 6, 71),
    "Shewhart": (94, 1, 5, 0, 23),
}


def without_ruptures(rise, seed):
    rng = np.random.default_rng(seed)
    lengths = np.maximum(3, np.rint(2 + np.exp(rng.normal(1.667, 0.88, PATIENTS)))).astype(int)
    lengths = np.minimum(lengths, 91)
    session = np.concatenate([np.arange(1, n + 1) for n in lengths])
    series = Series(pd.RangeIndex(PATIENTS), lengths, session, np.zeros(len(session)))
    variance, ar = 0.85**2, 0.25
    moments = noisy(series, 3.6, variance, 0.35 * variance, ar, slope=rise)
    return series.with_ratings(simulated(series, moments, Grid(0, 5, 1 / 6), rng, 1)[0])


def cells(series, rule):
    """The five percentages of a row of the table, and the number of patients behind each."""
    everyone = series.counts > 0
    bands = {"all": everyone, "3–4": series.counts <= 4, "21+": series.counts >= 21}
    codes = pattern_codes(series, find_ruptures(series, RULES[rule]), RULES[rule].aggregate)
    shares = breakdown_by_band(codes, bands)
    found = np.r_[shares[0], 100 - shares[1:, 0]]
    return found, np.r_[[PATIENTS] * 3, bands["3–4"].sum(), bands["21+"].sum()]


def surprise(found, n, wanted):
    """Distance beyond the table's rounding, in standard errors of two simulations of this size."""
    # one cell is 0: its simulation had at most half a per cent
    share = np.maximum(np.array(wanted), 0.5) / 100
    error = 100 * np.sqrt(2 * share * (1 - share) / n)
    return np.maximum(np.abs(found - np.array(wanted)) - 0.5, 0) / error


@pytest.fixture(scope="module")
def series():
    return without_ruptures(rise=0.1, seed=20_000)


@pytest.mark.parametrize("rule", RULES)
def test_pure_noise_reproduces_the_table(series, rule):
    found, n = cells(series, rule)
    assert surprise(found, n, TABLE[rule]).max() < 3, found


def test_the_lengths_are_those_of_the_study(series):
    assert series.counts.mean() == pytest.approx(9.8, abs=0.15)
    assert series.counts.std() == pytest.approx(8.3, abs=0.3)


def test_the_comparison_distinguishes_interpretations():
    """Without the slow rise the table is missed, by Shewhart's chart above all."""
    level = without_ruptures(rise=0, seed=20_000)
    assert surprise(*cells(level, "Shewhart"), TABLE["Shewhart"]).max() > 3
    assert surprise(*cells(level, "own"), TABLE["own"]).max() > 3
