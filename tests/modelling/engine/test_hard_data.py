"""Data that are hard or impossible to fit."""

import numpy as np
import pytest
import statsmodels.formula.api as smf
from engine_data import tiny_cohort
from rupture_repair.modelling.engine.certificate import CertificateError
from rupture_repair.modelling.engine.design import ModelDataError
from rupture_repair.modelling.engine.deviance import SingularFixedPartError
from rupture_repair.modelling.engine.model import MixedModel
from rupture_repair.modelling.engine.second_engine import compare_engines

GROUPING = {"groups": ("therapist_id", "patient_id"), "time": "time"}


@pytest.fixture(scope="module")
def cohort():
    return tiny_cohort(seed=4, n_patients=60, n_therapists=8)


def fit(table, formula="y ~ time * z", reml=True, **terms):
    return MixedModel.from_formula(formula, table, **{**GROUPING, **terms}).fit(reml)


def test_aliased_terms_are_named_and_dropped(cohort):
    twice = cohort.assign(twin=cohort["z"] * 2 + 1)
    ours = fit(twice, "y ~ time * z + twin + time:twin")
    assert ours.model.design.aliased == ["twin", "time:twin"]
    assert ours.terms == ["Intercept", "time", "z", "time:z"]
    assert "twin" in ours.certificate().notes[0]
    assert "twin" in ours.summary()
    assert ours.llf == pytest.approx(fit(cohort).llf, abs=1e-8)
    np.testing.assert_allclose(ours.predict(twice), fit(cohort).predict(twice), atol=1e-8)


def test_a_category_without_patients(cohort):
    wider = cohort["pattern"].cat.add_categories("unseen")
    ours = fit(cohort.assign(pattern=wider), "y ~ time * pattern")
    assert [name for name in ours.model.design.aliased if "unseen" not in name] == []
    assert len(ours.model.design.aliased) == 2


@pytest.mark.parametrize("groups", ["patient_id", ("therapist_id", "patient_id")])
def test_without_therapists_their_variance_is_zero_and_noted(cohort, groups):
    table = cohort.assign(therapist_id="only")
    ours = MixedModel.from_formula("y ~ time * z", table, groups=groups, time="time").fit()
    assert ours.variances["therapist"] == 0
    assert any("fixed at 0" in note for note in ours.certificate().notes)
    peer = smf.mixedlm("y ~ time * z", table, groups="patient_id", re_formula="time").fit()
    agreement = compare_engines(ours, peer)
    assert agreement.agrees and agreement.shortfall == pytest.approx(0, abs=1e-4)


def test_two_therapists_have_a_variance(cohort):
    two = cohort[cohort["therapist_id"].isin(cohort["therapist_id"].unique()[:2])]
    model = MixedModel.from_formula("y ~ time", two, **GROUPING)
    assert model.structure.therapist == "intercept"
    assert model.notes == []


def test_a_column_that_vanishes_in_a_resample_is_reported(cohort):
    only = (cohort["therapist_id"] == "T3").astype(float)
    model = MixedModel.from_formula("y ~ time + only", cohort.assign(only=only), **GROUPING)
    without = (model.design.rows.therapist_ids != "T3").astype(float)
    with pytest.raises(SingularFixedPartError, match="a column of the fixed part vanishes"):
        model.fit(therapist_weights=without)


def test_missing_values_are_counted(cohort):
    holes = cohort.copy()
    holes.loc[[3, 5], "y"] = np.nan
    holes.loc[9, "z"] = np.nan
    ours = fit(holes)
    assert ours.model.design.dropped == 3
    assert "3 sessions" in ours.model.notes[0]
    assert ours.llf == pytest.approx(fit(holes.dropna()).llf, abs=1e-9)


def test_no_variance_between_patients():
    rng = np.random.default_rng(8)
    table = tiny_cohort(seed=8, n_patients=80, n_therapists=6)
    ours = fit(table.assign(y=rng.normal(size=len(table))))
    certificate = ours.certificate()
    assert certificate.passed, certificate.failures
    assert "therapist.intercept" in certificate.boundary or certificate.eigenvalues[0] > 0


@pytest.mark.parametrize("seed", range(8))
def test_slopes_vary_without_intercepts(seed):
    """Covariances are on the edge of being possible, or hardly told from it."""
    table = tiny_cohort(seed=seed, n_patients=150, n_therapists=6)
    slope = table["patient_id"].map(lambda name: np.sin(int(name[1:]) * 7.0))
    noise = np.random.default_rng(seed).normal(size=len(table))
    ours = fit(table.assign(y=3 * slope * table["time"] + noise))
    certificate = ours.certificate()
    assert certificate.passed, certificate.failures
    if "patient.intercept" in certificate.boundary:
        assert ours.variances["patient_covariance"] == 0
    if "patient.correlation" in certificate.boundary:
        between = ours.variances["patient_covariance"] ** 2
        assert between == pytest.approx(
            ours.variances["patient"] * ours.variances["patient_slope"], rel=1e-6
        )


def test_everyone_has_one_session():
    table = tiny_cohort(seed=2, n_patients=60, n_therapists=6).drop_duplicates("patient_id")
    ours = fit(table.assign(time=0.0), "y ~ z", patient_terms="intercept")
    # the patients' variance is the residual one: the sum is what the data say
    with pytest.raises(CertificateError, match="every patient has one rating"):
        ours.certificate().require()


@pytest.mark.parametrize("value", [0.0, 12.0, 1 / 3])
def test_a_constant_outcome_is_named(cohort, value):
    with pytest.raises(ModelDataError, match="all values of y are equal"):
        fit(cohort.assign(y=value))


def test_no_residual_variance(cohort):
    exact = cohort.assign(y=1 + 2 * cohort["time"])
    with pytest.raises(SingularFixedPartError, match="residual variance"):
        fit(exact)


def test_more_terms_than_sessions(cohort):
    few = cohort.groupby("patient_id").head(1).head(3)
    with pytest.raises(SingularFixedPartError, match="residual variance"):
        fit(few, "y ~ time * z")


def test_patient_with_two_therapists(cohort):
    wrong = cohort.copy()
    name = wrong["patient_id"].value_counts().index[0]
    wrong.loc[wrong["patient_id"].eq(name).idxmax(), "therapist_id"] = "another"
    with pytest.raises(ModelDataError, match=f"'{name}' has more than one"):
        fit(wrong)


def test_wrong_arguments_raise_a_clear_error(cohort):
    with pytest.raises(ModelDataError, match="'nobody' is missing"):
        fit(cohort, groups="nobody")
    with pytest.raises(ModelDataError, match="outcome ~ terms"):
        fit(cohort, "time * z")
    with pytest.raises(ModelDataError, match="infinite"):
        fit(cohort.assign(y=np.where(cohort["y"] > 12, np.inf, cohort["y"])))
    with pytest.raises(ModelDataError, match="no session"):
        fit(cohort.assign(y=np.nan))
    with pytest.raises(ModelDataError, match="'w' is not defined"):
        fit(cohort, "y ~ time * w")
    with pytest.raises(ValueError, match="patient_terms"):
        fit(cohort, patient_terms="free")
