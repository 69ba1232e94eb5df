"""Fits: invariances, second engine, prediction, starts."""

import warnings

import numpy as np
import pandas as pd
import patsy
import pytest
import statsmodels.formula.api as smf
from engine_data import duplicated, relative_covariance, tiny_cohort
from rupture_repair.modelling.engine import model as model_module
from rupture_repair.modelling.engine.model import MixedModel
from rupture_repair.modelling.engine.optimise import Attempt
from rupture_repair.modelling.engine.second_engine import compare_engines

GROUPING = {"groups": ("therapist_id", "patient_id"), "time": "time"}


@pytest.fixture(scope="module")
def cohort():
    return tiny_cohort(seed=4, n_patients=60, n_therapists=8)


def fit(table, formula="y ~ time * z", reml=True, **terms):
    return MixedModel.from_formula(formula, table, **{**GROUPING, **terms}).fit(reml)


def same_inference(ours, other):
    np.testing.assert_allclose(ours.tvalues, other.tvalues, rtol=2e-5, atol=1e-6)
    np.testing.assert_allclose(ours.df, other.df, rtol=1e-3)
    np.testing.assert_allclose(ours.pvalues, other.pvalues, rtol=1e-3, atol=1e-12)


class TestInvariance:
    def test_order_of_rows(self, cohort):
        shuffled = cohort.sample(frac=1, random_state=7)
        assert fit(shuffled).llf == pytest.approx(fit(cohort).llf, abs=1e-8)
        same_inference(fit(shuffled), fit(cohort))

    def test_names_of_patients_and_therapists(self, cohort):
        renamed = cohort.assign(
            patient_id=cohort["patient_id"].astype(str).str[::-1],
            therapist_id=cohort["therapist_id"].str[::-1],
        )
        same_inference(fit(renamed), fit(cohort))

    @pytest.mark.parametrize("scale", [1e-6, 1e6])
    def test_scale_of_the_outcome(self, cohort, scale):
        ours, other = fit(cohort), fit(cohort.assign(y=cohort["y"] * scale))
        same_inference(other, ours)
        assert other.certificate().passed
        assert other.certificate().boundary == ours.certificate().boundary
        assert other.variances["patient"] == pytest.approx(
            ours.variances["patient"] * scale**2, rel=1e-4
        )
        change = -(len(cohort) - len(ours.params)) * np.log(scale)
        assert other.llf - ours.llf == pytest.approx(change, abs=1e-6)

    def test_level_of_the_outcome(self, cohort):
        moved = fit(cohort.assign(y=cohort["y"] + 1e6))
        ours = fit(cohort)
        assert moved.llf == pytest.approx(ours.llf, abs=1e-6)
        np.testing.assert_allclose(moved.params.iloc[1:], ours.params.iloc[1:], atol=1e-6)
        assert moved.params["Intercept"] == pytest.approx(ours.params["Intercept"] + 1e6)

    @pytest.mark.parametrize("reml", [True, False])
    def test_zero_of_time_with_correlated_terms(self, cohort, reml):
        moved = cohort.assign(time=cohort["time"] + 3)
        ours, other = fit(cohort, reml=reml), fit(moved, reml=reml)
        assert other.llf == pytest.approx(ours.llf, abs=1e-6)
        slopes = [term for term in ours.terms if "time" in term]
        np.testing.assert_allclose(other.tvalues[slopes], ours.tvalues[slopes], rtol=1e-4)

    def test_zero_of_time_matters_with_independent_terms(self, cohort):
        moved = cohort.assign(time=cohort["time"] + 3)
        here, there = (fit(t, patient_terms="independent").llf for t in (cohort, moved))
        assert abs(here - there) > 0.01

    @pytest.mark.parametrize("unit", [1e-3, 365.25])
    def test_unit_of_time(self, cohort, unit):
        other = fit(cohort.assign(time=cohort["time"] * unit))
        same_inference(other, fit(cohort))
        assert other.certificate().boundary == fit(cohort).certificate().boundary


def test_weighted_fit_is_the_fit_of_duplicates(cohort):
    model = MixedModel.from_formula("y ~ time * z", cohort, **GROUPING)
    ids = model.design.rows.therapist_ids
    weights = np.array([3, 1, 0, 2, 1, 1, 2, 1])
    weighted = model.fit(therapist_weights=weights.astype(float))
    copies = duplicated(
        cohort[cohort["therapist_id"] != ids[2]], therapists=dict(zip(ids, weights, strict=True))
    )
    same_inference(weighted, fit(copies))
    assert weighted.llf == pytest.approx(fit(copies).llf, abs=1e-7)


@pytest.mark.parametrize("reml", [True, False])
@pytest.mark.parametrize("terms", ["independent", "intercept"])
def test_statsmodels_agrees_where_it_can_say_the_model(cohort, terms, reml):
    ours = fit(cohort, reml=reml, patient_terms=terms)
    components = {"patient": "0 + C(patient_id)", "patient_slope": "0 + C(patient_id):time"}
    if terms == "intercept":
        del components["patient_slope"]
    peer = smf.mixedlm(
        "y ~ time * z", cohort, groups="therapist_id", re_formula="1", vc_formula=components
    )
    with warnings.catch_warnings(action="ignore"):
        peer = peer.fit(reml=reml, method=["powell", "lbfgs"])
    agreement = compare_engines(ours, peer)
    assert agreement.agrees, agreement
    assert agreement.shortfall == pytest.approx(0, abs=1e-4)
    assert agreement.peer_at_ours == pytest.approx(ours.llf, abs=1e-8)
    assert ours.certificate().passed and agreement.agrees
    np.testing.assert_allclose(ours.params, peer.fe_params, atol=2e-3)
    # standard errors are compared with lme4: MixedLM inverts the observed information of fixed
    # effects and variances together, which adds a few per cent


@pytest.mark.parametrize("optimiser", ["bfgs", "powell"])
def test_second_engine_on_the_boundary(optimiser):
    """The likelihoods are the same function even where the peer's optimiser stops short."""
    table = tiny_cohort(seed=21, n_patients=80, n_therapists=8)
    table["y"] = table["y"] - table.groupby("therapist_id")["y"].transform("mean")
    ours = fit(table, patient_terms="independent")
    assert ours.variances["therapist"] == 0
    agreement = compare_engines(ours, mixedlm(table, True, optimiser))
    assert agreement.agrees, agreement
    assert agreement.shortfall > -1e-6


def mixedlm(table, reml, optimiser="powell"):
    components = {"patient": "0 + C(patient_id)", "patient_slope": "0 + C(patient_id):time"}
    model = smf.mixedlm(
        "y ~ time * z", table, groups="therapist_id", re_formula="1", vc_formula=components
    )
    with warnings.catch_warnings(action="ignore"):
        return model.fit(reml=reml, method=optimiser)


def test_engines_with_other_data_disagree(cohort):
    other = cohort.assign(y=cohort["y"] + 0.01 * cohort["mood"])
    ours = fit(cohort, patient_terms="independent")
    assert not compare_engines(ours, mixedlm(other, True)).agrees


def test_engines_of_different_models_are_not_compared(cohort):
    peer = mixedlm(cohort, False)
    with pytest.raises(ValueError, match="correlated"):
        compare_engines(fit(cohort), peer)
    with pytest.raises(ValueError, match="REML"):
        compare_engines(fit(cohort, patient_terms="independent"), peer)
    with pytest.raises(ValueError, match="variance components"):
        compare_engines(fit(cohort, reml=False, patient_terms="intercept"), peer)
    with pytest.raises(ValueError, match="fixed effects"):
        compare_engines(fit(cohort, "y ~ time", False, patient_terms="independent"), peer)


class TestPrediction:
    def test_random_effects_are_blups(self, cohort):
        ours = fit(cohort)
        v = relative_covariance(cohort, ours.problem.structure, ours.evaluation.theta)
        x = np.asarray(patsy.dmatrix("time * z", cohort))
        residual = np.linalg.solve(v, cohort["y"].to_numpy() - x @ ours.params.to_numpy())
        # e is what V⁻¹(y − Xb) is: y − Xb − Zu
        np.testing.assert_allclose(ours.resid[cohort.index], residual, atol=1e-7)

    def test_new_data(self, cohort):
        ours = fit(cohort, "y ~ time * pattern * z")
        np.testing.assert_allclose(ours.predict(cohort), ours.predict()[cohort.index], atol=1e-8)
        np.testing.assert_allclose(
            ours.predict(cohort, random=True), ours.fittedvalues[cohort.index], atol=1e-8
        )
        one = cohort.iloc[[0]].assign(patient_id="new", therapist_id="new")
        np.testing.assert_allclose(ours.predict(one, random=True), ours.predict(one))

    def test_general_design(self, cohort):
        ours = fit(cohort, "y ~ time * z + mood")
        np.testing.assert_allclose(ours.predict(cohort), ours.predict()[cohort.index], atol=1e-8)
        x = np.asarray(patsy.dmatrix("time * z + mood", cohort.loc[ours.model.design.rows.kept]))
        np.testing.assert_allclose(ours.model.design.fixed_rows(), x, atol=1e-9)

    def test_variances_of_the_parts(self, cohort):
        ours = fit(cohort, therapist_terms="correlated")
        z = np.column_stack([np.ones(len(cohort)), cohort["time"]])
        both = sum(m.to_numpy() for m in ours.random_covariances.values())
        expected = np.einsum("na,ab,nb->n", z, both, z).mean()
        assert ours.random_variance == pytest.approx(expected)
        assert ours.fixed_variance == pytest.approx(np.var(ours.predict(cohort), ddof=1))


class TestStarts:
    def test_more_are_tried_as_long_as_the_best_optimum_was_found_once(self, cohort, monkeypatch):
        model = MixedModel.from_formula("y ~ time", cohort, **GROUPING)
        assert len(model.fit().attempts) == 4
        monkeypatch.setattr(model_module, "confirmed", lambda attempts: len(attempts) > 4)
        assert len(model.fit().attempts) == 8
        monkeypatch.setattr(model_module, "confirmed", lambda attempts: False)
        assert len(model.fit().attempts) == 16
        assert len(model.fit(n_starts=1).attempts) == 1  # then nobody asked for a second opinion
        starts = [attempt.start for attempt in model.fit().attempts]
        assert len({tuple(start) for start in starts}) == 16

    def test_the_least_deviance_of_all_is_the_fit(self, cohort, monkeypatch):
        def go_nowhere(problem, starts):
            ends = [problem.evaluate(start) for start in starts]
            tried = [
                Attempt(s, s, e.deviance, 1.0, 1, False) for s, e in zip(starts, ends, strict=True)
            ]
            return tried, min(ends, key=lambda end: end.deviance)

        monkeypatch.setattr(model_module, "minimise_all", go_nowhere)
        monkeypatch.setattr(model_module, "confirmed", lambda attempts: False)
        ours = MixedModel.from_formula("y ~ time", cohort, **GROUPING).fit()
        assert ours.evaluation.deviance == min(attempt.deviance for attempt in ours.attempts)
        assert not ours.certificate().passed


def test_formulas_beyond_lines_in_time(cohort):
    """Transformations of the outcome, stateful encodings and powers of time are understood."""
    cohort = cohort.assign(
        y=cohort["y"] - cohort["y"].min() + 1,
        label=cohort["pattern"].astype("str"),
        session=cohort["time"].round(),
    )
    for formula in (
        "np.log(y) ~ center(time) * z",
        "y ~ time + I(time**2)",
        "y ~ C(pattern) + time",
        "y ~ time * I(z - z.mean())",
        "y ~ time * C(label)",
        "y ~ C(time > 1) + C(session)",
    ):
        ours = fit(cohort, formula)
        rows = cohort.loc[ours.model.design.rows.kept]
        x = patsy.dmatrix(formula.split("~")[1], rows)
        np.testing.assert_allclose(ours.model.design.fixed_rows(), np.asarray(x), atol=1e-9)
        np.testing.assert_allclose(ours.predict(rows), ours.predict(), atol=1e-8)


def test_results_are_named_as_in_statsmodels(cohort):
    ours = fit(cohort)
    for name in ("params", "bse", "tvalues", "pvalues", "df"):
        assert list(getattr(ours, name).index) == ours.terms
    assert ours.conf_int().shape == (4, 2)
    assert np.all(ours.conf_int()[0] < ours.params)
    assert ours.cov_params().loc["time", "time"] == pytest.approx(ours.bse["time"] ** 2)
    unit = ours.contrasts(np.eye(4))
    np.testing.assert_allclose(unit["p"], ours.pvalues)
    np.testing.assert_allclose(unit[["ci_low", "ci_high"]], ours.conf_int())
    text = ours.summary()
    assert all(term in text for term in ours.terms)
    assert isinstance(ours.random_effects["patient"], pd.DataFrame)
