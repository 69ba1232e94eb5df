"""The profiled deviance against dense matrices, and its derivatives against differences."""

import itertools

import numpy as np
import patsy
import pytest
from engine_data import deviance, duplicated, relative_covariance
from rupture_repair.modelling.engine.fixed import GeneralPart, KroneckerPart
from rupture_repair.modelling.engine.model import MixedModel
from rupture_repair.modelling.engine.structure import PATIENT_TERMS, THERAPIST_TERMS

GROUPING = {"groups": ("therapist_id", "patient_id"), "time": "time"}
STRUCTURES = list(itertools.product(PATIENT_TERMS, THERAPIST_TERMS))
# columns constant or proportional to time within patients; any columns
FORMULAS = {"y ~ time * pattern + time * z": KroneckerPart, "y ~ time * z + mood": GeneralPart}


def some_theta(structure, seed=3):
    rng = np.random.default_rng(seed)
    return rng.uniform(0.2, 1.5, len(structure.entries)) * np.where(structure.diagonal, 1, -0.5)


@pytest.mark.parametrize("reml", [True, False])
@pytest.mark.parametrize("formula", FORMULAS)
@pytest.mark.parametrize(("patient", "therapist"), STRUCTURES)
def test_deviance_equals_dense_matrices(tiny, formula, patient, therapist, reml):
    model = MixedModel.from_formula(
        formula, tiny, **GROUPING, patient_terms=patient, therapist_terms=therapist
    )
    assert isinstance(model.design.fixed, FORMULAS[formula])
    theta = some_theta(model.structure)
    x = np.asarray(patsy.dmatrix(formula.split("~")[1], tiny))
    v = relative_covariance(tiny, model.structure, theta)
    expected = deviance(tiny["y"].to_numpy(), x, v, reml)
    assert model.problem(reml).evaluate(theta).deviance == pytest.approx(expected, abs=1e-8)


@pytest.mark.parametrize("reml", [True, False])
@pytest.mark.parametrize("formula", FORMULAS)
@pytest.mark.parametrize(("patient", "therapist"), STRUCTURES)
def test_gradient_is_the_difference_quotient(tiny, formula, patient, therapist, reml):
    model = MixedModel.from_formula(
        formula, tiny, **GROUPING, patient_terms=patient, therapist_terms=therapist
    )
    rng = np.random.default_rng(0)
    problem = model.problem(
        reml,
        patient_weights=rng.uniform(0.5, 2, model.design.sessions.n_patients),
        therapist_weights=rng.uniform(0.5, 2, model.design.sessions.n_therapists),
    )
    theta, step = some_theta(model.structure), 1e-5
    numeric = [
        (problem.evaluate(theta + move).deviance - problem.evaluate(theta - move).deviance)
        / (2 * step)
        for move in step * np.eye(len(theta))
    ]
    np.testing.assert_allclose(problem.evaluate(theta).gradient, numeric, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("formula", FORMULAS)
@pytest.mark.parametrize("reml", [True, False])
def test_weights_are_multiplicities(tiny, formula, reml):
    model = MixedModel.from_formula(formula, tiny, **GROUPING, therapist_terms="correlated")
    rows = model.design.rows
    therapists = dict(zip(rows.therapist_ids, [2, 1, 3, 1], strict=True))
    patients = {name: 1 + n % 2 for n, name in enumerate(rows.patient_ids)}
    problem = model.problem(
        reml,
        patient_weights=np.array([patients[name] for name in rows.patient_ids], dtype=float),
        therapist_weights=np.array([therapists[name] for name in rows.therapist_ids], dtype=float),
    )
    copied = duplicated(tiny, patients, therapists)
    theta = some_theta(model.structure)
    whole = MixedModel.from_formula(formula, copied, **GROUPING, therapist_terms="correlated")
    there = whole.problem(reml).evaluate(theta)
    here = problem.evaluate(theta)
    assert here.deviance == pytest.approx(there.deviance, abs=1e-8)
    np.testing.assert_allclose(here.gradient, there.gradient, atol=1e-7)
    np.testing.assert_allclose(here.hessian, there.hessian, atol=1e-7)
    np.testing.assert_allclose(here.solution.coefficients, there.solution.coefficients, atol=1e-9)
    np.testing.assert_allclose(here.solution.unscaled, there.solution.unscaled, atol=1e-9)


def test_weight_zero_leaves_a_therapist_out(tiny):
    model = MixedModel.from_formula("y ~ time * z", tiny, **GROUPING)
    ids = model.design.rows.therapist_ids
    weights = (ids != ids[1]).astype(float)
    rest = MixedModel.from_formula("y ~ time * z", tiny[tiny["therapist_id"] != ids[1]], **GROUPING)
    theta = some_theta(model.structure)
    without = model.problem(True, therapist_weights=weights).evaluate(theta)
    assert without.deviance == pytest.approx(rest.problem(True).evaluate(theta).deviance, abs=1e-8)


def test_both_forms_of_the_fixed_part_agree(tiny):
    model = MixedModel.from_formula("y ~ time * pattern * z", tiny, **GROUPING)
    part = model.design.fixed
    general = GeneralPart(
        np.ascontiguousarray(part.predict(np.eye(part.n_columns)).transpose(1, 0, 2))
    )
    rng = np.random.default_rng(5)
    sessions = model.design.sessions.reweighted(
        rng.uniform(0.5, 2, len(model.design.sessions.therapist)),
        rng.uniform(0.5, 2, len(model.design.sessions.starts)),
    )
    weight = np.abs(rng.normal(size=(3, sessions.n_patients)))
    for left, right in zip(
        part.accumulate(weight, sessions), general.accumulate(weight, sessions), strict=True
    ):
        np.testing.assert_allclose(left, right, atol=1e-10)
    covariance = np.cov(rng.normal(size=(part.n_columns, 50)))
    shift = rng.normal(size=(2, part.n_columns, sessions.n_therapists))
    np.testing.assert_allclose(
        part.quadratic(covariance, shift, sessions.therapist),
        general.quadratic(covariance, shift, sessions.therapist),
        atol=1e-9,
    )
    values = rng.normal(size=(3, 2, sessions.n_patients))
    np.testing.assert_allclose(part.moments(values), general.moments(values), atol=1e-10)


def test_cost_does_not_depend_on_sessions(tiny):
    """Statistics are per patient: ten times the sessions give arrays of the same size."""
    more = MixedModel.from_formula("y ~ time * z", tiny.loc[tiny.index.repeat(10)], **GROUPING)
    once = MixedModel.from_formula("y ~ time * z", tiny, **GROUPING)
    assert more.design.sessions.information.shape == once.design.sessions.information.shape
    assert more.design.fixed.covariates.shape == once.design.fixed.covariates.shape
