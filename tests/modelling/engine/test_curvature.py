"""The closed form of the curvature against differences of the gradient."""

import numpy as np
import pytest
from engine_data import tiny_cohort
from rupture_repair.modelling.engine.curvature import profiled, second_derivatives
from rupture_repair.modelling.engine.model import MixedModel
from rupture_repair.modelling.engine.satterthwaite import Satterthwaite

GROUPING = {"groups": ("therapist_id", "patient_id"), "time": "time"}
STEP = 1e-5
TERMS = [
    ("correlated", "intercept"),
    ("independent", "none"),
    ("intercept", "intercept"),
    ("correlated", "correlated"),
]


def by_differences(problem, theta, steps, slope):
    """Return ∂slope/∂theta by central differences."""
    moves = np.diag(steps)
    return np.array([(slope(theta + a) - slope(theta - a)) / (2 * a.sum()) for a in moves])


@pytest.mark.parametrize("reml", [True, False])
@pytest.mark.parametrize("formula", ["y ~ time * z", "y ~ time * z + mood"])
@pytest.mark.parametrize("terms", TERMS)
@pytest.mark.parametrize("weighted", [False, True])
def test_second_derivatives_are_those_of_the_deviance(reml, formula, terms, weighted):
    """Away from the optimum, too, and where patients and therapists are there several times."""
    patient, therapist = terms
    table = tiny_cohort(seed=4, n_patients=45, n_therapists=8)
    model = MixedModel.from_formula(
        formula, table, **GROUPING, patient_terms=patient, therapist_terms=therapist
    )
    weights = {}
    if weighted:
        rng = np.random.default_rng(2)
        weights = {
            "patient_weights": rng.integers(1, 4, 45).astype(float),
            "therapist_weights": rng.integers(1, 3, 8).astype(float),
        }
    problem = model.problem(reml, *weights.values())
    theta = 0.3 + 0.4 * np.arange(1, len(problem.structure.entries) + 1)
    steps = STEP * theta
    at = problem.evaluate(theta)

    def gradient(point):
        return problem.evaluate(point).gradient

    expected = by_differences(problem, theta, steps, gradient)
    scale = np.sqrt(np.abs(np.diag(expected)))
    tolerance = 1e-6 * np.outer(scale, scale).max()
    np.testing.assert_allclose(profiled(problem, at), expected, rtol=1e-5, atol=tolerance)

    def with_sigma_held(point):
        there = problem.evaluate(point)
        slope = (there.precision - there.products / at.sigma2)[problem.structure.levels]
        return np.einsum("iab,iab->i", slope, problem.structure.directions(point))

    curvature = Satterthwaite(problem, at)
    held = second_derivatives(problem, at, curvature.fixed_scores, curvature.fixed_products)
    expected = by_differences(problem, theta, steps, with_sigma_held)
    np.testing.assert_allclose(held, expected, rtol=1e-5, atol=tolerance)


def test_variances_without_therapists_do_not_ask_who_they_are():
    table = tiny_cohort(seed=4, n_patients=45, n_therapists=8)
    apart = MixedModel.from_formula("y ~ time * z", table, **GROUPING, therapist_terms="none")
    one = MixedModel.from_formula(
        "y ~ time * z", table.assign(therapist_id="all"), **GROUPING, therapist_terms="none"
    )
    theta = np.array([1.5, 0.1, 0.7])
    found = [profiled(model.problem(), model.problem().evaluate(theta)) for model in (apart, one)]
    np.testing.assert_allclose(found[0], found[1], rtol=1e-9)
