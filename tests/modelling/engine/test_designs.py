"""Versions of a fixed part evaluated and refitted together, against one at a time."""

import numpy as np
import pytest
from engine_data import tiny_cohort
from rupture_repair.modelling.engine.designs import evaluate
from rupture_repair.modelling.engine.deviance import Problem
from rupture_repair.modelling.engine.fixed import KroneckerPart
from rupture_repair.modelling.engine.model import MixedModel
from rupture_repair.modelling.engine.optimise import starting_values
from rupture_repair.modelling.engine.resampling import refit, refit_designs, refit_start

GROUPING = {"groups": ("therapist_id", "patient_id"), "time": "time"}
POWER = np.array([0, 1, 0, 1, 0, 1])
WHICH = np.array([0, 0, 1, 1, 2, 2])
VERSIONS = 5


@pytest.fixture(scope="module")
def model():
    cohort = tiny_cohort(seed=6, n_patients=70, n_therapists=9)
    return MixedModel.from_formula("y ~ time * z", cohort, **GROUPING)


@pytest.fixture(scope="module")
def covariates(model):
    """An intercept, a moderator and an indicator of each version, (B, 3, J)."""
    rng = np.random.default_rng(8)
    n = len(model.design.rows.patient_ids)
    shape = (VERSIONS, n)
    return np.stack([np.ones(shape), rng.normal(size=shape), rng.integers(2, size=shape)], axis=1)


def alone(designs, n):
    """The problem of one version."""
    problem = designs.problem
    part = KroneckerPart(designs.covariates[n], POWER, WHICH)
    return Problem(problem.sessions, part, problem.remainders, problem.structure, problem.reml)


@pytest.mark.parametrize("same", [True, False])
@pytest.mark.parametrize(
    "terms", [("correlated", "intercept"), ("independent", "correlated"), ("intercept", "none")]
)
def test_each_version_is_an_evaluation(model, covariates, terms, same):
    kinds = {"patient_terms": terms[0], "therapist_terms": terms[1]}
    designs = model.designs(covariates, POWER, WHICH, **kinds)
    theta = np.array(starting_values(alone(designs, 0), VERSIONS))
    theta[2, 0] = 0.0  # on the boundary
    theta = np.repeat(theta[:1], VERSIONS, axis=0) if same else theta
    found = evaluate(designs, theta)
    for n in range(VERSIONS):
        one = alone(designs, n).evaluate(theta[n])
        assert found.deviance[n] == pytest.approx(one.deviance, abs=1e-9)
        assert found.sigma2[n] == pytest.approx(one.sigma2)
        np.testing.assert_allclose(found.coefficients[n], one.solution.coefficients, atol=1e-9)
        np.testing.assert_allclose(found.unscaled[n], one.solution.unscaled, atol=1e-10)
        np.testing.assert_allclose(found.gradient[n], one.gradient, atol=1e-8)
        np.testing.assert_allclose(found.hessian[n], one.hessian, atol=1e-7)


def test_batched_refits_equal_single_refits(model, covariates):
    kinds = {"patient_terms": "correlated", "therapist_terms": "intercept"}
    designs = model.designs(covariates, POWER, WHICH, **kinds)
    start = refit_start(model.fit())
    coefficients, errors = refit_designs(designs, start)
    for n in range(VERSIONS):
        _, one = refit(alone(designs, n), start)
        np.testing.assert_allclose(coefficients[n], one.coefficients, atol=1e-5)
        np.testing.assert_allclose(
            errors[n], np.sqrt(one.sigma2 * np.diag(one.unscaled)), rtol=1e-4
        )


def test_a_version_with_a_lost_column_is_told_and_leaves_the_others_alone(model, covariates):
    kinds = {"patient_terms": "correlated", "therapist_terms": "intercept"}
    whole = model.designs(covariates, POWER, WHICH, **kinds)
    assert whole.independent().all()
    for lost in (0.0, 1.0):  # no column at all, and one like the intercept
        broken = covariates.copy()
        broken[3, 2] = lost
        designs = model.designs(broken, POWER, WHICH, **kinds)
        assert list(np.flatnonzero(~designs.independent())) == [3]
        start = refit_start(model.fit())
        coefficients, _ = refit_designs(designs, start)
        assert np.isnan(coefficients[3]).all()
        others = np.arange(VERSIONS) != 3
        expected, _ = refit_designs(whole, start)
        np.testing.assert_allclose(coefficients[others], expected[others], atol=1e-9)
