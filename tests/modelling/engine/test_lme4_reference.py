"""Agreement with stored values of lme4, lmerTest and emmeans (tests/reference/engine)."""

import json
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from rupture_repair.modelling.engine.model import MixedModel

REFERENCE = Path(__file__).parents[2] / "reference" / "engine"
FITS = json.loads((REFERENCE / "lme4.json").read_text())["fits"]
DATA = sorted({fit["data"] for fit in FITS})
TERMS = {
    "correlated": ("correlated", "intercept"),
    "independent": ("independent", "intercept"),
    "intercept": ("intercept", "intercept"),
    "therapist_slope": ("correlated", "correlated"),
    "no_therapist": ("correlated", "none"),
}
PATTERNS = ["none", "unrepaired", "repaired"]


@cache
def table(name):
    sessions = pd.read_csv(REFERENCE / f"{name}.csv.gz")
    sessions["pattern"] = pd.Categorical(sessions["pattern"], PATTERNS)
    return sessions


@cache
def fitted(data, structure, reml):
    formula = next(f["formula"] for f in FITS if f["data"] == data)
    patient, therapist = TERMS[structure]
    model = MixedModel.from_formula(
        formula,
        table(data),
        groups=("therapist_id", "patient_id"),
        time="time",
        patient_terms=patient,
        therapist_terms=therapist,
    )
    return model.fit(reml)


def key(term):
    plain = term.replace("(Intercept)", "Intercept").replace("[T.", "").replace("]", "")
    return frozenset(plain.split(":"))


def aligned(values, fit, ours):
    """Values of the reference in the order of our terms."""
    place = {key(term): n for n, term in enumerate(fit["terms"])}
    return np.array([values[place[key(term)]] for term in ours])


@pytest.mark.parametrize("fit", FITS, ids=lambda f: f"{f['data']}-{f['structure']}-{f['reml']}")
class TestFit:
    def test_log_likelihood(self, fit):
        ours = fitted(fit["data"], fit["structure"], fit["reml"])
        # never below lme4, and above only where lme4 stopped short
        assert ours.llf >= fit["llf"] - 1e-7
        assert ours.llf == pytest.approx(fit["llf"], abs=1e-6)

    def test_estimates_and_standard_errors(self, fit):
        ours = fitted(fit["data"], fit["structure"], fit["reml"])
        se = aligned(fit["se"], fit, ours.terms)
        np.testing.assert_allclose(ours.bse, se, rtol=1e-4)
        shift = (ours.params - aligned(fit["estimate"], fit, ours.terms)) / se
        assert np.abs(shift).max() < 1e-4

    def test_degrees_of_freedom_and_p(self, fit):
        ours = fitted(fit["data"], fit["structure"], fit["reml"])
        np.testing.assert_allclose(ours.df, aligned(fit["df"], fit, ours.terms), rtol=0.01)
        p = aligned(fit["p"], fit, ours.terms)
        np.testing.assert_allclose(ours.pvalues, p, rtol=0.02, atol=1e-6)

    def test_certificate(self, fit):
        certificate = fitted(fit["data"], fit["structure"], fit["reml"]).certificate()
        assert certificate.passed, certificate.failures
        singular = min(np.array(fit["theta"])[on_diagonal(fit)]) < 1e-4
        assert bool(certificate.boundary) == singular


def test_boundaries_have_names():
    at = {name: fitted(name, "correlated", True).certificate().boundary for name in DATA}
    assert at["perfect_correlation"] == ["patient.correlation"]
    assert at["no_therapist_variance"] == ["therapist.intercept"]
    assert at["study_size"] == []


def on_diagonal(fit):
    """Which elements of lme4's theta lie on the diagonal; `||` is two terms of one each."""
    return {
        "correlated": [0, 2, 3],
        "independent": [0, 1, 2],
        "intercept": [0, 1],
        "therapist_slope": [0, 2, 3, 5],
        "no_therapist": [0, 2],
    }[fit["structure"]]


EMMEANS = [f for f in FITS if "slopes" in f]


@pytest.mark.parametrize("fit", EMMEANS, ids=lambda f: f["data"])
def test_slopes_and_contrasts_of_emmeans(fit):
    ours = fitted(fit["data"], "correlated", True)
    for row in fit["slopes"]:
        slope = slope_row(ours.terms, row["pattern"], row)
        compare(ours, slope, row, row["time.trend"])
    for row in fit["contrasts"]:
        first, second = row["contrast"].split(" - ")
        difference = slope_row(ours.terms, first, row) - slope_row(ours.terms, second, row)
        compare(ours, difference, row, row["estimate"])


def compare(ours, row, theirs, estimate):
    found = ours.contrasts(row).iloc[0]
    assert found["estimate"] == pytest.approx(estimate, abs=1e-4 * theirs["SE"])
    assert found["se"] == pytest.approx(theirs["SE"], rel=1e-4)
    assert found["df"] == pytest.approx(theirs["df"], rel=0.01)


def slope_row(terms, pattern, at):
    value = {"time": 1.0} | {name: at[name] for name in ("iip_z", "length_c") if name in at}
    value |= {f"pattern[T.{name}]": float(name == pattern) for name in PATTERNS[1:]}
    return np.array(
        [
            np.prod([value[factor] for factor in term.split(":")]) if "time" in term else 0.0
            for term in terms
        ]
    )


@pytest.mark.parametrize("fit", EMMEANS, ids=lambda f: f["data"])
def test_random_effects(fit):
    effects = fitted(fit["data"], "correlated", True).random_effects
    ours = effects["patient"].sort_index().head(5).to_numpy()
    np.testing.assert_allclose(ours, fit["patient_effects"], atol=1e-3)
    ours = effects["therapist"].sort_index().head(5)["intercept"]
    np.testing.assert_allclose(ours, fit["therapist_effects"], atol=1e-3)
