"""Both engines on one table; and what happens when they do not agree."""

import pytest
from rupture_repair.modelling import fit as fit_module
from rupture_repair.modelling.compare import engine_agreement
from rupture_repair.modelling.engine.second_engine import Agreement
from rupture_repair.modelling.fit import FitError, fit_model


def test_both_engines_reach_the_same_maximum(reference_table):
    fits = [
        fit_model(reference_table, model, reml=reml) for model in ("M0", "M2") for reml in (0, 1)
    ]
    table = engine_agreement(fits)
    assert table["agrees"].all()
    assert (table["llf_statsmodels"] - table["llf_second"]).abs().max() < 1e-3
    assert table["largest_shift"].max() < 1e-3


def test_a_fit_that_stops_short_is_said(reference_table, monkeypatch):
    def stopped_short(exact, kept):
        return Agreement("statsmodels", kept.llf + 2, kept.llf, kept.llf + 2)

    monkeypatch.setattr(fit_module, "compare_engines", stopped_short)
    found = fit_model(reference_table, "M0", reml=True, optimisers=("lbfgs",))
    assert not found.second_engine["agrees"]
    assert found.second_engine["shortfall"] == pytest.approx(2)


def test_different_likelihoods_end_the_fit(reference_table, monkeypatch):
    def different(exact, kept):
        return Agreement("statsmodels", kept.llf, kept.llf, kept.llf - 1)

    monkeypatch.setattr(fit_module, "compare_engines", different)
    with pytest.raises(FitError, match="different likelihoods"):
        fit_model(reference_table, "M0", reml=True, optimisers=("lbfgs",))
