"""What models adjust for: coding, and that it is the model of the same formula."""

import numpy as np
import pandas as pd
import pytest
import statsmodels.formula.api as smf
from hypothesis import given
from hypothesis import strategies as st
from rupture_repair.config.steps.modelling import FitSettings, ModelCovariate
from rupture_repair.detection.detector import classifier
from rupture_repair.modelling.covariates import OTHER, adjusted, covariate_columns, pooled
from rupture_repair.modelling.design import analysis_table, column_guide
from rupture_repair.modelling.effects import simple_slopes
from rupture_repair.modelling.engine import cluster_robust
from rupture_repair.modelling.fit import Fit, fit_both, restored

AGE = ModelCovariate(name="age", number=True)
GENDER = ModelCovariate(name="gender", number=False, with_time=False)


@pytest.fixture(scope="module")
def table(small_cohort, criteria):
    patterns = classifier(criteria["igra2025_style"])(small_cohort.sessions)
    patterns = patterns.rename("pattern").rename_axis("patient_id").reset_index()
    people = small_cohort.patients
    return analysis_table(people, small_cohort.sessions, patterns, "log", [AGE, GENDER])


def test_numbers_are_centred_and_groups_are_treatment_coded_over_patients(table, small_cohort):
    person = table.drop_duplicates("patient_id")
    raw = small_cohort.patients.set_index("patient_id").loc[person["patient_id"]]
    np.testing.assert_allclose(person["age_c"], raw["age"] - raw["age"].mean())
    levels = [name for name in table if name.startswith("gender__")]
    counts = raw["gender"].value_counts()
    assert len(levels) == len(pooled(raw["gender"]).unique()) - 1
    assert f"gender__{counts.index[0]}" not in levels  # the most frequent is the reference
    for level in levels:
        steps = np.sort(person[level].unique())
        assert np.diff(steps) == pytest.approx([1.0])
        assert person[level].mean() == pytest.approx(0, abs=1e-12)
    assert "covariate" in column_guide(table.columns).set_index("column")["meaning"]["age_c"]


@given(st.dictionaries(st.text("abc ,/é", min_size=1, max_size=4), st.integers(1, 9), min_size=1))
def test_small_groups_are_pooled(counts):
    groups = pd.Series([name for name, n in counts.items() for _ in range(n)], dtype=object)
    found = pooled(groups)
    sizes = found.value_counts()
    assert sizes.min() >= 5 or len(sizes) == 1
    kept = found != OTHER
    assert (found[kept] == groups[kept]).all()
    columns = covariate_columns(
        pd.DataFrame({"site": groups}), [ModelCovariate(name="site", number=False)]
    )
    assert len(columns.columns) == len(sizes) - 1
    assert all(name.isidentifier() for name in columns)


def test_with_and_without_the_product_with_time():
    columns = ["age_c", "gender__m", "gender__x", "time"]
    assert adjusted("y ~ time", columns, [AGE, GENDER]) == (
        "y ~ time + time * (age_c) + (gender__m + gender__x)"
    )
    assert adjusted("y ~ time", columns, []) == "y ~ time"


def fits(table, **settings):
    settings = FitSettings(patient_terms="correlated", **settings)
    return {name: Fit(**fit_both(table, name, settings)["REML"]) for name in ("M0", "M1")}


def test_slopes_are_those_of_the_average_patient(table):
    """Uncentred covariates give the same fit, whose slopes need the means of age and gender."""
    found = fits(table, covariates=(AGE, GENDER))["M1"]
    [column] = [name for name in table if name.startswith("gender__")]
    slopes = simple_slopes(found, [0.0], {float("nan"): 0.0}, 0.95)
    moved = table.assign(age_c=table["age_c"] + 40)
    raw = fits(moved, covariates=(AGE, GENDER))["M1"].params
    assert slopes["estimate"].iloc[0] == pytest.approx(raw["time"] + 40 * raw["time:age_c"])
    assert f"time:{column}" not in found.terms


def test_patients_as_the_unit_of_clustering(table):
    alone = fits(table, clustering="patient")["M1"]
    assert "therapist" not in alone.variances
    whole = restored(alone, table)
    robust = cluster_robust(whole)
    nobody = fits(table.assign(therapist_id="not recorded"))["M1"]
    np.testing.assert_allclose(alone.params, nobody.params, rtol=1e-6)
    np.testing.assert_allclose(
        robust.bse, cluster_robust(restored(nobody, table.assign(therapist_id="x"))).bse, rtol=1e-6
    )
    peer = smf.mixedlm(
        "symptoms ~ time * pattern", table, groups="patient_id", re_formula="time"
    ).fit(reml=True)
    assert alone.llf == pytest.approx(peer.llf, abs=1e-3)
