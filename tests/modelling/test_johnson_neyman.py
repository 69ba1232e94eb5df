"""Regions of significance against a brute-force search over a fine grid."""

import dataclasses
from functools import partial

import numpy as np
import pandas as pd
import pytest
from rupture_repair.modelling.effects import CONTRASTS, level, slope
from rupture_repair.modelling.effects import tests as combinations
from rupture_repair.modelling.johnson_neyman import change_curve, curve, regions


@pytest.fixture(scope="module")
def people():
    rng = np.random.default_rng(11)
    pattern = np.repeat(["none", "unrepaired", "repaired"], [60, 30, 14])
    return pd.DataFrame({"iip_z": rng.normal(size=len(pattern)), "pattern": pattern})


def made_up(fit, rng):
    """The fit with random coefficients and a random covariance: all kinds of regions occur."""
    p = len(fit.terms)
    root = rng.normal(size=(p, p)) / np.sqrt(p)
    covariance = root @ root.T
    other = rng.normal(size=(p, p)) / np.sqrt(p)
    jacobian = np.stack([2 * covariance, 3 * other @ other.T])
    return dataclasses.replace(
        fit,
        estimates=rng.normal(0, 2.5, p).tolist(),
        covariance=covariance.tolist(),
        jacobian=jacobian.tolist(),
        parameter_covariance=[[0.05, 0.0], [0.0, 0.1]],
    )


def significant_on_grid(fit, contrast, grid, confidence):
    """Whether the interval of the difference of slopes excludes zero, point by point."""
    rows = []
    for z in grid:
        first, second = (slope(fit.terms, pattern=name, iip_z=z, length_c=0.0) for name in contrast)
        rows.append(first - second)
    found = combinations(fit, rows, confidence)
    return ((found["ci_low"] > 0) | (found["ci_high"] < 0)).to_numpy()


def inside(values, ranges):
    flags = np.zeros(len(values), dtype=bool)
    for low, high in ranges:
        flags |= (values >= low) & (values <= high)
    return flags


def test_regions_by_brute_force(fits, people):
    rng = np.random.default_rng(2)
    grid = np.linspace(people["iip_z"].min(), people["iip_z"].max(), 41)
    kinds = set()
    for confidence in (0.95, 0.6):
        for _ in range(12):
            fit = made_up(fits["REML"]["M2"], rng)
            table = regions(fit, people, confidence).set_index("contrast")
            for contrast in CONTRASTS:
                row = table.loc[" - ".join(contrast)]
                found = [
                    (row[f"{side}_from"], row[f"{side}_to"])
                    for side in ("low", "high")
                    if np.isfinite(row[f"{side}_from"])
                ]
                flags = significant_on_grid(fit, contrast, grid, confidence)
                assert (inside(grid, found) == flags).all()
                share = inside(people["iip_z"], found).mean()
                assert row["share_of_patients"] == pytest.approx(share)
                kinds.add((len(found), bool(flags[0]), bool(flags[-1])))
    # nothing, everything, either end, both ends and the middle alone: each was met
    assert {(0, False, False), (1, True, True), (1, True, False), (1, False, True)} <= kinds
    assert (2, True, True) in kinds


def test_two_coefficients_by_hand(fits, people):
    """b1 = 0, b2 = 1, v11 = v22 = 0.0625, v12 = 0: |z| > c × .25 × sqrt(1 + z²)."""
    fit = fits["REML"]["M2"]
    terms = fit.terms
    estimates = pd.Series(0.0, index=terms)
    covariance = pd.DataFrame(np.eye(len(terms)) * 1e-12, index=terms, columns=terms)
    estimates["time:pattern[repaired]:iip_z"] = 1.0
    for term in ("time:pattern[repaired]", "time:pattern[repaired]:iip_z"):
        covariance.loc[term, term] = 0.0625
    fit = dataclasses.replace(
        fit,
        estimates=estimates.tolist(),
        covariance=covariance.to_numpy().tolist(),
        jacobian=[np.zeros(covariance.shape).tolist()],  # known variances: infinite df
        parameter_covariance=[[1.0]],
    )
    row = regions(fit, people, 0.95).set_index("contrast").loc["repaired - none"]
    share = (1.959964 * 0.25) ** 2
    edge = np.sqrt(share / (1 - share))
    assert row["interaction"] == 1
    assert row["low_to"] == pytest.approx(-edge, abs=1e-6)
    assert row["high_from"] == pytest.approx(edge, abs=1e-6)
    assert (row["low_from"], row["high_to"]) == (row["observed_low"], row["observed_high"])


def test_the_interaction_is_the_difference_of_two_coefficients(fits, people):
    fit = fits["REML"]["M2"]
    found = regions(fit, people, 0.95).set_index("contrast")["interaction"]
    repaired, unrepaired = (
        fit.params[f"time:pattern[{name}]:iip_z"] for name in ("repaired", "unrepaired")
    )
    assert found["repaired - none"] == pytest.approx(repaired)
    assert found["repaired - unrepaired"] == pytest.approx(repaired - unrepaired)


def test_supported_range_leaves_five_patients_beyond_either_end(fits, people):
    table = regions(fits["REML"]["M2"], people, 0.95).set_index("contrast")
    for contrast, row in table.iterrows():
        own = people.loc[people["pattern"] == contrast.split(" - ")[0], "iip_z"]
        assert (own <= row["supported_low"]).sum() == 5
        assert (own >= row["supported_high"]).sum() == 5


def test_ten_patients_support_what_lies_between_the_fifth_and_the_sixth(fits, people):
    few = pd.concat([people[people["pattern"] != "repaired"], people[-10:]])
    assert (few["pattern"] == "repaired").sum() == 10
    row = regions(fits["REML"]["M2"], few, 0.95).set_index("contrast").loc["repaired - none"]
    own = np.sort(few.loc[few["pattern"] == "repaired", "iip_z"])
    assert (row["supported_low"], row["supported_high"]) == (own[4], own[5])


def test_fewer_than_ten_patients_support_no_range(fits, people):
    few = pd.concat([people[people["pattern"] != "repaired"], people[-9:]])
    table = regions(fits["REML"]["M2"], few, 0.95).set_index("contrast")
    supported = table[["supported_low", "supported_high"]].astype(float)
    assert supported.loc["repaired - none"].isna().all()
    assert np.isfinite(table.loc["unrepaired - none", "supported_low"])


def test_curve_crosses_zero_with_its_band_at_the_regions(fits, people):
    fit = fits["REML"]["M2"]
    points = curve(fit, people, 0.95, points=401)
    assert len(points) == 3 * 401
    for contrast in CONTRASTS:
        part = points[points["contrast"] == " - ".join(contrast)]
        flags = ((part["ci_low"] > 0) | (part["ci_high"] < 0)).to_numpy()
        expected = significant_on_grid(fit, contrast, part["iip_z"].to_numpy(), 0.95)
        assert (flags == expected).all()


@pytest.mark.parametrize("model", ["M2", "M3"])
def test_the_curve_spans_what_was_observed_at_average_length(fits, people, model):
    fit = fits["REML"][model]
    found = curve(fit, people, 0.9, points=5)
    grid = np.linspace(people["iip_z"].min(), people["iip_z"].max(), 5)
    for contrast in CONTRASTS:
        part = found[found["contrast"] == " - ".join(contrast)]
        np.testing.assert_allclose(part["iip_z"], grid)
        rows = [
            slope(fit.terms, pattern=contrast[0], iip_z=z, length_c=0.0)
            - slope(fit.terms, pattern=contrast[1], iip_z=z, length_c=0.0)
            for z in grid
        ]
        expected = combinations(fit, rows, 0.9)
        for name in ("estimate", "ci_low", "ci_high"):
            np.testing.assert_allclose(part[name], expected[name], rtol=1e-9)


def test_the_curve_of_change_is_the_difference_of_courses(fits, people):
    """Point by point: repaired less none at session 8, each less the same at session 1."""
    fit = fits["REML"]["M3"]
    patients = people.assign(iip=1.5 + 0.5 * people["iip_z"])
    found = change_curve(fit, patients, {8.0: (0.4, np.log(8.0))}, 0.95, points=5)
    assert found["iip"].tolist() == pytest.approx((1.5 + 0.5 * found["iip_z"]).tolist())
    assert set(found["length"]) == {8.0}
    for row in found.itertuples():
        at = partial(level, fit.terms, iip_z=row.iip_z, length_c=0.4)
        change = {
            pattern: at(time=np.log(8.0), pattern=pattern) - at(time=0.0, pattern=pattern)
            for pattern in ("repaired", "none")
        }
        slow = combinations(fit, change["repaired"] - change["none"], 0.95).iloc[0]
        for name in ("estimate", "ci_low", "ci_high"):
            assert getattr(row, name) == pytest.approx(slow[name])
