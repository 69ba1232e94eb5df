"""Cohorts that lack something: what cannot be estimated is missing, never a number."""

import numpy as np
import pytest
from rupture_repair.modelling.effects import slope_contrasts
from rupture_repair.modelling.fit import FitError, fit_model
from rupture_repair.modelling.johnson_neyman import curve


def fitted(table, model="M1"):
    return fit_model(table, model, reml=True, optimisers=("bfgs",))


def test_one_therapist_has_no_therapist_variance(reference_table):
    fit = fitted(reference_table.assign(therapist_id="not recorded"))
    assert fit.variances["therapist"] == 0
    assert fit.variances["patient"] > fit.variances["residual"] > 0


def test_contrasts_with_a_pattern_nobody_has_are_missing(reference_table):
    table = reference_table[reference_table["pattern"] != "repaired"]
    fit = fitted(table, "M2")
    assert not any("repaired]" in term and "unrepaired" not in term for term in fit.terms)
    found = slope_contrasts(fit, [0.0], {float("nan"): 0.0}, 0.95).set_index("contrast")
    estimated = found["estimate"].notna()
    assert estimated[estimated].index.tolist() == ["unrepaired - none"]
    lines = curve(fit, table.drop_duplicates("patient_id"), 0.95)
    shown = lines.dropna(subset=["estimate"])["contrast"].unique().tolist()
    assert shown == ["unrepaired - none"]


@pytest.mark.parametrize(
    ("column", "value", "model", "what"),
    [("iip_z", np.nan, "M2", "interpersonal problems"), ("length_c", 0.0, "M3", "lengths")],
)
def test_constant_predictor_is_named(reference_table, column, value, model, what):
    with pytest.raises(FitError, match=f"{model} cannot be estimated: all .*{what} are equal"):
        fitted(reference_table.assign(**{column: value}), model)
