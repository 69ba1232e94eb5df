"""The tables of the models: comparison, variances, what is reported of each."""

import dataclasses

import numpy as np
import pytest
from rupture_repair.config.analysis import Modelling
from rupture_repair.modelling.compare import model_comparison, variance_components
from rupture_repair.modelling.design import (
    mean_log_length,
)
from rupture_repair.modelling.engine import cluster_robust
from rupture_repair.modelling.fit import restored
from rupture_repair.modelling.keys import TooFewUnits
from rupture_repair.modelling.tables import model_tables
from scipy import stats


def test_explained_variance_row_by_row(fits, reference_table):
    """R² from the definition: mean variance of the random part over rows, one row at a time."""
    table = variance_components(list(fits["REML"].values()))
    for model, fit in fits["REML"].items():
        v = fit.variances
        per_row = [
            v["therapist"]
            + v["patient"]
            + 2 * v["patient_covariance"] * row.time
            + v["patient_slope"] * row.time**2
            for row in reference_table.itertuples()
        ]
        fixed, random, residual = fit.fixed_variance, np.mean(per_row), v["residual"]
        part = table[table["model"] == model].set_index("component")
        total = fixed + random + residual
        assert part.loc["r2_marginal", "value"] == pytest.approx(fixed / total)
        assert part.loc["r2_conditional", "value"] == pytest.approx((fixed + random) / total)
        at_start = v["therapist"] + v["patient"] + v["residual"]
        assert part.loc["therapist", "share_at_start"] == pytest.approx(v["therapist"] / at_start)
        assert part["share_at_start"].sum() == pytest.approx(1)
        sd = part["sd"].dropna()
        assert set(sd.index) == {"therapist", "patient", "patient_slope", "residual"}
        np.testing.assert_allclose(sd**2, part.loc[sd.index, "value"])
        correlation = v["patient_covariance"] / np.sqrt(v["patient"] * v["patient_slope"])
        assert part.loc["patient_correlation", "value"] == pytest.approx(correlation)


@pytest.mark.parametrize("unit", [0.01, 1, 100])
def test_shares_and_correlations_have_no_unit(fits, unit):
    """A mean of items and their sum share their variance in the same way."""
    fit = fits["REML"]["M1"]
    scaled = dataclasses.replace(
        fit,
        variances={name: value * unit**2 for name, value in fit.variances.items()},
        fixed_variance=fit.fixed_variance * unit**2,
        random_variance=fit.random_variance * unit**2,
    )
    ours, other = (variance_components([one]).set_index("component") for one in (fit, scaled))
    same = ["patient_correlation", "r2_marginal", "r2_conditional"]
    np.testing.assert_allclose(other.loc[same, "value"], ours.loc[same, "value"])
    np.testing.assert_allclose(other["share_at_start"], ours["share_at_start"])
    np.testing.assert_allclose(other["sd"], ours["sd"] * unit)


def test_fixed_variance_is_that_of_the_predictions(fits, reference_table):
    fit = fits["REML"]["M0"]
    predicted = fit.params["Intercept"] + fit.params["time"] * reference_table["time"]
    assert fit.fixed_variance == pytest.approx(predicted.var(ddof=1))


def test_information_criteria(fits):
    ml, reml = (list(fits[method].values()) for method in ("ML", "REML"))
    table = model_comparison(ml, reml)
    k = np.array([2, 6, 12, 24]) + 5
    assert table["n_parameters"].tolist() == k.tolist()
    np.testing.assert_allclose(table["aic"], -2 * table["llf_ml"] + 2 * k)
    np.testing.assert_allclose(table["bic"], -2 * table["llf_ml"] + np.log(150) * k)
    assert (table["llf_reml"] != table["llf_ml"]).all()


def test_model_tables(fits, reference_table):
    settings = Modelling(lengths=(5, 20), iip_levels=(-1.0, 1.0), confidence=0.9, effect_duration=8)
    both = {method: list(models.values()) for method, models in fits.items()}
    tables = model_tables(both, {}, reference_table, settings)
    assert tables["fixed_effects"].groupby("model").size().to_dict() == {
        "M0": 2, "M1": 6, "M2": 12, "M3": 24,
    }  # fmt: skip
    contract = ["model", "term", "estimate", "se", "df", "statistic", "p", "ci_low", "ci_high"]
    assert list(tables["fixed_effects"].columns) == contract
    contrasts = tables["contrasts"].groupby("model").size()
    assert contrasts.to_dict() == {"M1": 3, "M2": 3 * 2, "M3": 3 * 2 * 3}
    levels = tables["contrasts"].groupby("model")["iip_z"].unique().map(list)
    assert levels.to_dict() == {"M1": [0.0], "M2": [-1.0, 1.0], "M3": [-1.0, 1.0]}
    for name, one in tables.items():
        assert one.index.tolist() == list(range(len(one))), name
    slopes, moderated = (
        tables[name].groupby("model").size() for name in ("simple_slopes", "moderation")
    )
    assert slopes.to_dict() == {"M1": 3, "M2": 3 * 2, "M3": 3 * 2 * 3}
    assert moderated.to_dict() == {"M2": 3, "M3": 3 * 3}
    assert len(tables["effect_sizes"]) == slopes.sum() + contrasts.sum() + moderated.sum()
    key = tables["moderation"].set_index(["model", "contrast"]).loc[("M2", "repaired - none")]
    whole = tables["fixed_effects"].set_index(["model", "term"])
    expected = whole.loc[("M2", "time:pattern[repaired]:iip_z")]
    assert key["estimate"] == pytest.approx(expected["estimate"])
    for name in ("se", "df", "p", "ci_low", "ci_high"):
        assert key[f"model_{name}"] == pytest.approx(expected[name])
    robust = cluster_robust(restored(fits["REML"]["M2"], reference_table), "therapist")
    assert key["se"] == pytest.approx(robust.bse["time:pattern[T.repaired]:iip_z"])
    assert tables["trajectories"]["session"].max() == 20
    assert tables["johnson_neyman"]["contrast"].nunique() == 3
    assert len(tables["certificates"]) == len(tables["engines"]) == 2 * 4
    assert set(tables["not_estimated"]["why"]) <= {str(TooFewUnits())}
    # the slope at 5 sessions is that at length_c = log 5 minus the mean log length of patients
    fit = fits["REML"]["M3"]
    centred = np.log(5) - mean_log_length(reference_table)
    b = fit.params
    expected = b["time"] + b["time:length_c"] * centred
    expected += b["time:iip_z"] + b["time:iip_z:length_c"] * centred
    slopes = tables["simple_slopes"]
    row = slopes[
        (slopes["model"] == "M3")
        & (slopes["pattern"] == "none")
        & (slopes["iip_z"] == 1)
        & (slopes["length"] == 5)
    ]
    assert row["estimate"].item() == pytest.approx(expected)
    assert (row["ci_high"] - row["estimate"]).item() == pytest.approx(
        stats.t.ppf(0.95, row["df"].item()) * row["se"].item()
    )
