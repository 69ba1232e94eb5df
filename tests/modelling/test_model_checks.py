"""Rows of assumptions: the effect is what the fitted model itself predicts."""

import numpy as np
import pandas as pd
import pytest
from rupture_repair.config.analysis import Sensitivity
from rupture_repair.config.criteria import PATTERNS, Criterion
from rupture_repair.config.steps.modelling import SensitivitySettings
from rupture_repair.modelling.fit import certified, estimate
from rupture_repair.modelling.model_checks import check_rows, natural_spline
from scipy.interpolate import CubicSpline

SETTINGS = SensitivitySettings(
    criterion=Criterion(),
    time="log",
    patient_terms="correlated",
    confidence=0.95,
    effect_duration=10,
    sensitivity=Sensitivity(),
)


@pytest.fixture(scope="module")
def found(reference_table):
    """Rows by variant and effect, and what the extended models estimate."""
    fits = {"M3": estimate(reference_table, "M3", reml=True, patient_terms="correlated")}
    rows, parameters = check_rows(reference_table, fits, {}, SETTINGS)
    return pd.DataFrame(rows).set_index(["variant", "effect"]), parameters, fits["M3"]


def test_the_basis_holds_every_natural_spline_of_its_knots():
    knots = np.array([0.0, 0.7, 1.6, 3.0])
    inside = np.linspace(0, 3, 50)
    basis = np.vstack([np.ones(50), natural_spline(inside, knots)])
    assert len(basis) == 4
    for seed in range(3):
        values = np.random.default_rng(seed).normal(size=4)
        smooth = CubicSpline(knots, values, bc_type="natural")(inside)
        weights = np.linalg.lstsq(basis.T, smooth, rcond=None)[0]
        np.testing.assert_allclose(weights @ basis, smooth, atol=1e-9)
    beyond = natural_spline(np.array([4.0, 5.0, 6.0]), knots)
    np.testing.assert_allclose(np.diff(beyond, 2), 0, atol=1e-9)  # lines


def test_the_spline_counts_what_its_curve_predicts(found, reference_table):
    rows, _, _ = found
    knots = np.quantile(reference_table["time"], [0, 1 / 3, 2 / 3, 1])
    names = ["a", "b", "c"]
    shapes = dict(
        zip(names, natural_spline(reference_table["time"].to_numpy(), knots), strict=True)
    )
    table = reference_table.assign(**shapes)
    fit = certified(
        "symptoms ~ (a + b + c) * pattern * iip_z * length_c", table, reml=True,
        patient_terms="correlated",
    )  # fmt: skip
    grid = pd.DataFrame(
        [(p, z, s) for p in ("repaired", "none") for z in (1.0, 0.0) for s in (10, 1)],
        columns=["pattern", "iip_z", "session"],
    )
    grid["pattern"] = pd.Categorical(grid["pattern"], PATTERNS)
    grid = grid.assign(
        **dict(zip(names, natural_spline(np.log(grid["session"].to_numpy()), knots), strict=True)),
        length_c=0.0,
    )
    signs = [1, -1, -1, 1, -1, 1, 1, -1]
    assert rows.loc[("time_spline", "repaired - none"), "estimate"] == pytest.approx(
        float(signs @ fit.predict(grid)), rel=1e-5
    )


def test_thirds_of_length_are_averaged_by_their_shares(found, reference_table):
    rows, _, _ = found
    row = rows.loc[("pattern_mixture", "repaired - none")]
    person = reference_table.drop_duplicates("patient_id")
    ends = person["length"].quantile([1 / 3, 2 / 3]).to_numpy()
    third = np.searchsorted(ends, person["length"])
    counts = pd.crosstab(person["pattern"], third).to_numpy()
    if counts.min() < 5:
        assert row["reason"].startswith("few_of_third ")
    else:
        assert np.isfinite(row["estimate"])


def test_extended_models_are_no_worse_than_the_plain_one(found):
    rows, parameters, plain = found
    assert (parameters["chisq"] >= 0).all()
    assert parameters["parameter"].tolist() == [
        "ratio_unrepaired", "ratio_repaired", "ratio_per_sd", "phi",
    ]  # fmt: skip
    # residuals of these data do not carry on: the row is the headline's
    assert parameters["value"].iloc[-1] == pytest.approx(0, abs=1e-6)
    wanted = plain.params["time:pattern[T.repaired]:iip_z"] * np.log(10)
    row = rows.loc[("autocorrelation", "repaired - none")]
    assert row["estimate"] == pytest.approx(wanted, rel=1e-6)


def test_one_pattern_alone_has_no_slopes_to_compare(reference_table):
    table = reference_table[reference_table["pattern"] == "none"]
    rows, parameters = check_rows(table, {}, {"M3": "nobody has it"}, SETTINGS)
    assert all(row.get("reason") for row in rows)
    assert parameters["reason"].notna().all()
