"""Both engines on one table; and what happens when they do not agree."""

from types import SimpleNamespace

import numpy as np
import pytest
from rupture_repair.modelling import cross_check as cross_check_module
from rupture_repair.modelling.compare import certificates, engine_agreement
from rupture_repair.modelling.cross_check import EngineDisagreement
from rupture_repair.modelling.engine import Agreement
from rupture_repair.modelling.fit import fit_model


def test_both_engines_reach_the_same_maximum(fits):
    every = [fit for method in fits.values() for fit in method.values()]
    table = engine_agreement(every)
    assert len(table) == 8
    assert table["agrees"].all()
    assert (table["llf"] - table["llf_same"]).abs().max() < 1e-4
    assert (table["llf"] - table["llf_statsmodels"]).abs().max() < 1e-3
    assert table["largest_shift"].max() < 1e-3
    passed = certificates(every)
    assert set(passed["verdict"]) == {"passed"}
    assert set(passed["second_engine"]) == {"agrees"}


def test_the_check_is_of_the_model_without_correlation(fits, lme4):
    """Its likelihood is that of lme4 for independent patient terms, not that of the headline."""
    fit = fits["REML"]["M2"]
    theirs = lme4["reference"]["independent"]["REML"]["M2"]["llf"]
    assert fit.second_engine["llf"] == pytest.approx(theirs, abs=1e-4)
    assert fit.llf > fit.second_engine["llf"] + 0.01


def test_aliased_columns_are_checked_too(reference_table):
    few = reference_table[reference_table["pattern"] != "repaired"]
    found = fit_model(few.assign(therapist_id="not recorded"), "M1", reml=True).second_engine
    assert found["agrees"]
    assert found["llf"] == pytest.approx(found["llf_statsmodels"], abs=1e-4)


@pytest.mark.parametrize("patient_terms", ["intercept", "independent"])
def test_other_structures_are_checked_too(reference_table, patient_terms):
    fit = fit_model(reference_table, "M0", reml=True, patient_terms=patient_terms)
    assert ("patient_slope" in fit.variances) == (patient_terms == "independent")
    assert fit.second_engine["agrees"]
    assert fit.llf == pytest.approx(fit.second_engine["llf"], abs=1e-6)


def test_a_fit_that_stops_short_is_reported(reference_table, monkeypatch):
    def stopped_short(exact, kept):
        return Agreement("statsmodels", kept.llf + 2, kept.llf, kept.llf + 2)

    monkeypatch.setattr(cross_check_module, "compare_engines", stopped_short)
    found = fit_model(reference_table, "M0", reml=True)
    assert found.second_engine["shortfall"] == pytest.approx(2)


def test_differing_coefficients_are_reported_in_standard_errors(reference_table, monkeypatch):
    def shifted(_formula, _table, exact, _reml):
        steps = np.linspace(-0.5, 0.25, len(exact.params))
        yield "one", SimpleNamespace(fe_params=exact.params + steps * exact.bse)

    def the_same(exact, _kept):
        return Agreement("statsmodels", exact.llf, exact.llf, exact.llf)

    monkeypatch.setattr(cross_check_module, "_attempts", shifted)
    monkeypatch.setattr(cross_check_module, "compare_engines", the_same)
    found = fit_model(reference_table, "M1", reml=True).second_engine
    assert found["largest_shift"] == pytest.approx(0.5)


@pytest.mark.parametrize(("ours", "same"), [(0.0, -1.0), (-1.0, -1.0)])
def test_disagreement_ends_the_run_with_the_comparison(reference_table, monkeypatch, ours, same):
    """Another likelihood for the same estimates; or a better optimum than ours."""

    def different(exact, kept):
        return Agreement("statsmodels", kept.llf + ours, kept.llf, kept.llf + same)

    monkeypatch.setattr(cross_check_module, "compare_engines", different)
    with pytest.raises(EngineDisagreement, match=r"two engines disagree .* log-likelihood -\d+"):
        fit_model(reference_table, "M0", reml=True)


def test_no_certificate_without_the_second_engine(reference_table, monkeypatch):
    monkeypatch.setattr(cross_check_module, "_attempts", lambda *_: [("lbfgs", "Singular matrix")])
    fit = fit_model(reference_table, "M0", reml=True)
    row = certificates([fit]).loc[0]
    assert row["second_engine"] == "failed"
    assert "no_second_engine" in row["verdict"] and "lbfgs: Singular matrix" in row["verdict"]


@pytest.mark.parametrize("column", ["patient_id", "therapist_id"])
def test_names_that_programs_take_for_missing_are_names(reference_table, column):
    """Patsy leaves out the rows of somebody called `nan`."""
    known = reference_table[column].astype(str)
    odd = dict(zip(sorted(known.unique()), ["nan", "NA", "None", "1e5"], strict=False))
    renamed = reference_table.assign(**{column: known.map(lambda name: odd.get(name, name))})
    fit = fit_model(renamed, "M1", reml=True)
    assert fit.second_engine["agrees"]
    plain = fit_model(reference_table, "M1", reml=True)
    assert fit.second_engine["llf"] == pytest.approx(plain.second_engine["llf"], abs=1e-6)
