"""Cohorts that lack something: what cannot be estimated is missing, never a number."""

import re

import numpy as np
import pandas as pd
import pytest
from rupture_repair.config.analysis import Modelling
from rupture_repair.config.steps.modelling import FitSettings
from rupture_repair.modelling.compare import variance_components
from rupture_repair.modelling.design import per_patient
from rupture_repair.modelling.effects import slope_contrasts
from rupture_repair.modelling.fit import Fit, FitError, fit_both, fit_model
from rupture_repair.modelling.johnson_neyman import curve, regions
from rupture_repair.modelling.keys import AllEqual, Coefficient, FewPatients, Therapists, WholeModel
from rupture_repair.modelling.tables import model_tables

SETTINGS = Modelling(lengths=(5, 20))


@pytest.fixture(scope="module")
def small(reference_table):
    """Every third patient: 50 of them."""
    return reference_table[
        reference_table["patient_id"].isin(sorted(reference_table["patient_id"].unique())[::3])
    ]


def fitted(table, model="M1"):
    return fit_model(table, model, reml=True)


def tabulated(table, *models):
    """The tables of a cohort, from the given models."""
    stored = [fit_both(table, model, FitSettings(patient_terms="correlated")) for model in models]
    fits = {
        method: [Fit(**both[method]) for both in stored if method in both]
        for method in ("ML", "REML")
    }
    reasons = {both["model"]: both["why"] for both in stored if "why" in both}
    return model_tables(fits, reasons, table, SETTINGS)


@pytest.mark.parametrize(("name", "count"), [("not recorded", 0), ("T1", 1)])
def test_one_therapist_has_no_therapist_variance(small, name, count):
    fit = fitted(small.assign(therapist_id=name), "M0")
    assert fit.n_therapists == count
    assert set(fit.variances) == {"patient", "patient_slope", "patient_covariance", "residual"}
    assert fit.n_parameters == 2 + 4
    shares = variance_components([fit])["share_at_start"]
    assert shares.sum() == pytest.approx(1)


def test_contrasts_with_a_pattern_nobody_has_are_missing(small):
    table = small[small["pattern"] != "repaired"]
    fit = fitted(table, "M2")
    assert not any("repaired]" in term and "unrepaired" not in term for term in fit.terms)
    found = slope_contrasts(fit, [0.0], {float("nan"): 0.0}, 0.95).set_index("contrast")
    estimated = found["estimate"].notna()
    assert estimated[estimated].index.tolist() == ["unrepaired - none"]
    person = table.drop_duplicates("patient_id")
    lines = curve(fit, person, 0.95)
    shown = lines.dropna(subset=["estimate"])["contrast"].unique().tolist()
    assert shown == ["unrepaired - none"]
    found = regions(fit, person, 0.95).set_index("contrast")
    assert found["interaction"].notna().tolist() == [False, False, True]
    assert found.loc["repaired - none", ["low_from", "high_from"]].isna().all()


def test_without_a_reference_pattern_the_others_are_still_compared(small):
    """Without patients who have no rupture, b(repaired) − b(unrepaired) is known, neither alone."""
    table = small[small["pattern"] != "none"]
    fit = fitted(table, "M1")
    found = slope_contrasts(fit, [0.0], {float("nan"): 0.0}, 0.95).set_index("contrast")
    assert found["estimate"].notna().tolist() == [True, False, False]
    # the same difference with unrepaired as the reference: no column is aliased
    present = table["pattern"].cat.remove_unused_categories()
    direct = fitted(table.assign(pattern=present), "M1").params["time:pattern[repaired]"]
    assert found.loc["repaired - unrepaired", "estimate"] == pytest.approx(direct, abs=1e-6)


@pytest.mark.parametrize(("n", "expected"), [(1, False), (2, False), (4, False), (5, True)])
def test_contrasts_of_few_patients_are_not_estimated(small, n, expected):
    """The rule of support, in every table of the models."""
    person = per_patient(small)
    few = person.loc[person["pattern"] == "repaired", "patient_id"].iloc[:n]
    keep = (small["pattern"] != "repaired") | small["patient_id"].isin(few)
    tables = tabulated(small[keep], "M0", "M1", "M2", "M3")
    effects = tables["fixed_effects"]["term"].str.contains("[repaired]", regex=False)
    assert effects.any() == expected
    contrasts = tables["contrasts"].set_index(["model", "contrast"])["estimate"]
    assert pd.isna(contrasts["M1", "repaired - none"]) != expected
    assert pd.notna(contrasts["M1", "unrepaired - none"])
    courses = tables["trajectories"].set_index("pattern")["estimate"]
    assert courses["unrepaired"].notna().any()
    regions = tables["johnson_neyman"].set_index("contrast")["interaction"]
    if not expected:
        assert courses["repaired"].isna().all()
        for name, column in (("moderation", "contrast"), ("simple_slopes", "pattern")):
            rows = tables[name][tables[name][column].str.startswith("repaired")]
            assert rows["estimate"].isna().all()
            assert set(rows["reason"]) == {str(FewPatients("repaired", n))}
        assert tables["headline"]["estimate"].isna().all()
        assert pd.isna(regions["repaired - none"])
        why = tables["not_estimated"].set_index("term")["why"]
        assert why["time:pattern[repaired]"].iloc[0] == str(FewPatients("repaired", n))


def test_everything_that_is_missing_is_listed(small):
    table = small[small["pattern"] != "repaired"]
    table = table.assign(length_c=0.0, therapist_id="not recorded")
    tables = tabulated(table, "M0", "M1", "M3")
    listed = tables["not_estimated"]
    whole = listed[listed["what"] == str(WholeModel())]
    assert whole[["model", "why"]].to_numpy().tolist() == [["M3", str(AllEqual("length_c"))]]
    therapists = listed[listed["term"] == "therapist"]
    assert set(therapists["why"]) == {str(Therapists(0))}
    aliased = listed[(listed["model"] == "M1") & (listed["what"] == str(Coefficient()))]
    assert aliased["term"].tolist() == ["pattern[repaired]", "time:pattern[repaired]"]
    assert set(aliased["why"]) == {str(FewPatients("repaired", 0))}
    assert tables["model_comparison"]["model"].tolist() == ["M0", "M1"]
    assert tables["johnson_neyman"].empty
    assert tables["trajectories"].empty


def test_a_model_equal_to_the_one_before_is_not_tested(small):
    """Only patients without rupture: M1 has the columns of M0."""
    table = small[small["pattern"] == "none"]
    comparison = tabulated(table, "M0", "M1")["model_comparison"]
    assert comparison["n_parameters"].tolist() == [7, 7]
    assert comparison[["chisq", "chisq_df", "p"]].isna().all(axis=None)


@pytest.mark.parametrize(
    ("column", "value", "model", "what"),
    [("iip_z", np.nan, "M2", "interpersonal problems"), ("length_c", 0.0, "M3", "lengths")],
)
def test_constant_predictor_is_named(small, column, value, model, what):
    with pytest.raises(FitError, match=re.escape(str(AllEqual(column)))):
        fitted(small.assign(**{column: value}), model)
