"""Standardised residuals and random effects against their definition on whole matrices."""

import numpy as np
import patsy
import pytest
from engine_data import relative_covariance, tiny_cohort
from rupture_repair.modelling.engine.model import MixedModel
from rupture_repair.modelling.engine.residuals import standardised_effects, standardised_residuals


@pytest.fixture(scope="module", params=[("therapist_id", 7), ("therapist_id", 2), (None, 7)])
def case(request):
    """A table, its fit, and P = V⁻¹ − V⁻¹X(X'V⁻¹X)⁻¹X'V⁻¹ of all sessions."""
    therapist, n_therapists = request.param
    table = tiny_cohort(seed=5, n_patients=40, n_therapists=n_therapists)
    table["y"] += 5 * (table["therapist_id"] == "T1")
    groups = (therapist, "patient_id") if therapist else "patient_id"
    model = MixedModel.from_formula("y ~ time * z", table, groups=groups, time="time")
    fit = model.fit()
    own = table if therapist else table.drop(columns="therapist_id")
    v = fit.scale * relative_covariance(own, fit.problem.structure, fit.evaluation.theta)
    x = np.asarray(patsy.dmatrix("time * z", table))
    inverse = np.linalg.inv(v)
    p = inverse - inverse @ x @ np.linalg.inv(x.T @ inverse @ x) @ x.T @ inverse
    return table, fit, p


def test_residuals_by_their_own_standard_deviation(case):
    table, fit, p = case
    expected = p @ table["y"].to_numpy() / np.sqrt(np.diag(p))  # σ² cancels
    np.testing.assert_allclose(standardised_residuals(fit), expected, rtol=1e-6, atol=1e-8)


@pytest.mark.parametrize("level", ["patient", "therapist"])
def test_random_effects_by_their_own_standard_deviation(case, level):
    table, fit, p = case
    found = standardised_effects(fit)[level]
    if fit.random_covariances[level].to_numpy().max() == 0:
        assert found.isna().all().all()
        return
    g = fit.random_covariances[level].to_numpy()
    for name, scaled in found.iterrows():
        z = np.column_stack([np.ones(len(table)), table["time"]])
        z = z * (table[f"{level}_id"] == name).to_numpy()[:, None]
        effects = g @ z.T @ p @ table["y"].to_numpy()
        spread = np.sqrt(np.diag(g @ z.T @ p @ z @ g))
        known = ~np.isnan(scaled.to_numpy())
        expected = effects[known] / spread[known]
        np.testing.assert_allclose(scaled[known], expected, rtol=1e-5, atol=1e-7)
        assert known.tolist() == [True, level == "patient"]


@pytest.mark.parametrize("unit", [1e-6, 1e6])
def test_the_unit_of_the_outcome_is_immaterial(case, unit):
    table, fit, _ = case
    scaled = table.assign(y=table["y"] * unit)
    groups = fit.model.groups
    other = MixedModel.from_formula("y ~ time * z", scaled, groups=groups, time="time").fit()
    np.testing.assert_allclose(
        standardised_residuals(other), standardised_residuals(fit), rtol=1e-3, atol=1e-4
    )
    ours, theirs = standardised_effects(fit), standardised_effects(other)
    for level, effects in ours.items():
        np.testing.assert_allclose(theirs[level], effects, rtol=1e-3, atol=1e-4)
