"""The distribution of patients' noise variances: known forms are recovered, as asked for."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rupture_repair.detection.grid import Grid
from rupture_repair.detection.noise_variances import form_of, scaled
from rupture_repair.detection.null_model import NORMAL
from rupture_repair.detection.series import Series

FREE = Grid(-np.inf, np.inf, None)
ENDS = Grid(0, 5, 1 / 6)


def courses(deviations, length=8, level=2.5, seed=1):
    """Series of white noise with these standard deviations of patients."""
    rng = np.random.default_rng(seed)
    n = len(deviations)
    ratings = level + np.repeat(deviations, length) * rng.standard_normal(n * length)
    session = np.tile(np.arange(1, length + 1), n)
    return Series(pd.RangeIndex(n), np.full(n, length), session, ratings)


def test_two_kinds_of_patients_are_told_apart():
    form = form_of(courses(np.where(np.arange(900) % 3 == 0, 0.9, 0.3)), FREE)
    assert (form > form.mean()).mean() == pytest.approx(1 / 3, abs=0.04)
    high, low = form[form > form.mean()], form[form < form.mean()]
    assert np.exp(np.median(high) - np.median(low)) == pytest.approx(9, rel=0.35)


def test_equal_variances_hardly_spread():
    assert np.ptp(np.quantile(form_of(courses(np.full(900, 0.5)), FREE), [0.05, 0.95])) <= 0.75


def test_gradual_differences_keep_their_spread():
    logs = 0.5 * np.random.default_rng(5).standard_normal(2000)
    form = form_of(courses(np.exp(logs), length=12), FREE)
    assert np.var(form) == pytest.approx(1.0, abs=0.15)  # of log variances


def test_patients_at_the_end_of_the_scale_are_not_calm():
    """Half of the patients give nearly nothing but the highest rating: all are equally restless."""
    some, others = courses(np.full(300, 0.4), level=2.5), courses(np.full(300, 0.4), level=5.5)
    both = Series(
        pd.RangeIndex(600),
        np.r_[some.counts, others.counts],
        np.r_[some.session, others.session],
        ENDS.onto(np.r_[some.rating, others.rating]),
    )
    assert np.std(form_of(both, ENDS)) < 0.3


@pytest.mark.filterwarnings("error")
def test_a_patient_unlike_all_others_is_no_error():
    some, other = courses(np.full(600, 0.5), length=400), courses(np.array([60.0]), length=4000)
    both = Series(
        pd.RangeIndex(601),
        np.r_[some.counts, other.counts],
        np.r_[some.session, other.session],
        np.r_[some.rating, other.rating],
    )
    assert np.isfinite(form_of(both, FREE)).all()


def test_without_two_ratings_of_anybody_nothing_is_known():
    single = courses(np.full(20, 0.5), length=1)
    assert not form_of(single, FREE).any()
    assert not form_of(courses(np.zeros(20)), FREE).any()


@given(spread=st.floats(0.01, 4), shift=st.floats(-3, 3))
def test_scaled_variances_have_mean_and_spread(spread, shift):
    relative = scaled(NORMAL + shift, spread)
    assert relative.mean() == pytest.approx(1)
    cv = relative.std() / relative.mean()
    assert np.log1p(cv**2) == pytest.approx(spread, rel=1e-6)


def test_forms_without_spread_stay_without():
    assert (scaled(np.zeros(50), 0.7) == 1).all()
    assert (scaled(NORMAL, 0.0) == 1).all()
