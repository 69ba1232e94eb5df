"""Refits by weights against fits of the data they stand for."""

import numpy as np
import pandas as pd
import pytest
from engine_data import duplicated, tiny_cohort
from rupture_repair.modelling.engine.model import MixedModel
from rupture_repair.modelling.engine.resampling import Resamples, bootstrap, leave_one_out
from rupture_repair.modelling.engine.sandwich import clusters, working_covariance

GROUPING = {"groups": ("therapist_id", "patient_id"), "time": "time"}


@pytest.fixture(scope="module")
def cohort():
    return tiny_cohort(seed=6, n_patients=70, n_therapists=9)


@pytest.fixture(scope="module")
def fit(cohort):
    return MixedModel.from_formula("y ~ time * z", cohort, **GROUPING).fit()


@pytest.mark.parametrize("formula", ["y ~ time * z", "y ~ time * z + mood"])
def test_replicates_are_fits_of_the_drawn_therapists(cohort, formula):
    fit = MixedModel.from_formula(formula, cohort, **GROUPING).fit()
    ids = fit.model.design.rows.therapist_ids
    replicates = bootstrap(fit, 5, seed=3)
    draws = np.random.default_rng(3).multinomial(len(ids), np.full(len(ids), 1 / len(ids)), size=5)
    for n, counts in enumerate(draws):
        drawn = cohort[cohort["therapist_id"].isin(ids[counts > 0])]
        copies = duplicated(drawn, therapists=dict(zip(ids, counts, strict=True)))
        whole = MixedModel.from_formula(formula, copies, **GROUPING).fit()
        close = np.abs(replicates.params.loc[n] - whole.params) / whole.bse
        assert close.max() < 3e-3
        ours, theirs = replicates.variances.loc[n], pd.Series(whole.variances)
        np.testing.assert_allclose(ours, theirs[ours.index], atol=0.01 * whole.scale)


def test_bootstrap_is_seeded(fit):
    pd.testing.assert_frame_equal(bootstrap(fit, 4, 1).params, bootstrap(fit, 4, 1).params)
    assert not bootstrap(fit, 4, 1).params.equals(bootstrap(fit, 4, 2).params)


def test_percentile_intervals_by_hand():
    """Of 0 … 1000 in any order, 95 % lie between 25 and 975; a failed replicate counts nowhere."""
    values = np.append(np.random.default_rng(1).permutation(np.arange(1001.0)), np.nan)
    draws = Resamples(pd.DataFrame({"time": values, "z": -2 * values}), pd.DataFrame(), 1)
    assert draws.conf_int(0.05).to_numpy().tolist() == [[25, 975], [-1950, -50]]
    assert draws.conf_int(0.2).loc["time"].tolist() == [100, 900]
    found = draws.contrasts(np.array([[1.0, 1.0]]), alpha=0.2).iloc[0]  # −values
    assert found[["ci_low", "ci_high"]].tolist() == [-900, -100]
    assert found["se"] == pytest.approx(np.sqrt(1001 * 1002 / 12))
    assert draws.bse["z"] == pytest.approx(2 * found["se"])


def test_bootstrap_errors_are_near_model_errors(fit):
    replicates = bootstrap(fit, 200, seed=5)
    np.testing.assert_allclose(replicates.bse, fit.bse, rtol=0.6)
    interval = replicates.conf_int(0.05)
    assert np.all(interval[0] < fit.params) and np.all(fit.params < interval[1])
    same = replicates.contrasts(np.eye(len(fit.params)))
    np.testing.assert_allclose(same["ci_low"], interval[0])


def test_draws_that_lose_a_term_are_counted(cohort):
    only = (cohort["therapist_id"] == "T3").astype(float)
    fit = MixedModel.from_formula("y ~ time + only", cohort.assign(only=only), **GROUPING).fit()
    replicates = bootstrap(fit, 60, seed=1)
    assert 5 < replicates.failures < 45
    assert replicates.params.isna().any(axis=1).sum() == replicates.failures


def test_without_therapists_patients_are_drawn(cohort):
    model = MixedModel.from_formula("y ~ time * z", cohort, groups="patient_id", time="time")
    fit = model.fit()
    refits, influence = leave_one_out(fit)
    assert len(refits.params) == cohort["patient_id"].nunique()
    rest = cohort[cohort["patient_id"] != influence.index[4]]
    other = MixedModel.from_formula("y ~ time * z", rest, groups="patient_id", time="time").fit()
    assert (np.abs(refits.params.iloc[4] - other.params) / other.bse).max() < 1e-3


def test_two_therapists_are_left_out_in_turn():
    table = tiny_cohort(seed=6, n_patients=40, n_therapists=2)
    fit = MixedModel.from_formula("y ~ time", table, **GROUPING).fit()
    assert list(leave_one_out(fit)[1].index) == ["T0", "T1"]


def test_leave_one_out_is_the_fit_of_the_rest(cohort, fit):
    refits, influence = leave_one_out(fit)
    assert list(influence.index) == list(fit.model.design.rows.therapist_ids)
    for name in influence.index[:3]:
        rest = cohort[cohort["therapist_id"] != name]
        other = MixedModel.from_formula("y ~ time * z", rest, **GROUPING).fit()
        assert (np.abs(refits.params.loc[name] - other.params) / other.bse).max() < 1e-3
        change = fit.params - other.params
        distance = change @ np.linalg.inv(fit.covariance) @ change / 4
        assert influence.loc[name, "cook"] == pytest.approx(distance, rel=0.01, abs=1e-5)
        largest = (change / fit.bse).abs()
        assert influence.loc[name, "largest"] == pytest.approx(largest.max(), abs=2e-3)


def test_refits_leave_the_boundary():
    """A full fit with zero variance of therapists must not pin the refits there."""
    cohort = tiny_cohort(seed=21, n_patients=80, n_therapists=8)
    rng = np.random.default_rng(0)
    cohort["y"] = cohort["y"] - cohort.groupby("therapist_id")["y"].transform("mean")
    cohort["y"] += rng.normal(size=len(cohort))
    fit = MixedModel.from_formula("y ~ time * z", cohort, **GROUPING).fit()
    assert "therapist.intercept" in fit.certificate().boundary
    refits = bootstrap(fit, 60, seed=2).variances["therapist"]
    assert (refits > 1e-3).any()
    assert refits.min() >= 0


def test_variances_held_are_generalised_least_squares_of_the_rest(fit):
    held = leave_one_out(fit, most=0)[0].params
    design = fit.model.design.fixed_rows()
    outcome = fit.model.design.rows.outcome
    parts = []
    for which in clusters(fit):
        precision = np.linalg.inv(working_covariance(fit, which))
        x = design[which]
        parts.append((x.T @ precision @ x, x.T @ precision @ outcome[which]))
    for left_out in range(len(parts)):
        rest = [part for number, part in enumerate(parts) if number != left_out]
        information, products = (sum(each) for each in zip(*rest, strict=True))
        expected = np.linalg.solve(information, products)
        np.testing.assert_allclose(held.iloc[left_out], expected, rtol=1e-8)


def test_of_many_therapists_the_most_influential_are_refitted():
    table = tiny_cohort(seed=9, n_patients=240, n_therapists=40)
    fit = MixedModel.from_formula("y ~ time * z", table, **GROUPING).fit()
    whole, influence = leave_one_out(fit)
    some, close = leave_one_out(fit, most=10)
    same = (some.params == whole.params).all(axis=1)
    near = np.abs(some.params - whole.params) / fit.bse
    refitted = near.max(axis=1) < 1e-4
    assert refitted.sum() >= 10 and not refitted.all()
    assert set(influence["cook"].nlargest(5).index) <= set(refitted.index[refitted | same])
    assert near.max(axis=None) < 0.1
    assert close["cook"].corr(influence["cook"]) > 0.99
    assert list(close.index) == list(influence.index)


def test_a_term_of_one_therapist_is_reported_as_lost(cohort):
    only = (cohort["therapist_id"] == "T3").astype(float)
    fit = MixedModel.from_formula("y ~ time + only", cohort.assign(only=only), **GROUPING).fit()
    for most in (0, 1, 9):
        lost = leave_one_out(fit, most)[0].params.isna().any(axis=1)
        assert list(lost.index[lost]) == ["T3"]
