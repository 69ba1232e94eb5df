"""The workflow's fits agree with lme4 and lmerTest, its contrasts with emmeans, on the same data.

Tolerances. Both programs maximise the same likelihood, so log-likelihoods agree to the stopping
rules, coefficients to a small part of their standard errors and variances to 4 digits. lmerTest
takes the curvature behind the degrees of freedom by finite differences of its own: they agree to
less than 1 %.
"""

import numpy as np
import pandas as pd
import pytest
from rupture_repair.modelling.compare import model_comparison
from rupture_repair.modelling.effects import fixed_effects, simple_slopes, slope_contrasts
from rupture_repair.modelling.fit import FORMULAS

LLF = 1e-4
ESTIMATE_IN_SE = 1e-3
VARIANCE = 1e-3
SE = 1e-4
DF = 0.01

methods = pytest.mark.parametrize("method", ["ML", "REML"])
models = pytest.mark.parametrize("model", FORMULAS)
study = pytest.mark.parametrize(
    "study",
    [("reference", "correlated"), ("reference", "independent"), ("shipped", "correlated")],
    ids="-".join,
)


def theirs_of(lme4, study):
    table, structure = study
    return lme4[table][structure]


@study
@methods
@models
def test_log_likelihood(studies, lme4, study, method, model):
    theirs = theirs_of(lme4, study)[method][model]
    assert studies[study][method][model].llf == pytest.approx(theirs["llf"], abs=LLF)


@study
@methods
@models
def test_coefficients(studies, lme4, study, method, model):
    fit, theirs = studies[study][method][model], theirs_of(lme4, study)[method][model]
    ours = fixed_effects([fit], 0.95).set_index("term")
    theirs = pd.DataFrame({name: theirs[name] for name in ("estimates", "se", "df", "p")},
                          index=theirs["terms"])  # fmt: skip
    assert sorted(ours.index) == sorted(theirs.index)
    assert len(ours) == {"M0": 2, "M1": 6, "M2": 12, "M3": 24}[model]
    theirs = theirs.loc[ours.index]
    distance = (ours["estimate"] - theirs["estimates"]).abs() / theirs["se"]
    assert distance.max() < ESTIMATE_IN_SE
    np.testing.assert_allclose(ours["se"], theirs["se"], rtol=SE)
    np.testing.assert_allclose(ours["df"], theirs["df"], rtol=DF)
    # a t off by the share e moves p by at most max(2 t f(t)) e = .484 e
    np.testing.assert_allclose(ours["p"], theirs["p"], atol=0.5 * ESTIMATE_IN_SE)


@study
@methods
@models
def test_variance_components(studies, lme4, study, method, model):
    theirs = theirs_of(lme4, study)[method][model]["variances"]
    ours = studies[study][method][model].variances
    assert set(ours) == set(theirs)
    assert ("patient_covariance" in ours) == (study[1] == "correlated")
    for component, variance in theirs.items():
        assert abs(variance) > 0.5  # the data keep clear of the boundary
        assert ours[component] == pytest.approx(variance, rel=VARIANCE), component


@study
def test_likelihood_ratio_tests(studies, lme4, study):
    ml, reml = (list(studies[study][method].values()) for method in ("ML", "REML"))
    table = model_comparison(ml, reml).set_index("model")
    theirs = pd.DataFrame(theirs_of(lme4, study)["likelihood_ratio_tests"]).set_index("model")
    assert np.isnan(table.loc["M0", "chisq"])
    assert np.isnan(table.loc["M0", "p"])
    later = ["M1", "M2", "M3"]
    assert table.loc[later, "against"].tolist() == ["M0", "M1", "M2"]
    np.testing.assert_allclose(table.loc[later, "chisq"], theirs.loc[later, "chisq"], atol=2 * LLF)
    assert table.loc[later, "chisq_df"].tolist() == theirs.loc[later, "df"].tolist() == [4, 6, 12]
    np.testing.assert_allclose(table.loc[later, "p"], theirs.loc[later, "p"], rtol=1e-3)
    np.testing.assert_allclose(table["aic"], theirs["aic"], atol=2 * LLF)


@study
@pytest.mark.parametrize(("kind", "label"), [("slopes", "pattern"), ("contrasts", "contrast")])
@pytest.mark.parametrize("model", ["M2", "M3"])
def test_slopes_and_contrasts_are_those_of_emmeans(studies, lme4, study, model, kind, label):
    theirs = pd.DataFrame(theirs_of(lme4, study)[model][kind]).rename(columns={"what": label})
    if model == "M2":
        theirs["length_c"] = np.nan
        lengths = {float("nan"): 0.0}
    else:  # lengths are named by their length_c here
        lengths = {value: value for value in sorted(theirs["length_c"].unique())}
    function = simple_slopes if kind == "slopes" else slope_contrasts
    ours = function(studies[study]["REML"][model], [-1.0, 0.0, 1.0], lengths, 0.95)
    both = ours.rename(columns={"length": "length_c"}).merge(
        theirs, on=[label, "iip_z", "length_c"], suffixes=("", "_emmeans")
    )
    assert len(both) == len(ours) == len(theirs)
    assert len(both) == 9 * len(lengths)
    np.testing.assert_allclose(both["se"], both["se_emmeans"], rtol=SE)
    np.testing.assert_allclose(both["df"], both["df_emmeans"], rtol=DF)
    for name in ("estimate", "ci_low", "ci_high"):
        off = (both[name] - both[f"{name}_emmeans"]).abs() / both["se_emmeans"]
        assert off.max() < 2 * ESTIMATE_IN_SE, name
    np.testing.assert_allclose(both["statistic"], both["statistic_emmeans"], atol=2e-3)
    np.testing.assert_allclose(both["p"], both["p_emmeans"], atol=0.5 * 2 * ESTIMATE_IN_SE)
