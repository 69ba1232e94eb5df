"""Likelihood and fit of published counts, against SciPy's own functions."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from rupture_repair.detection.compatibility.likelihood import (
    FIT_LEVEL,
    PRIOR,
    fitting,
    log_likelihood,
    marginal,
    weights,
)
from scipy.stats import chi2, chi2_contingency, dirichlet_multinomial

counts = st.lists(st.integers(0, 400), min_size=3, max_size=3).filter(sum).map(np.array)


@given(counts, counts)
def test_the_likelihood_is_scipys_dirichlet_multinomial(published, simulated):
    expected = dirichlet_multinomial.logpmf(published, simulated + PRIOR, published.sum())
    assert np.isclose(log_likelihood(published, simulated), expected, rtol=1e-9, atol=1e-8)


@given(counts, counts)
def test_the_fit_is_scipys_likelihood_ratio_test(published, simulated):
    table = np.array([published, simulated])
    held = table[:, table.sum(axis=0) > 0]
    if held.shape[1] < 2:
        assert fitting(published, simulated)
        return
    statistic = chi2_contingency(held, correction=False, lambda_="log-likelihood").statistic
    # a pattern that nobody has adds nothing to the statistic; the df stay those of all patterns
    p = chi2.sf(statistic, df=2)
    if abs(p - FIT_LEVEL) > 1e-6:
        assert fitting(published, simulated) == (p > FIT_LEVEL)


def test_many_cohorts_together_equal_one_by_one():
    rng = np.random.default_rng(1)
    published, simulated = np.array([297, 169, 48]), rng.integers(0, 300, (4, 5, 3))
    each = [[log_likelihood(published, cohort) for cohort in row] for row in simulated]
    assert np.allclose(log_likelihood(published, simulated), each)
    fits = [[fitting(published, cohort) for cohort in row] for row in simulated]
    assert np.array_equal(fitting(published, simulated), fits)


def test_marginal_likelihood_is_the_mean_and_weights_are_shares_of_it():
    likelihood = np.array([[0.2, 0.1, 0.3], [0.01, 0.0, 0.05]])
    with np.errstate(divide="ignore"):
        logs = np.log(likelihood)
    assert np.allclose(np.exp(marginal(logs)), likelihood.mean(axis=1))
    assert np.allclose(weights(logs), likelihood / likelihood.sum(axis=1, keepdims=True))
