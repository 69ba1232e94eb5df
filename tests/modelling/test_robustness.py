"""Headline terms by model, CR2 and bootstrap; therapists left out one by one."""

import json

import numpy as np
import pandas as pd
import pytest
from rupture_repair.cohort.therapists import NOT_RECORDED
from rupture_repair.config.analysis import Robustness
from rupture_repair.config.steps.modelling import RobustnessSettings
from rupture_repair.modelling import robustness as module
from rupture_repair.modelling.effects import fixed_effects
from rupture_repair.modelling.engine import MixedModel, Resamples, bootstrap, cluster_robust
from rupture_repair.modelling.fit import Fit, estimate, plain_term
from rupture_repair.modelling.formulas import KEY_TERMS
from rupture_repair.modelling.headline import by_therapist, headline_fits
from rupture_repair.modelling.robustness import influence, robustness, without_identity

SETTINGS = RobustnessSettings(
    confidence=0.9,
    robustness=Robustness(replicates=50, seed=3),
)
(KEY,) = KEY_TERMS["M2"]


@pytest.fixture(scope="module")
def fit(reference_table):
    return {"M2": estimate(reference_table, "M2", reml=True, patient_terms="correlated")}


@pytest.fixture(scope="module")
def found(fit, reference_table):
    return robustness(fit, reference_table, SETTINGS)


def test_every_headline_term_by_every_method(found):
    terms = ["time:pattern[unrepaired]:iip_z", KEY]
    methods = ["model", "cr2", "bootstrap"]
    expected = [(term, method) for term in terms for method in methods]
    assert list(zip(found["term"], found["method"], strict=True)) == expected
    assert found.groupby("term")["estimate"].nunique().tolist() == [1, 1]


def test_the_headline_models_are_those_that_were_stored_and_not_searched_again(
    monkeypatch, reference_table, fits
):
    def search(*args, **kwargs):
        raise AssertionError("a stored fit is searched again")

    monkeypatch.setattr(MixedModel, "fit", search)
    stored = [Fit(**json.loads(json.dumps(fits["REML"][m].as_dict()))) for m in ("M0", "M3", "M2")]
    found = headline_fits(stored, reference_table)
    assert list(found) == ["M3", "M2"]
    for model, fit in found.items():
        expected = fits["REML"][model]
        assert fit.llf == expected.llf
        assert fit.params.tolist() == expected.estimates
        assert fit.covariance.tolist() == expected.covariance
        assert fit.variances == expected.variances
        assert fit.satterthwaite.jacobian.tolist() == expected.jacobian
        again = fit.certificate()
        assert again.passed and again.starts == 0
        assert again.eigenvalues == expected.certificate["eigenvalues"]


def test_two_therapists_are_independent_units_and_one_is_not(reference_table):
    two = reference_table.assign(therapist_id=pd.factorize(reference_table["patient_id"])[0] % 2)
    for table, expected in ((two, True), (two.assign(therapist_id=0), False)):
        found = estimate(table, "M0", reml=True, patient_terms="intercept")
        assert by_therapist(found) is expected


def test_the_model_rows_are_those_of_the_fixed_effects(found, fits):
    whole = fixed_effects([fits["REML"]["M2"]], 0.9).set_index("term")
    own = found[found["method"] == "model"].set_index("term")
    for column in ("estimate", "se", "df", "p", "ci_low", "ci_high"):
        np.testing.assert_allclose(own[column], whole.loc[own.index, column], rtol=1e-5)


def test_the_robust_rows_are_those_of_the_sandwich(found, fit):
    sandwich = cluster_robust(fit["M2"])
    own = found[found["method"] == "cr2"].set_index("term")
    for name, se, df in zip(sandwich.params.index, sandwich.bse, sandwich.df, strict=True):
        if plain_term(name) in own.index:
            assert own.loc[plain_term(name), "se"] == pytest.approx(se)
            assert own.loc[plain_term(name), "df"] == pytest.approx(df)


def test_the_bootstrap_rows_follow_from_the_replicates(found, fit):
    draws = bootstrap(fit["M2"], 50, 3).params
    own = found[found["method"] == "bootstrap"].set_index("term")
    for name in draws:
        if plain_term(name) not in own.index:
            continue
        row, values = own.loc[plain_term(name)], draws[name]
        assert row["se"] == pytest.approx(values.std(ddof=1))
        assert [row["ci_low"], row["ci_high"]] == pytest.approx(values.quantile([0.05, 0.95]))
        side = min((values < 0).sum(), (values > 0).sum())
        assert row["p"] == pytest.approx(min(1, 2 * (1 + side) / 51))
        assert np.isnan(row["df"]) and np.isnan(row["statistic"])
    assert own["n_replicates"].tolist() == [50, 50]
    assert found.loc[found["method"] != "bootstrap", "n_replicates"].isna().all()


@pytest.mark.parametrize(("failed", "expected"), [(4, True), (5, False)])
def test_a_bootstrap_with_many_failures_gives_no_interval(
    monkeypatch, fit, reference_table, failed, expected
):
    values = np.random.default_rng(1).normal(size=(10, len(fit["M2"].terms)))
    values[:failed] = np.nan
    draws = Resamples(pd.DataFrame(values, columns=fit["M2"].terms), pd.DataFrame(), failed)
    monkeypatch.setattr(module, "bootstrap", lambda *_: draws)
    rows = robustness(fit, reference_table, SETTINGS).query("method == 'bootstrap'")
    assert rows["n_failed"].tolist() == [failed] * 2
    assert rows[["se", "p", "ci_low", "ci_high"]].notna().all(axis=None) == expected
    assert rows["estimate"].notna().all()


def test_without_therapists_patients_are_drawn_and_nobody_is_left_out(reference_table):
    alone = reference_table.assign(therapist_id=NOT_RECORDED)
    fits = {"M2": estimate(alone, "M2", reml=True, patient_terms="correlated")}
    rows = robustness(fits, alone, SETTINGS)
    assert set(rows["unit"]) == {"patient"}
    assert set(rows["n_units"]) == {150}
    assert rows["se"].notna().all()
    assert influence(fits, alone).empty


def test_leaving_one_out_is_a_fit_without_that_therapist(fit, reference_table):
    private = influence(fit, reference_table)
    assert private["cook"].is_monotonic_decreasing
    assert private["rank"].tolist() == list(range(1, len(private) + 1))
    one = private.iloc[0]
    rest = reference_table[reference_table["therapist_id"] != one["therapist_id"]]
    alone = estimate(rest, "M2", reml=True, patient_terms="correlated")
    key = next(name for name in alone.terms if plain_term(name) == KEY)
    assert one["estimate_without"] == pytest.approx(alone.params[key], abs=1e-3 * alone.bse[key])
    change = (alone.params[key] - one["estimate"]) / fit["M2"].bse[key]
    assert one["change"] == pytest.approx(change, abs=1e-3)
    own = reference_table[reference_table["therapist_id"] == one["therapist_id"]]
    assert (one["n_patients"], one["n_sessions"]) == (own["patient_id"].nunique(), len(own))


def test_the_shared_table_names_no_therapist(fit, reference_table):
    private = influence(fit, reference_table)
    shared = without_identity(private)
    assert {"therapist_id", "n_patients", "n_sessions"} & set(shared.columns) == set()
    text = shared.to_csv()
    assert not [name for name in private["therapist_id"] if name in text]
    assert len(shared) == reference_table["therapist_id"].nunique()


def test_undetermined_terms_are_left_out(reference_table):
    nobody = reference_table[reference_table["pattern"] != "repaired"]
    fits = {"M2": estimate(nobody, "M2", reml=True, patient_terms="correlated")}
    rows = robustness(fits, nobody, SETTINGS)
    assert set(rows["term"]) == {"time:pattern[unrepaired]:iip_z"}
    assert influence(fits, nobody)[["estimate", "estimate_without", "change"]].isna().all(axis=None)


def test_models_that_cannot_be_estimated_leave_empty_tables(reference_table):
    equal = reference_table.assign(iip_z=np.nan)
    assert headline_fits([], equal) == {}
    assert list(robustness({}, equal, SETTINGS).columns) == module.COLUMNS
    assert list(influence({}, equal).columns) == module.INFLUENCE


def test_a_model_without_headline_terms_hides_no_other(fit, reference_table):
    plainer = estimate(reference_table, "M1", reml=True, patient_terms="correlated")
    # fewer replicates than a cohort file may ask for
    few = SETTINGS.model_copy(
        update={"robustness": Robustness.model_construct(replicates=4, seed=3)}
    )
    both = robustness({"M1": plainer, **fit}, reference_table, few)
    assert set(both["model"]) == {"M2"}
    assert set(both["term"]) == {"time:pattern[unrepaired]:iip_z", KEY}
