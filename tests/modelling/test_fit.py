"""The fit itself: its likelihood by brute force, known coefficients, what it records."""

import json

import numpy as np
import pandas as pd
import pytest
from rupture_repair.config.criteria import PATTERNS
from rupture_repair.config.steps.modelling import FitSettings
from rupture_repair.modelling.effects import level
from rupture_repair.modelling.fit import FORMULAS, fit_both, fit_model, read_fits
from rupture_repair.modelling.keys import AllEqual
from scipy import stats

CORRELATED = FitSettings(patient_terms="correlated")


def fixed_matrix(terms, table):
    """The design matrix, built from the definition of the terms and not by a formula."""
    return np.vstack(
        [
            level(
                terms,
                time=row.time,
                pattern=row.pattern,
                iip_z=row.iip_z,
                length_c=row.length_c,
            )
            for row in table.itertuples()
        ]
    )


def dense_covariance(table, variances):
    """Marginal covariance of all ratings, shape (n_obs, n_obs)."""
    therapist = table["therapist_id"].to_numpy()
    patient = table["patient_id"].to_numpy()
    time = table["time"].to_numpy()
    same_patient = patient[:, None] == patient[None, :]
    both = variances["patient_covariance"] * (time[:, None] + time[None, :])
    return (
        variances["therapist"] * (therapist[:, None] == therapist[None, :])
        + variances["patient"] * same_patient
        + variances["patient_slope"] * same_patient * np.outer(time, time)
        + same_patient * both
        + variances["residual"] * np.eye(len(table))
    )


def dense_log_likelihood(table, x, beta, variances, reml):
    """Log-likelihood of the multivariate normal distribution, with the REML term on demand."""
    covariance = dense_covariance(table, variances)
    value = stats.multivariate_normal(x @ beta, covariance).logpdf(table["symptoms"].to_numpy())
    if reml:
        information = x.T @ np.linalg.solve(covariance, x)
        value += 0.5 * x.shape[1] * np.log(2 * np.pi) - 0.5 * np.linalg.slogdet(information)[1]
    return value


@pytest.fixture(scope="module")
def tiny(reference_table):
    """Six therapists, at most five sessions a patient: small enough for dense matrices."""
    some = sorted(reference_table["therapist_id"].unique())[:6]
    keep = reference_table["therapist_id"].isin(some) & (reference_table["session"] <= 5)
    return reference_table[keep].reset_index(drop=True)


def test_standard_errors_are_those_at_the_estimated_variances(tiny):
    """(X'V⁻¹X)⁻¹ with V at the estimates, by dense matrices."""
    fit = fit_model(tiny, "M2", reml=True)
    x = fixed_matrix(fit.terms, tiny)
    covariance = dense_covariance(tiny, fit.variances)
    np.testing.assert_allclose(
        np.linalg.inv(x.T @ np.linalg.solve(covariance, x)), fit.cov, rtol=1e-5, atol=1e-8
    )


@pytest.mark.parametrize("reml", [False, True])
@pytest.mark.parametrize("model", ["M0", "M2"])
def test_likelihood_by_brute_force(tiny, model, reml):
    fit = fit_model(tiny, model, reml=reml)
    x = fixed_matrix(fit.terms, tiny)
    beta = fit.params.to_numpy()
    at_estimates = dense_log_likelihood(tiny, x, beta, fit.variances, reml)
    assert fit.llf == pytest.approx(at_estimates, abs=1e-6)
    # generalised least squares at the estimated variances gives the coefficients
    covariance = dense_covariance(tiny, fit.variances)
    information = x.T @ np.linalg.solve(covariance, x)
    gls = np.linalg.solve(information, x.T @ np.linalg.solve(covariance, tiny["symptoms"]))
    np.testing.assert_allclose(gls, beta, rtol=1e-5, atol=1e-6)
    # and no change of a variance by 5 % is better
    tried = 0
    for component in fit.variances:
        for factor in (0.95, 1.05):
            moved = fit.variances | {component: fit.variances[component] * factor}
            most = moved["patient"] * moved["patient_slope"] * (1 + 1e-9)
            if moved["patient_covariance"] ** 2 > most:
                continue  # no covariance matrix: the fit may lie at a perfect correlation
            tried += 1
            assert dense_log_likelihood(tiny, x, beta, moved, reml) < at_estimates + 1e-6
    assert tried >= 6


def simulated(rng, n_patients=300, n_therapists=40, n_sessions=8):
    """Data drawn from M3's mean structure and random part with known parameters."""
    person = pd.DataFrame(
        {
            "patient_id": [f"P{i:03d}" for i in range(n_patients)],
            "therapist": np.arange(n_patients) % n_therapists,
            "pattern": rng.choice(PATTERNS, n_patients, p=[0.5, 0.3, 0.2]),
            "iip_z": rng.standard_normal(n_patients),
            "length_c": rng.normal(0, 0.5, n_patients),
            "u_patient": rng.normal(0, 4.0, n_patients),
            "u_slope": rng.normal(0, 1.5, n_patients),
        }
    )
    person["therapist_id"] = [f"T{i:02d}" for i in person["therapist"]]
    person["u_therapist"] = rng.normal(0, 2.0, n_therapists)[person["therapist"]]
    table = person.loc[np.repeat(person.index, n_sessions)].reset_index(drop=True)
    table["session"] = np.tile(np.arange(1, n_sessions + 1), n_patients)
    table["time"] = np.log(table["session"])
    table["pattern"] = pd.Categorical(table["pattern"], PATTERNS)
    return table


TRUE_VARIANCES = {"therapist": 4.0, "patient": 16.0, "patient_slope": 2.25, "residual": 9.0}


def test_known_coefficients_are_recovered(fits):
    rng = np.random.default_rng(20250181)
    table = simulated(rng).assign(symptoms=0.0)
    terms = fits["REML"]["M3"].terms
    true = pd.Series(rng.choice([-2.0, -1.0, 1.0, 2.0], len(terms)), index=terms)
    true["Intercept"] = 20.0
    table["symptoms"] = (
        fixed_matrix(terms, table) @ true.to_numpy()
        + table["u_therapist"]
        + table["u_patient"]
        + table["u_slope"] * table["time"]
        + rng.normal(0, 3.0, len(table))
    )
    fit = fit_model(table, "M3", reml=True)
    # the squared distance from the truth is chi-squared when estimates and SEs are right
    off = fit.params.to_numpy() - true.to_numpy()
    distance = off @ np.linalg.solve(fit.cov, off)
    low, high = stats.chi2.ppf([0.001, 0.999], len(terms))
    assert low < distance < high
    # a variance v from m units, each measured with error variance e, has an SE of about
    # (v + e) sqrt(2 / m); e of a patient's intercept and slope is that of a regression line
    time = np.log(np.arange(1, 9))
    spread = ((time - time.mean()) ** 2).sum()
    e_slope, e_level = 9 / spread, 9 * (1 / 8 + time.mean() ** 2 / spread)
    units = {
        "therapist": (40, 16 / 7.5 + e_level / 7.5),
        "patient": (300, e_level),
        "patient_slope": (300, e_slope),
        "residual": (len(table) - 600, 0.0),
    }
    for component, (m, error) in units.items():
        true_variance = TRUE_VARIANCES[component]
        margin = 3 * (true_variance + error) * np.sqrt(2 / m)
        assert abs(fit.variances[component] - true_variance) < margin, component
    assert fit.certificate["passed"]
    assert fit.certificate["agreeing"] == fit.certificate["starts"] >= 4


def test_shift_and_unit_of_the_outcome(reference_table, fits):
    """b and SE follow a change of the outcome's unit, variances its square."""
    moved = reference_table.assign(symptoms=3 * reference_table["symptoms"] + 10)
    fit, original = fit_model(moved, "M1", reml=True), fits["REML"]["M1"]
    expected = 3 * original.params + 10 * (original.params.index == "Intercept")
    np.testing.assert_allclose(fit.params, expected, rtol=1e-5, atol=1e-5)
    for component, variance in original.variances.items():
        assert fit.variances[component] == pytest.approx(9 * variance, rel=1e-3)


def test_counts(fits, reference_table):
    for fit in fits["REML"].values():
        assert fit.n_obs == len(reference_table)
        assert (fit.n_patients, fit.n_therapists) == (150, 15)
        assert fit.n_parameters == len(fit.terms) + 5


def test_row_order_does_not_matter(reference_table, fits):
    fit = fit_model(reference_table.sample(frac=1, random_state=5), "M1", reml=True)
    assert fit.llf == pytest.approx(fits["REML"]["M1"].llf, abs=1e-3)
    np.testing.assert_allclose(fit.params, fits["REML"]["M1"].params, rtol=1e-3, atol=1e-3)


def test_pattern_without_patients_is_aliased_with_nothing(reference_table):
    without = reference_table[reference_table["pattern"] != "repaired"]
    fit = fit_model(without, "M1", reml=True)
    assert set(fit.terms) == {
        "Intercept", "time", "pattern[unrepaired]", "time:pattern[unrepaired]",
    }  # fmt: skip
    assert fit.aliased == ["pattern[repaired]", "time:pattern[repaired]"]
    assert not np.any(fit.aliases)
    assert fit.n_parameters == 4 + 5


def test_fits_survive_storage(fits, tmp_path):
    files = []
    for model in FORMULAS:
        file = tmp_path / f"{model}.json"
        stored = {method: fits[method][model].as_dict() for method in ("ML", "REML")}
        file.write_text(json.dumps(stored | {"model": model}), encoding="utf-8")
        files.append(str(file))
    read, reasons = read_fits(files)
    assert reasons == {}
    for method in ("ML", "REML"):
        assert read[method] == list(fits[method].values())


def test_a_model_that_cannot_be_estimated_is_stored_with_the_reason(reference_table, tmp_path):
    stored = fit_both(reference_table.assign(length_c=0.0), "M3", CORRELATED)
    file = tmp_path / "M3.json"
    file.write_text(json.dumps(stored), encoding="utf-8")
    fits, reasons = read_fits([str(file)])
    assert fits == {"ML": [], "REML": []}
    assert reasons == {"M3": str(AllEqual("length_c"))}
