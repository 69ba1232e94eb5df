"""Batched evaluations and refits against those of one at a time."""

import numpy as np
import pytest
from engine_data import tiny_cohort
from rupture_repair.modelling.engine import batched_newton, resampling
from rupture_repair.modelling.engine.batch import Batch
from rupture_repair.modelling.engine.batched_deviance import evaluate
from rupture_repair.modelling.engine.model import MixedModel
from rupture_repair.modelling.engine.optimise import (
    minimise,
    newton,
    starting_values,
    time_unit,
)

GROUPING = {"groups": ("therapist_id", "patient_id"), "time": "time"}
FORMULA = "y ~ time * pattern * z"


@pytest.fixture(scope="module")
def cohort():
    return tiny_cohort(seed=6, n_patients=70, n_therapists=9)


@pytest.mark.parametrize("reml", [True, False])
@pytest.mark.parametrize("weighted", [True, False])
@pytest.mark.parametrize(
    "terms", [("correlated", "intercept"), ("independent", "correlated"), ("intercept", "none")]
)
def test_each_member_is_an_evaluation(cohort, reml, weighted, terms):
    kinds = {"patient_terms": terms[0], "therapist_terms": terms[1]}
    model = MixedModel.from_formula(FORMULA, cohort, **GROUPING, **kinds)
    problem = model.problem(reml)
    theta = np.array(starting_values(problem, 3))
    theta[2, 0] = 0.0  # on the boundary
    counts = np.random.default_rng(4).multinomial(9, np.full(9, 1 / 9), size=3).astype(float)
    # residuals may be taken from any fixed effects
    batch = Batch.of(problem, np.linspace(-1, 3, len(model.design.terms)))
    found = evaluate(batch, theta, counts.T if weighted else None)
    for n in range(3):
        one = model.problem(reml, None, counts[n] if weighted else None).evaluate(theta[n])
        assert found.deviance[n] == pytest.approx(one.deviance, abs=1e-9)
        assert found.sigma2[n] == pytest.approx(one.sigma2)
        np.testing.assert_allclose(found.coefficients[n], one.solution.coefficients, atol=1e-9)
        np.testing.assert_allclose(found.gradient[n], one.gradient, atol=1e-8)
        np.testing.assert_allclose(found.hessian[n], one.hessian, atol=1e-7)


def test_an_unidentified_member_does_not_affect_the_batch(cohort):
    only = (cohort["therapist_id"] == "T3").astype(float)
    model = MixedModel.from_formula("y ~ time + only", cohort.assign(only=only), **GROUPING)
    problem = model.problem()
    theta = np.array(starting_values(problem, 2))
    weights = np.ones((9, 2))
    weights[list(model.design.rows.therapist_ids).index("T3"), 1] = 0.0
    found = evaluate(Batch.of(problem, np.zeros(3)), theta, weights)
    assert found.deviance[0] == pytest.approx(problem.evaluate(theta[0]).deviance)
    assert found.deviance[1] == np.inf


def test_other_fixed_parts_are_not_batched(cohort):
    problem = MixedModel.from_formula("y ~ time * z + mood", cohort, **GROUPING).problem()
    assert Batch.of(problem, np.zeros(5)) is None


def test_batched_starts_equal_single_starts(cohort):
    problem = MixedModel.from_formula(FORMULA, cohort, **GROUPING).problem()
    starts = starting_values(problem, 5)
    attempts, best = batched_newton.minimise_all(problem, starts)
    alone = [minimise(problem, start)[1].deviance for start in starts]
    assert best.deviance == pytest.approx(min(alone), abs=1e-8)
    assert [attempt.deviance for attempt in attempts] == pytest.approx(alone, abs=1e-6)
    assert all(attempt.converged for attempt in attempts)
    for start, attempt in zip(starts, attempts, strict=True):
        assert attempt.start is start


def test_starts_on_one_path_stop_early(cohort, monkeypatch):
    problem = MixedModel.from_formula(FORMULA, cohort, **GROUPING).problem()
    starts = starting_values(problem, 4)
    attempts, best = batched_newton.minimise_all(problem, starts)
    monkeypatch.setattr(batched_newton, "JOINED", 0.0)
    apart, same = batched_newton.minimise_all(problem, starts)
    assert best.deviance == pytest.approx(same.deviance, abs=1e-9)
    used, all_used = (sum(a.n_evaluations for a in found) for found in (attempts, apart))
    assert used <= all_used - 2
    # what is told of a start that stopped is what its next step reaches
    for attempt in attempts:
        assert problem.evaluate(attempt.theta).deviance == pytest.approx(attempt.deviance, abs=1e-6)


@pytest.mark.parametrize("reml", [True, False])
@pytest.mark.parametrize("seed", [6, 21])
def test_batched_steps_equal_single_steps(seed, reml):
    """The same trust region: from far off, too, a dozen evaluations lead to the optimum."""
    table = tiny_cohort(seed=seed, n_patients=70, n_therapists=9)
    problem = MixedModel.from_formula(FORMULA, table, **GROUPING).problem(reml)
    starts = starting_values(problem, 12)
    scale = time_unit(problem) ** problem.structure.time_powers()
    batch = Batch.of(problem, np.zeros(problem.fixed.n_columns))
    found = batched_newton.batched_newton(batch, np.array(starts), scale, 1e-7)
    alone = [newton(problem, start, scale, 1e-7) for start in starts]
    np.testing.assert_allclose(found.n_evaluations, [used for *_, used in alone], atol=1)
    assert found.n_evaluations.max() <= 15
    assert found.decrement.max() <= 1e-7
    assert np.ptp(found.deviance) < 1e-6
    for n, (end, decrement, _) in enumerate(alone):
        assert decrement <= 1e-7
        assert found.deviance[n] == pytest.approx(end.deviance, abs=1e-6)


@pytest.mark.parametrize("refit", ["bootstrap", "leave_one_out"])
def test_batched_refits_equal_single_refits(cohort, monkeypatch, refit):
    fit = MixedModel.from_formula(FORMULA, cohort, **GROUPING).fit()

    def refits():
        if refit == "bootstrap":
            return resampling.bootstrap(fit, 40, seed=3)
        return resampling.leave_one_out(fit)[0]

    together = refits()
    monkeypatch.setattr(resampling, "BATCH_SIZE", 7)
    sevens = refits()
    monkeypatch.setattr(resampling, "LARGE", 0)
    alone = refits()
    assert together.failures == alone.failures == sevens.failures
    for other in (sevens, alone):
        np.testing.assert_allclose(together.params, other.params, atol=1e-6)
        np.testing.assert_allclose(together.variances, other.variances, atol=1e-5)
