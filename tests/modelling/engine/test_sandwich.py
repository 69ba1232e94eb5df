"""CR2 against the definition on whole matrices (clubSandwich is not at hand as a reference)."""

import numpy as np
import patsy
import pytest
from engine_data import relative_covariance, tiny_cohort
from rupture_repair.modelling.engine import sandwich
from rupture_repair.modelling.engine.model import MixedModel
from rupture_repair.modelling.engine.sandwich import cluster_robust
from scipy import stats
from scipy.linalg import block_diag, sqrtm

GROUPING = {"groups": ("therapist_id", "patient_id"), "time": "time"}


@pytest.fixture(scope="module", params=["y ~ time * z", "y ~ time * z + mood"])
def fit(request):
    table = tiny_cohort(seed=9, n_patients=40, n_therapists=7).sort_values("therapist_id")
    table = table.reset_index(drop=True)
    return table, MixedModel.from_formula(request.param, table, **GROUPING).fit()


def definition(table, fit):
    """Pustejovsky & Tipton's estimator with hat matrices; roots by Schur, not by Cholesky."""
    x = np.asarray(patsy.dmatrix(fit.model.formula.split("~")[1], table))
    phi = fit.scale * relative_covariance(table, fit.problem.structure, fit.evaluation.theta)
    inverse = np.linalg.inv(phi)
    m = np.linalg.inv(x.T @ inverse @ x)
    left = np.eye(len(x)) - x @ m @ x.T @ inverse
    residual = left @ table["y"].to_numpy()
    of_residual = left @ phi @ left.T
    codes = table["therapist_id"].astype("category").cat.codes.to_numpy()
    adjustments = []
    for k in range(codes.max() + 1):
        own = codes == k
        b = of_residual[np.ix_(own, own)]
        root = np.real(sqrtm(b))
        inner = np.real(sqrtm(root @ phi[np.ix_(own, own)] @ root))
        adjustments.append(np.linalg.inv(root) @ inner @ np.linalg.inv(root))
    weights = block_diag(*adjustments) @ inverse @ x @ m
    owners = [codes == k for k in range(codes.max() + 1)]
    scores = np.stack([weights[own].T @ residual[own] for own in owners])
    contributions = [np.where(own[:, None], weights, 0) for own in owners]
    df = []
    for term in range(x.shape[1]):
        g = np.stack([part[:, term] for part in contributions])
        omega = g @ of_residual @ g.T
        df.append(np.trace(omega) ** 2 / np.trace(omega @ omega))
    unbiased = sum(part.T @ of_residual @ part for part in contributions)
    return scores.T @ scores, np.array(df), unbiased, m


def test_covariance_and_df_are_the_definition(fit):
    robust = cluster_robust(fit[1])
    covariance, df, unbiased, m = definition(*fit)
    np.testing.assert_allclose(robust.covariance, covariance, rtol=1e-6, atol=1e-9)
    np.testing.assert_allclose(robust.df, df, rtol=1e-6)
    # what CR2 is for: unbiased when the working model is true
    np.testing.assert_allclose(unbiased, m, rtol=1e-6, atol=1e-9)


def test_contrasts_follow_the_terms(fit):
    robust = cluster_robust(fit[1])
    units = robust.contrasts(np.eye(len(robust.params)))
    np.testing.assert_allclose(units["se"], robust.bse)
    np.testing.assert_allclose(units["df"], robust.df)
    np.testing.assert_allclose(units["estimate"], fit[1].params)
    assert np.all(robust.df < fit[0]["therapist_id"].nunique())


def test_tests_and_intervals_are_those_of_t(fit):
    row = np.array([[1.0, 2.0, -1.0, 0.5, *[0.0] * (len(fit[1].terms) - 4)]])
    found = cluster_robust(fit[1]).contrasts(row, alpha=0.1).iloc[0]
    assert found["statistic"] == pytest.approx(found["estimate"] / found["se"])
    t = stats.t(found["df"])
    assert found["p"] == pytest.approx(t.cdf(-abs(found["statistic"])) * 2)
    interval = found["estimate"] + found["se"] * t.ppf([0.05, 0.95])
    np.testing.assert_allclose(found[["ci_low", "ci_high"]], interval)


@pytest.mark.parametrize("unit", [1e-6, 1e6])
def test_the_unit_of_the_outcome_is_immaterial(fit, unit):
    table, ours = fit
    scaled = table.assign(y=table["y"] * unit)
    one = cluster_robust(ours)
    other = cluster_robust(MixedModel.from_formula(ours.model.formula, scaled, **GROUPING).fit())
    np.testing.assert_allclose(other.bse, one.bse * unit, rtol=1e-4)
    np.testing.assert_allclose(other.df, one.df, rtol=1e-3)


def test_a_term_of_one_cluster_leaves_no_residual_there_and_the_others_their_df():
    """The residuals of that cluster add up to nothing: their covariance has no inverse."""
    table = tiny_cohort(seed=9, n_patients=40, n_therapists=7)
    table["only"] = (table["therapist_id"] == "T3").astype(float)
    robust = cluster_robust(MixedModel.from_formula("y ~ time + only", table, **GROUPING).fit())
    rest = cluster_robust(MixedModel.from_formula("y ~ time", table, **GROUPING).fit())
    assert 1 <= robust.df["time"] <= 7
    assert robust.bse["time"] == pytest.approx(rest.bse["time"], rel=0.3)


def test_clusters_are_patients_without_therapists():
    table = tiny_cohort(seed=9, n_patients=40)
    fit = MixedModel.from_formula("y ~ time * z", table, groups="patient_id", time="time").fit()
    assert cluster_robust(fit).n_clusters == 40


def test_two_therapists_are_clusters():
    table = tiny_cohort(seed=9, n_patients=40, n_therapists=2)
    fit = MixedModel.from_formula("y ~ time * z", table, **GROUPING).fit()
    assert cluster_robust(fit).n_clusters == 2


@pytest.mark.parametrize("by", ["therapist", "patient"])
def test_how_many_clusters_are_worked_on_at_once_does_not_matter(fit, by, monkeypatch):
    together = cluster_robust(fit[1], by)
    monkeypatch.setattr(sandwich, "MAX_ENTRIES", 1)
    alone = cluster_robust(fit[1], by)
    np.testing.assert_allclose(alone.covariance, together.covariance, rtol=1e-12)
    np.testing.assert_allclose(alone.df, together.df, rtol=1e-12)
