"""Linear combinations of coefficients, against design matrices built by patsy."""

import dataclasses

import numpy as np
import pandas as pd
import patsy
import pytest
from rupture_repair.config.criteria import PATTERNS
from rupture_repair.modelling import effects
from rupture_repair.modelling.fit import FORMULAS

RNG = np.random.default_rng(4)
POINTS = [
    {"time": t, "pattern": p, "iip_z": z, "length_c": c}
    for p in PATTERNS
    for t, z, c in RNG.normal(size=(5, 3))
]


def patsy_row(model, point):
    """The row that patsy builds for the right-hand side of the model's formula."""
    frame = pd.DataFrame([point]).assign(pattern=pd.Categorical([point["pattern"]], PATTERNS))
    design = patsy.dmatrix(FORMULAS[model].split("~")[1], frame)
    names = [name.replace("[T.", "[") for name in design.design_info.column_names]
    return pd.Series(np.asarray(design)[0], index=names)


@pytest.mark.parametrize("model", FORMULAS)
def test_level_is_the_row_of_the_design_matrix(fits, model):
    terms = fits["REML"][model].terms
    assert fits["REML"][model].aliased == []
    for point in POINTS:
        np.testing.assert_allclose(
            effects.level(terms, **point), patsy_row(model, point)[terms], atol=1e-12
        )


@pytest.mark.parametrize("model", FORMULAS)
def test_slope_is_the_difference_of_levels_one_unit_of_time_apart(fits, model):
    terms = fits["REML"][model].terms
    for point in POINTS:
        later = patsy_row(model, point | {"time": point["time"] + 1})[terms]
        earlier = patsy_row(model, point)[terms]
        at = {key: value for key, value in point.items() if key != "time"}
        np.testing.assert_allclose(effects.slope(terms, **at), later - earlier, atol=1e-12)


def test_contrasts_are_differences_of_simple_slopes(fits):
    fit = fits["REML"]["M3"]
    lengths = {5.0: -0.6, 20.0: 0.8}
    slopes = effects.simple_slopes(fit, [-1.0, 1.0], lengths, 0.95)
    slope = slopes.set_index(["pattern", "iip_z", "length"])["estimate"]
    contrasts = effects.slope_contrasts(fit, [-1.0, 1.0], lengths, 0.95)
    assert len(contrasts) == 3 * 2 * 2
    for row in contrasts.itertuples():
        first, second = row.contrast.split(" - ")
        expected = slope[first, row.iip_z, row.length] - slope[second, row.iip_z, row.length]
        assert row.estimate == pytest.approx(expected, abs=1e-12)


def test_trajectories_run_along_the_simple_slopes(fits):
    fit = fits["REML"]["M2"]
    sessions = np.array([1.0, np.e])  # time 0 and 1 on the log scale
    whole = {float("nan"): 0.0}
    courses = effects.trajectories(fit, sessions, np.log(sessions), [-1.0, 0.0, 1.0], whole, 0.95)
    wide = courses.pivot_table(index=["pattern", "iip_z"], columns="session", values="estimate")
    change = (wide[np.e] - wide[1.0]).sort_index()
    slopes = effects.simple_slopes(fit, [-1.0, 0.0, 1.0], whole, 0.95)
    slopes = slopes.set_index(["pattern", "iip_z"])["estimate"].sort_index()
    np.testing.assert_allclose(change, slopes, atol=1e-10)
    start = wide.loc[("none", 0.0), 1.0]
    assert start == pytest.approx(fit.params["Intercept"], abs=1e-12)
    assert (courses["ci_low"] < courses["estimate"]).all()
    assert (courses["estimate"] < courses["ci_high"]).all()


def test_trajectories_end_with_the_treatment_and_differ_by_its_length(fits):
    fit = fits["REML"]["M3"]
    sessions = np.arange(1.0, 11)
    lengths = {5.0: -0.5, 10.0: 0.2}
    courses = effects.trajectories(fit, sessions, np.log(sessions), [1.0], lengths, 0.95)
    assert courses.groupby("length")["session"].max().to_dict() == {5.0: 5.0, 10.0: 10.0}
    b = fit.params
    first = courses.query("pattern == 'none' and session == 1").set_index("length")["estimate"]
    for length, centred in lengths.items():
        expected = b["Intercept"] + b["iip_z"] + centred * (b["length_c"] + b["iip_z:length_c"])
        assert first[length] == pytest.approx(expected, abs=1e-12)


def made_up(fit):
    """M0 with two coefficients, whose variances move with the residual variance alone."""
    covariance = np.array([[4.0, 0.3], [0.3, 0.25]])
    return dataclasses.replace(
        fit,
        estimates=[10.0, -1.5],
        covariance=covariance.tolist(),
        jacobian=[(2 * covariance).tolist()],
        parameter_covariance=[[1 / 40]],
    )


def test_single_coefficient_by_hand(fits):
    """V moves as σ², with Var(σ) / σ² = 1 / 40: df = 2 v² / ((2 v)² / 40) = 20."""
    table = effects.fixed_effects([made_up(fits["REML"]["M0"])], 0.95).set_index("term")
    time = table.loc["time"]
    assert (time["estimate"], time["se"], time["statistic"]) == (-1.5, 0.5, -3.0)
    assert time["df"] == pytest.approx(20)
    assert time["p"] == pytest.approx(0.0070758, abs=1e-6)
    assert time["ci_low"] == pytest.approx(-1.5 - 2.085963 * 0.5, abs=1e-6)
    assert time["ci_high"] == pytest.approx(-1.5 + 2.085963 * 0.5, abs=1e-6)


def test_combination_by_hand(fits):
    """Var(b0 + 2 b1) = 4 + 4 × .25 + 4 × .3."""
    both = effects.tests(made_up(fits["REML"]["M0"]), [[1.0, 2.0]], 0.8).loc[0]
    assert both["estimate"] == 7.0
    assert both["se"] == pytest.approx(np.sqrt(6.2))
    assert (both["ci_high"] - 7.0) / both["se"] == pytest.approx(1.325341, abs=1e-6)


def test_df_of_a_contrast_are_not_those_of_its_parts(fits):
    """Each combination has df of its own; a multiple of it has the same."""
    fit = fits["REML"]["M2"]
    row = effects.difference(fit.columns, ("repaired", "none"), iip_z=1.0, length_c=0.0)
    found = effects.tests(fit, [row, 3 * row], 0.95)
    parts = effects.fixed_effects([fit], 0.95).set_index("term")["df"]
    assert found["df"][0] == pytest.approx(found["df"][1])
    assert abs(found["df"][0] - parts["time:pattern[repaired]"]) > 0.1


def test_only_what_the_data_determine_is_estimated(fits):
    """x2 = 3 × x1: of b1 and b2, only b1 + 3 b2 is known; it is the coefficient of x1 kept."""
    fit = dataclasses.replace(
        made_up(fits["REML"]["M0"]), terms=["x0", "x1"], aliased=["x2"], aliases=[[0.0, 3.0]]
    )
    rows = [[1.0, 0, 0], [0, 1, 0], [0, 0, 1], [0, 1, 3], [1, 2, 6]]
    found = effects.tests(fit, rows, 0.95)
    assert found["estimate"].isna().tolist() == [False, True, True, False, False]
    assert found.loc[3, "estimate"] == -1.5
    assert found.loc[4, "estimate"] == 7.0
    assert effects.fixed_effects([fit], 0.95)["term"].tolist() == ["x0"]
