"""The workflow's fits agree with lme4, and its contrasts with emmeans, on the same data.

Tolerances. Both programs maximise the same likelihood, so log-likelihoods agree to the stopping
rules (observed: below 1e-6), coefficients to a small part of their standard errors (observed:
6e-5) and variances to 4 digits (observed: 4e-4). Standard errors are *defined* differently:
MixedLM inverts the observed information of all parameters, lme4 that of the fixed effects at the
estimated variances. The two coincide for large samples; here they differ by up to 0.4 %.
"""

import numpy as np
import pandas as pd
import pytest
from rupture_repair.modelling.compare import model_comparison
from rupture_repair.modelling.effects import fixed_effects, simple_slopes, slope_contrasts
from rupture_repair.modelling.fit import FORMULAS

LLF = 1e-3
ESTIMATE_IN_SE = 1e-3
VARIANCE = 0.01
SE = 0.005

methods = pytest.mark.parametrize("method", ["ML", "REML"])
models = pytest.mark.parametrize("model", FORMULAS)


@methods
@models
def test_log_likelihood(fits, lme4, method, model):
    assert fits[method][model].llf == pytest.approx(lme4[method][model]["llf"], abs=LLF)


@methods
@models
def test_coefficients(fits, lme4, method, model):
    fit, theirs = fits[method][model], lme4[method][model]
    assert sorted(fit.terms) == sorted(theirs["terms"])
    assert len(fit.terms) == {"M0": 2, "M1": 6, "M2": 12, "M3": 24}[model]
    estimate = pd.Series(theirs["estimates"], theirs["terms"])[fit.terms]
    se = pd.Series(theirs["se"], theirs["terms"])[fit.terms]
    distance = (fit.params - estimate).abs() / se
    assert distance.max() < ESTIMATE_IN_SE
    np.testing.assert_allclose(np.sqrt(np.diag(fit.cov)), se, rtol=SE)


@methods
@models
def test_variance_components(fits, lme4, method, model):
    theirs = lme4[method][model]["variances"]
    ours = fits[method][model].variances
    assert set(ours) == set(theirs) == {"therapist", "patient", "patient_slope", "residual"}
    for component, variance in theirs.items():
        assert variance > 1  # the reference data keep clear of the boundary
        assert ours[component] == pytest.approx(variance, rel=VARIANCE), component


def test_likelihood_ratio_tests(fits, lme4):
    ml, reml = (list(fits[method].values()) for method in ("ML", "REML"))
    table = model_comparison(ml, reml).set_index("model")
    theirs = pd.DataFrame(lme4["likelihood_ratio_tests"]).set_index("model")
    assert np.isnan(table.loc["M0", "chisq"])
    assert np.isnan(table.loc["M0", "p"])
    later = ["M1", "M2", "M3"]
    np.testing.assert_allclose(table.loc[later, "chisq"], theirs.loc[later, "chisq"], atol=2 * LLF)
    assert table.loc[later, "chisq_df"].tolist() == theirs.loc[later, "df"].tolist() == [4, 6, 12]
    np.testing.assert_allclose(table.loc[later, "p"], theirs.loc[later, "p"], rtol=1e-3)
    np.testing.assert_allclose(table["aic"], theirs["aic"], atol=2 * LLF)


def at_levels(lme4, model, kind):
    return pd.DataFrame(lme4[model][kind])


@pytest.mark.parametrize(("kind", "label"), [("slopes", "pattern"), ("contrasts", "contrast")])
@pytest.mark.parametrize("model", ["M2", "M3"])
def test_slopes_and_contrasts_are_those_of_emmeans(fits, lme4, model, kind, label):
    theirs = pd.DataFrame(lme4[model][kind]).rename(columns={"what": label})
    if model == "M2":
        theirs["length_c"] = np.nan
        lengths = {float("nan"): 0.0}
    else:  # lengths are named by their length_c here
        lengths = {value: value for value in sorted(theirs["length_c"].unique())}
    function = simple_slopes if kind == "slopes" else slope_contrasts
    ours = function(fits["REML"][model], [-1.0, 0.0, 1.0], lengths, 0.95)
    both = ours.rename(columns={"length": "length_c"}).merge(
        theirs, on=[label, "iip_z", "length_c"], suffixes=("", "_emmeans")
    )
    assert len(both) == len(ours) == len(theirs)
    assert len(both) == 9 * len(lengths)
    distance = (both["estimate"] - both["estimate_emmeans"]).abs() / both["se_emmeans"]
    assert distance.max() < ESTIMATE_IN_SE
    np.testing.assert_allclose(both["se"], both["se_emmeans"], rtol=SE)
    # limits and z inherit the difference of the standard errors
    for limit in ("ci_low", "ci_high"):
        off = (both[limit] - both[f"{limit}_emmeans"]).abs() / both["se_emmeans"]
        assert off.max() < 2 * SE + ESTIMATE_IN_SE
    off = (both["statistic"] - both["statistic_emmeans"]).abs()
    assert (off < ESTIMATE_IN_SE + SE * both["statistic_emmeans"].abs()).all()
    # an SE off by the share e moves p by at most max(2 z φ(z)) e = .484 e
    assert (both["p"] - both["p_emmeans"]).abs().max() < 0.5 * SE + ESTIMATE_IN_SE


def test_intervals_follow_the_normal_distribution(fits):
    fit = fits["REML"]["M1"]
    for confidence, z in ((0.95, 1.959964), (0.8, 1.281552)):
        table = fixed_effects([fit], confidence)
        margin = z * table["se"]
        np.testing.assert_allclose(table["ci_high"] - table["estimate"], margin, rtol=1e-6)
        np.testing.assert_allclose(table["estimate"] - table["ci_low"], margin, rtol=1e-6)
        assert np.isinf(table["df"]).all()
        np.testing.assert_allclose(table["statistic"], table["estimate"] / table["se"])
