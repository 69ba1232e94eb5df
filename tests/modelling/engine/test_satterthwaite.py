"""Degrees of freedom against their definition by numerical derivatives of dense matrices."""

import numpy as np
import patsy
import pytest
from engine_data import relative_covariance, tiny_cohort
from rupture_repair.modelling.engine.model import MixedModel
from rupture_repair.modelling.engine.satterthwaite import Satterthwaite, degrees_of_freedom

GROUPING = {"groups": ("therapist_id", "patient_id"), "time": "time"}
STEP = 1e-4


def dense(table, x, structure, theta, sigma, reml):
    """Deviance with only b profiled out, and the covariance of b, at theta and sigma."""
    y = table["y"].to_numpy()
    v = sigma**2 * relative_covariance(table, structure, theta)
    inverse = np.linalg.inv(v)
    covariance = np.linalg.inv(x.T @ inverse @ x)
    residual = y - x @ covariance @ x.T @ inverse @ y
    deviance = len(y) * np.log(2 * np.pi) + np.linalg.slogdet(v)[1]
    deviance += residual @ inverse @ residual
    if reml:
        deviance -= np.linalg.slogdet(covariance)[1] + x.shape[1] * np.log(2 * np.pi)
    return deviance, covariance


@pytest.mark.parametrize("reml", [True, False])
def test_df_are_the_definition(reml):
    table = tiny_cohort(seed=4, n_patients=45, n_therapists=8)
    fit = MixedModel.from_formula("y ~ time * z", table, **GROUPING).fit(reml)
    assert fit.certificate().boundary == []
    structure = fit.problem.structure
    x = np.asarray(patsy.dmatrix("time * z", table))
    best = np.append(fit.evaluation.theta, np.sqrt(fit.scale))

    def at(point):
        return dense(table, x, structure, point[:-1], point[-1], reml)

    moves = STEP * np.eye(len(best))
    signs = ((1, 1, 1), (1, -1, -1), (-1, 1, -1), (-1, -1, 1))
    hessian = np.array(
        [
            [sum(sign * at(best + s * a + t * b)[0] for s, t, sign in signs) for b in moves]
            for a in moves
        ]
    ) / (4 * STEP**2)
    jacobian = np.array([(at(best + a)[1] - at(best - a)[1]) / (2 * STEP) for a in moves])
    rows = np.vstack([np.eye(4), np.random.default_rng(1).normal(size=(3, 4))])
    expected = degrees_of_freedom(rows, at(best)[1], jacobian, 2 * np.linalg.inv(hessian))
    np.testing.assert_allclose(fit.contrasts(rows)["df"], expected, rtol=1e-3)


def test_df_from_stored_values():
    table = tiny_cohort(seed=4, n_patients=45, n_therapists=8)
    fit = MixedModel.from_formula("y ~ time * z", table, **GROUPING).fit()
    stored = fit.satterthwaite
    row = np.array([0.0, 1.0, 0.0, 2.0])
    again = degrees_of_freedom(row, fit.covariance, stored.jacobian, stored.parameter_covariance)
    assert again[0] == pytest.approx(fit.contrasts(row)["df"].iloc[0])


def test_balanced_data_have_their_textbook_df():
    """One mean per patient, no slopes: a between-patient effect has J − 2 df."""
    rng = np.random.default_rng(3)
    who = np.repeat(np.arange(20), 5)
    group = (np.arange(20) % 2)[who]
    y = rng.normal(size=20)[who] * 3 + rng.normal(size=100)
    table = tiny_cohort().iloc[:1].loc[[0] * 100].reset_index(drop=True)
    table = table.assign(patient_id=who, group=group, y=y, time=np.tile(np.arange(5.0), 20))
    model = MixedModel.from_formula(
        "y ~ group + time", table, groups="patient_id", time="time", patient_terms="intercept"
    )
    df = model.fit().df
    assert df["group"] == pytest.approx(18, rel=1e-4)
    assert df["time"] == pytest.approx(79, rel=1e-4)


@pytest.mark.parametrize("unit", [1e-6, 1, 1e6])
def test_directions_without_information_are_left_out_in_any_unit(tiny, unit):
    fit = MixedModel.from_formula("y ~ time * z", tiny, **GROUPING).fit()
    curved = Satterthwaite(fit.problem, fit.evaluation)
    turn = np.linalg.qr(np.random.default_rng(1).normal(size=(4, 4)))[0]
    curved.__dict__["hessian"] = turn @ np.diag(unit * np.array([8.0, 2.0, 1.0, 1e-11])) @ turn.T
    values = np.linalg.eigvalsh(curved.parameter_covariance) * unit
    np.testing.assert_allclose(values, [0, 0.25, 1, 2], atol=1e-4)
