"""Trends, contrasts and moderations as emmeans computes them; d from its definition."""

import json

import numpy as np
import pandas as pd
import pytest
from rupture_repair.cohort.wilson import wilson
from rupture_repair.modelling.effect_sizes import effect_sizes
from rupture_repair.modelling.effects import moderations, simple_slopes, slope_contrasts

ALL = {float("nan"): 0.0}
LENGTHS = {1.0: -0.5, 2.0: 0.0, 3.0: 0.8}  # names stand for values of length_c


@pytest.fixture(scope="module")
def reference(root):
    """What tests/reference/marginal_effects.R wrote."""
    text = (root / "tests/reference/marginal_effects.json").read_text(encoding="utf-8")
    return json.loads(text)


def agree(ours, theirs, keys):
    """Compare row by row: estimates to 1e-4 SE, SE to 1e-4, df to 1 %."""
    other = pd.DataFrame(theirs).set_index(keys)
    own = ours.set_index(keys)
    assert set(own.index) == set(other.index)
    other = other.loc[own.index]
    assert ((own["estimate"] - other["estimate"]).abs() / other["se"]).max() < 1e-4
    np.testing.assert_allclose(own["se"], other["se"], rtol=1e-4)
    np.testing.assert_allclose(own["df"], other["df"], rtol=0.01)
    np.testing.assert_allclose(own["p"], other["p"], rtol=0.02, atol=1e-6)
    for end in ("ci_low", "ci_high"):
        assert ((own[end] - other[end]).abs() / other["se"]).max() < 1e-2


def test_marginal_trends_of_patterns(fits, reference):
    slopes = simple_slopes(fits["REML"]["M1"], [0.0], ALL, 0.95)
    agree(slopes, reference["M1"]["slopes"], ["pattern"])
    contrasts = slope_contrasts(fits["REML"]["M1"], [0.0], ALL, 0.95)
    agree(contrasts, reference["M1"]["contrasts"], ["contrast"])


def test_moderations(fits, reference):
    agree(moderations(fits["REML"]["M2"], ALL, 0.95), reference["M2"]["moderation"], ["contrast"])
    by_length = moderations(fits["REML"]["M3"], LENGTHS, 0.95)
    by_length["length_c"] = by_length["length"].map(LENGTHS)
    agree(by_length, reference["M3"]["moderation"], ["contrast", "length_c"])


def test_wilson_intervals_are_those_of_r(reference):
    for row in reference["wilson"]:
        assert wilson(row["n"], row["total"], 0.95) == pytest.approx(
            (row["low"], row["high"]), abs=1e-9
        )


@pytest.fixture
def linear():
    """A slope of −2 [−3, −1], a contrast of .5 and a moderation that is not estimated."""
    of = {"model": ["M2"], "length": [np.nan]}
    slope = {"pattern": ["none"], "iip_z": [0.0], "estimate": [-2.0]}
    contrast = {"contrast": ["repaired - none"], "iip_z": [1.0], "estimate": [0.5]}
    moderation = {"contrast": ["repaired - none"], "estimate": [np.nan]}
    return {
        "slope": pd.DataFrame(of | slope | {"ci_low": [-3.0], "ci_high": [-1.0]}),
        "contrast": pd.DataFrame(of | contrast | {"ci_low": [0.1], "ci_high": [0.9]}),
        "moderation": pd.DataFrame(of | moderation | {"ci_low": [np.nan], "ci_high": [np.nan]}),
    }


def sessions(*first):
    """Two ratings per patient, the later one far off and standing first in the table."""
    rows = [(f"P{n}", session, value) for n, value in enumerate(first) for session in (2, 1)]
    table = pd.DataFrame(rows, columns=["patient_id", "session", "symptoms"])
    table.loc[table["session"] == 2, "symptoms"] = 99.0
    return table


@pytest.mark.parametrize(("time", "units"), [("log", np.log(10)), ("linear", 9.0)])
def test_d_is_slope_times_duration_by_the_raw_sd_of_first_ratings(linear, time, units):
    found = effect_sizes(linear, sessions(10, 14, 18), 10, time).set_index("kind")  # SD = 4
    assert found.loc["slope", "d"] == pytest.approx(-2 * units / 4)
    assert found.loc["slope", "d_low"] == pytest.approx(-3 * units / 4)
    assert found.loc["slope", "d_high"] == pytest.approx(-1 * units / 4)
    assert found.loc["contrast", "d"] == pytest.approx(0.5 * units / 4)
    assert np.isnan(found.loc["moderation", "d"])
    assert found["baseline_sd"].tolist() == [4.0] * 3
    assert found["n_patients"].tolist() == [3] * 3


@pytest.mark.parametrize("unit", [1, 0.01])
def test_d_has_no_unit(linear, unit):
    """A mean of items 0–4 and their sum give the same d."""
    points = ["estimate", "ci_low", "ci_high"]
    scaled = {kind: t.assign(**{c: t[c] * unit for c in points}) for kind, t in linear.items()}
    table = sessions(10, 14, 18).assign(symptoms=lambda t: t["symptoms"] * unit)
    found = effect_sizes(scaled, table, 10, "linear")
    assert found["d"].tolist() == pytest.approx([-4.5, 1.125, np.nan], nan_ok=True)
    assert found.index.tolist() == [0, 1, 2]


@pytest.mark.parametrize("first", [(12, 12, 12), (12,)])
def test_without_a_spread_of_first_ratings_there_is_no_d(linear, first):
    found = effect_sizes(linear, sessions(*first), 10, "log")
    assert len(found) == 3
    assert found[["d", "d_low", "d_high"]].isna().all().all()


def test_the_sd_of_first_ratings_is_that_of_r(reference, reference_table, linear):
    found = effect_sizes(linear, reference_table, 10, "log")
    assert found["baseline_sd"].iloc[0] == pytest.approx(reference["baseline_sd"])


def test_without_any_model_the_table_has_its_columns(linear):
    empty = {kind: table.iloc[:0] for kind, table in linear.items()}
    assert effect_sizes(empty, sessions(10, 14), 10, "log").empty
