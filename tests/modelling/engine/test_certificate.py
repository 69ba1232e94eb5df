"""What passes as an optimum, and what each kind of evidence against it says."""

import dataclasses

import numpy as np
import pytest
from engine_data import tiny_cohort
from rupture_repair.modelling.engine.certificate import Certificate, CertificateError
from rupture_repair.modelling.engine.model import MixedModel
from rupture_repair.modelling.engine.second_engine import Agreement

SOUND = Certificate(
    starts=4,
    agreeing=4,
    spread=1e-9,
    scaled_gradient=1e-6,
    eigenvalues=[0.01, 0.3],
    lowest_curvature=0.02,
    boundary=["therapist.intercept"],
    rank=4,
    aliased=[],
    notes=[],
)


def changed(**evidence):
    return dataclasses.replace(SOUND, **evidence)


@pytest.mark.parametrize(
    "evidence",
    [
        {},
        {"starts": 1, "agreeing": 1},  # one start was asked for
        {"starts": 4, "agreeing": 2},
        {"scaled_gradient": 1e-3},
        {"lowest_curvature": -1e-7},  # rounding
        {"eigenvalues": []},  # nothing lies off the boundary
        {"eigenvalues": [1e-7]},
    ],
)
def test_a_sound_optimum_passes(evidence):
    certificate = changed(**evidence)
    assert certificate.passed
    assert certificate.failures == []
    certificate.require()


@pytest.mark.parametrize(
    ("evidence", "words"),
    [
        ({"agreeing": 1}, "only 1 of 4 starts"),
        ({"starts": 2, "agreeing": 1}, "only 1 of 2 starts"),
        ({"scaled_gradient": 2e-3}, "scaled gradient is 0.002"),
        ({"scaled_gradient": np.nan}, "scaled gradient is nan"),
        ({"lowest_curvature": -1e-5}, "curvature is negative"),
        ({"lowest_curvature": np.nan}, "curvature is negative"),
    ],
)
def test_points_off_the_optimum_fail(evidence, words):
    [error] = changed(**evidence).errors
    assert words in error
    with pytest.raises(CertificateError, match=words):
        changed(**evidence).require()


def test_a_flat_deviance_is_a_doubt_and_no_error():
    flat = changed(eigenvalues=[1e-9, 0.3])
    assert flat.errors == []
    assert "flat" in flat.doubts[0]
    assert not flat.passed
    assert flat.as_dict()["failing"] == [{"name": "flat"}]


def test_all_failures_are_named_at_once():
    with pytest.raises(CertificateError, match=r"starts.*gradient.*flat"):
        changed(agreeing=1, scaled_gradient=1.0, eigenvalues=[0.0]).require()


@pytest.mark.parametrize(
    ("llf", "own", "at_ours", "agrees"),
    [
        (-100.0, -100.0, -100.0, True),
        (-100.0, -103.0, -100.0, True),  # its optimiser stopped short
        (-100.0, -99.9, -100.0, False),  # ours did
        (-100.0, -100.0, -100.2, False),  # another likelihood
        (-100.0, -100.0, -99.8, False),
        (-100.0, np.nan, -100.0, False),
    ],
)
def test_two_engines_agree_on_the_likelihood_and_ours_is_not_below(llf, own, at_ours, agrees):
    assert Agreement("other", llf, own, at_ours).agrees is agrees


GROUPING = {"groups": ("therapist_id", "patient_id"), "time": "time"}


@pytest.mark.parametrize("reml", [True, False])
def test_the_scaled_gradient_squared_is_the_deviance_above_the_optimum(reml):
    """A step of one standard error of theta costs a deviance of 1, to second order."""
    table = tiny_cohort(seed=1, n_patients=90, n_therapists=12)
    fit = MixedModel.from_formula("y ~ time * z", table, **GROUPING).fit(reml)
    assert fit.certificate().boundary == []
    off = fit.evaluation.theta * np.array([1.01, 0.99, 1.01, 1.02])
    moved = dataclasses.replace(fit, evaluation=fit.problem.evaluate(off))
    above = moved.evaluation.deviance - fit.evaluation.deviance
    assert moved.certificate().scaled_gradient ** 2 == pytest.approx(above, rel=0.05)
    assert "scaled gradient" in moved.certificate().failures[0]


def test_curvatures_are_shares_of_that_by_the_residual_sd():
    """By log σ the deviance at its optimum has the curvature 4 × degrees of freedom."""
    table = tiny_cohort(seed=1, n_patients=90, n_therapists=12)
    fit = MixedModel.from_formula("y ~ time * z", table, **GROUPING).fit()
    dof, step = len(table) - 4, 1e-3

    def deviance(log_sigma):
        return dof * (2 * log_sigma + np.exp(-2 * log_sigma))

    curvature = (deviance(step) + deviance(-step) - 2 * deviance(0)) / step**2
    own = np.linalg.eigvalsh(fit.satterthwaite.profiled_hessian)
    assert fit.certificate().eigenvalues == pytest.approx(own / curvature, rel=1e-4)


def test_shares_of_curvature_do_not_grow_with_the_data():
    """All therapists twice: twice the information, in the same shape."""
    table = tiny_cohort(seed=6, n_patients=70, n_therapists=9)
    model = MixedModel.from_formula("y ~ time * z", table, **GROUPING)
    once, twice = (model.fit(reml=False, therapist_weights=np.full(9, n)) for n in (1.0, 2.0))
    assert twice.llf == pytest.approx(2 * once.llf)
    one, two = once.certificate(), twice.certificate()
    assert two.eigenvalues == pytest.approx(one.eigenvalues, rel=1e-3)
    assert two.lowest_curvature == pytest.approx(one.lowest_curvature, rel=1e-3)


def test_without_any_variance_off_the_boundary_there_is_nothing_to_curve():
    table = tiny_cohort(seed=4, n_patients=60, n_therapists=8)
    table["y"] -= table.groupby("patient_id")["y"].transform("mean")
    terms = {"patient_terms": "intercept", "therapist_terms": "none"}
    fit = MixedModel.from_formula("y ~ time", table, **GROUPING, **terms).fit()
    certificate = fit.certificate()
    assert fit.variances["patient"] == 0
    assert certificate.boundary == ["patient.intercept"]
    assert certificate.eigenvalues == []
    assert certificate.passed, certificate.failures
