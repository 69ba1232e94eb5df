"""Slopes that vary more in some patients, residuals that carry on: lme4, nlme, dense matrices."""

import json

import numpy as np
import pandas as pd
import pytest
from engine_data import deviance
from rupture_repair.modelling.engine import residual_correlation, slope_variances
from rupture_repair.modelling.engine.model import MixedModel

FORMULA = "y ~ time * pattern * z"
PATTERNS = ["none", "unrepaired", "repaired"]


@pytest.fixture(scope="module")
def table(root):
    found = pd.read_csv(root / "tests/reference/extended/data.csv.gz")
    return found.assign(pattern=pd.Categorical(found["pattern"], PATTERNS))


@pytest.fixture(scope="module")
def reference(root):
    return json.loads((root / "tests/reference/extended/lme4_nlme.json").read_text())


def fitted(table, reml, patient_terms="correlated"):
    groups = ("therapist_id", "patient_id")
    model = MixedModel.from_formula(
        FORMULA, table, groups=groups, time="time", patient_terms=patient_terms
    )
    return model.fit(reml)


def of_patients(found, table, kind):
    person = table.drop_duplicates("patient_id").set_index("patient_id")
    person = person.loc[found.model.design.rows.patient_ids]
    if kind == "score":
        return ["z"], person["z"].to_numpy()[None]
    names = PATTERNS[1:]
    return names, np.stack([(person["pattern"] == name).to_numpy(float) for name in names])


def own_names(terms):
    names = [
        term.replace("pattern", "pattern[T.").replace("(Intercept)", "Intercept") for term in terms
    ]
    return [":".join(f"{p}]" if "[T." in p else p for p in name.split(":")) for name in names]


def agrees(found, theirs, rel=2e-4):
    order = own_names(theirs["terms"])
    np.testing.assert_allclose(found.params[order], theirs["estimate"], rtol=rel, atol=2e-4)
    np.testing.assert_allclose(found.bse[order], theirs["se"], rtol=rel)


@pytest.mark.parametrize("method", ["REML", "ML"])
@pytest.mark.parametrize("kind", ["pattern", "score"])
def test_slope_variances_as_lme4_finds_them(table, reference, kind, method):
    theirs = reference[f"{kind} {method}"]
    plain = fitted(table, method == "REML")
    ours = slope_variances(plain, *of_patients(plain, table, kind))
    assert plain.llf == pytest.approx(theirs["plain"], abs=1e-5)
    assert ours.llf == pytest.approx(theirs["llf"], abs=1e-5)
    np.testing.assert_allclose(list(ours.parameters.values()), theirs["parameters"], atol=2e-3)
    agrees(ours.results, theirs, 2e-3)
    assert ours.results.certificate().passed
    assert ours.chisq == pytest.approx(2 * (ours.llf - plain.llf), abs=1e-8)


@pytest.mark.parametrize("method", ["REML", "ML"])
def test_independent_slopes_of_each_pattern(table, reference, method):
    """The same model as terms of lme4, in which nothing is profiled by hand."""
    theirs = reference[f"independent {method}"]
    plain = fitted(table, method == "REML", "independent")
    ours = slope_variances(plain, *of_patients(plain, table, "pattern"))
    assert ours.llf == pytest.approx(theirs["llf"], abs=1e-5)
    agrees(ours.results, theirs)
    slope = np.sqrt(ours.results.variances["patient_slope"])
    sds = {row["var1"]: row["sdcor"] for row in theirs["sd"] if row.get("var1")}
    assert slope == pytest.approx(sds["none"], rel=1e-3)
    for name, value in ours.parameters.items():
        assert slope * np.exp(value) == pytest.approx(sds[name], rel=1e-3)


@pytest.mark.parametrize("method", ["REML", "ML"])
def test_carried_residuals_as_nlme_finds_them(table, reference, method):
    theirs = reference[f"car1 {method}"]
    plain = fitted(table, method == "REML")
    ours = residual_correlation(plain, table["session"].to_numpy(float))
    assert ours.parameters["phi"] == pytest.approx(theirs["parameters"], abs=1e-4)
    if method == "ML":
        # by ML nlme's summary takes the residual SD by n - p; its REML leaves a constant out
        n, p = len(table), len(theirs["se"])
        theirs = theirs | {"se": np.array(theirs["se"]) * np.sqrt((n - p) / n)}
        assert ours.llf == pytest.approx(theirs["llf"], abs=1e-4)
    agrees(ours.results, theirs, 1e-3)
    assert ours.chisq == pytest.approx(2 * (theirs["llf"] - theirs["plain"]), abs=1e-3)


def test_the_deviance_is_that_of_dense_matrices(table):
    some = table[table["patient_id"] < "P030"].sample(frac=1, random_state=3)
    found = MixedModel.from_formula(
        "y ~ time * z", some, groups=("therapist_id", "patient_id"), time="time"
    ).fit()
    ours = residual_correlation(found, some["session"].to_numpy(float))
    structure, theta = ours.results.problem.structure, ours.results.evaluation.theta
    patient, therapist = structure.covariances(theta)
    z = np.column_stack([np.ones(len(some)), some["time"]])
    same, carers = (
        np.equal.outer(some[name].to_numpy(), some[name].to_numpy())
        for name in ("patient_id", "therapist_id")
    )
    apart = np.abs(np.subtract.outer(some["session"].to_numpy(), some["session"].to_numpy()))
    v = same * (ours.parameters["phi"] ** apart + z @ patient @ z.T) + carers * therapist[0, 0]
    x = np.column_stack([np.ones(len(some)), some["time"], some["z"], some["time"] * some["z"]])
    assert -2 * ours.llf == pytest.approx(deviance(some["y"].to_numpy(), x, v, True), abs=1e-6)


def test_unsupported_models_cannot_be_extended(table):
    flat = fitted(table, True, "intercept")
    with pytest.raises(ValueError, match="no slopes"):
        slope_variances(flat, *of_patients(flat, table, "score"))
    curved = MixedModel.from_formula(
        "y ~ time + I(session ** 2)", table, groups="patient_id", time="time"
    ).fit()
    with pytest.raises(ValueError, match="linear in time"):
        residual_correlation(curved, table["session"].to_numpy(float))
