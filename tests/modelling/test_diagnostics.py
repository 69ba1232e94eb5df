"""Numbers and quantiles of residuals with known departures from the model."""

import numpy as np
import pandas as pd
import pytest
from rupture_repair.modelling.diagnostics import (
    Standardised,
    diagnostics,
    quantiles,
    residual_bins,
    standardised,
)
from rupture_repair.modelling.fit import estimate
from scipy import stats

N = 4000
FITTED = np.linspace(0, 40, N)
NORMAL = stats.norm.ppf((np.arange(N) + 0.5) / N)


def examined(residual, **parts):
    """What is examined, with each patient's sessions at neighbouring fitted values."""
    patient = np.arange(len(residual)) // 10
    sessions = {"patient_id": patient, "fitted": FITTED[: len(residual)], "residual": residual}
    return {"M2": Standardised(pd.DataFrame(sessions), {"residual": residual, **parts})}


def shuffled(values):
    return np.random.default_rng(2).permutation(values)


def test_normal_residuals_have_no_shape_and_an_even_spread():
    row = diagnostics(examined(shuffled(NORMAL))).iloc[0]
    assert abs(row["skewness"]) < 1e-9
    assert row["excess_kurtosis"] == pytest.approx(0, abs=0.02)
    assert row["share_far"] == pytest.approx(row["expected_far"], abs=3e-4)
    assert row["n_far"] == round(row["share_far"] * N)
    assert row["spread_ratio"] == pytest.approx(1, abs=0.06)
    assert abs(row["trend"]) < 0.04


def test_planted_departures_are_measured():
    grows = diagnostics(examined(shuffled(NORMAL) * (0.5 + FITTED / 40))).iloc[0]
    assert grows["spread_ratio"] == pytest.approx(1.4 / 0.6, rel=0.08)
    assert grows["trend"] > 0.2
    shrinks = diagnostics(examined(shuffled(NORMAL) * (1.5 - FITTED / 40))).iloc[0]
    assert shrinks["spread_ratio"] == pytest.approx(0.6 / 1.4, rel=0.08)
    assert shrinks["trend"] < -0.2
    skewed = diagnostics(examined(shuffled(np.exp(NORMAL) / 2))).iloc[0]
    assert skewed["skewness"] > 2 and skewed["excess_kurtosis"] > 10
    tails = diagnostics(examined(shuffled(stats.t.ppf(stats.norm.cdf(NORMAL), 5)))).iloc[0]
    assert tails["share_far"] == pytest.approx(2 * stats.t.sf(3, 5), abs=1e-3)


def test_spreads_by_hand():
    """Fitted values 0 … 10: the lowest fifth ends at 2, the highest begins at 8, both inclusive."""
    residual = np.array([-1.0, 0, 1, 0, 0, 0, 0, 0, -3, 0, 3])
    sessions = {"patient_id": range(11), "fitted": np.arange(11.0), "residual": residual}
    fit = Standardised(pd.DataFrame(sessions), {"residual": residual})
    row = diagnostics({"M2": fit}).iloc[0]
    assert row["spread_ratio"] == pytest.approx(3 / 1)
    assert row["sd"] == pytest.approx(np.sqrt(20 / 10))


def test_random_effects_have_no_spread_over_fitted_values():
    table = diagnostics(examined(NORMAL, therapist_intercept=NORMAL[::100]))
    row = table.set_index("part").loc["therapist_intercept"]
    assert row["n"] == 40
    assert np.isnan(row["spread_ratio"]) and np.isnan(row["trend"])


@pytest.mark.parametrize("n", [10, 52, N])
def test_quantiles_go_to_the_fifth_value_and_each_value_beyond_is_in_a_tail(n):
    values = shuffled(np.sort(np.random.default_rng(1).standard_t(3, n)))
    table = quantiles(examined(values))
    ordered = np.sort(values)
    assert table["observed"].is_monotonic_increasing
    tails = table[table["tail"] == 1]
    np.testing.assert_allclose(tails["observed"], [*ordered[:4], *ordered[-4:]])
    places = (np.r_[0:4, n - 4 : n] + 0.5) / n
    np.testing.assert_allclose(tails["expected"], stats.norm.ppf(places))
    table = table[table["tail"] == 0]
    assert table["observed"].min() == pytest.approx(ordered[4])
    assert table["observed"].max() == pytest.approx(ordered[-5])
    assert table["expected"].min() == pytest.approx(stats.norm.ppf(4.5 / n))
    assert len(table) <= max(n - 8, 2) and len(table) <= 61


def test_normal_values_lie_on_the_line_and_few_values_are_not_drawn():
    on = quantiles(examined(shuffled(NORMAL)))
    np.testing.assert_allclose(on["observed"], on["expected"], atol=0.01)
    assert quantiles(examined(NORMAL[:9])).empty


def test_bins_hold_equally_many_sessions_in_order_of_the_fitted_values():
    step = np.where(FITTED > 20, 0.5, -0.5)
    table = residual_bins(examined(step + shuffled(NORMAL) / 100))
    assert table["n_sessions"].tolist() == [200] * 20
    assert table["n_patients"].tolist() == [20] * 20
    assert table["fitted"].is_monotonic_increasing
    np.testing.assert_allclose(table["mean"], [-0.5] * 10 + [0.5] * 10, atol=0.005)
    half = stats.t.ppf(0.975, 199) * table["sd"] / np.sqrt(200)
    np.testing.assert_allclose(table["high"] - table["mean"], half)


@pytest.mark.parametrize(("n", "bins"), [(10, 1), (49, 1), (50, 2), (75, 3), (N, 20)])
def test_a_bin_holds_25_sessions_or_more_and_there_are_at_most_20(n, bins):
    table = residual_bins(examined(NORMAL[:n]))
    assert table["bin"].tolist() == list(range(1, bins + 1))
    assert table["n_sessions"].sum() == n


def test_a_fit_is_examined_in_all_its_parts(reference_table):
    found = estimate(reference_table, "M2", reml=True, patient_terms="correlated")
    fit = standardised(found)
    sizes = {name: len(values) for name, values in fit.parts.items()}
    assert sizes == {
        "residual": len(reference_table),
        "patient_intercept": 150,
        "patient_slope": 150,
        "therapist_intercept": reference_table["therapist_id"].nunique(),
    }
    # each has variance 1 under the model
    assert all(0.8 < values.std() < 1.2 for values in fit.parts.values())
    assert fit.sessions["patient_id"].tolist() == reference_table["patient_id"].tolist()


def test_without_fits_the_tables_have_their_columns():
    for table in (diagnostics({}), quantiles({}), residual_bins({})):
        assert table.empty and "model" in table
