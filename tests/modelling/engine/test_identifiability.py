"""Which variances a design tells apart: dense matrices, and designs whose answer is known."""

import itertools

import numpy as np
import patsy
import pytest
from engine_data import tiny_cohort
from rupture_repair.modelling.engine.identifiability import in_words, unidentified
from rupture_repair.modelling.engine.model import MixedModel

GROUPING = {"groups": ("therapist_id", "patient_id"), "time": "time"}
PATIENT = ("patient", "patient_covariance", "patient_slope")
KEYS = {"intercept": ["00"], "independent": ["00", "11"], "correlated": ["00", "10", "11"]}


def by_brute_force(table, formula: str, terms: dict[str, str]) -> set[str]:
    """Names of components whose dense MVM is a combination of the others'."""
    x = np.asarray(patsy.dmatrix(formula.partition("~")[2], table))
    m = np.eye(len(x)) - x @ np.linalg.pinv(x)
    z = np.column_stack([np.ones(len(x)), table["time"]])
    matrices = {"residual": np.eye(len(x))}
    for level, column in (("patient", "patient_id"), ("therapist", "therapist_id")):
        same = np.equal.outer(table[column].to_numpy(), table[column].to_numpy())
        for key in KEYS.get(terms[level], []):
            row, other = int(key[0]), int(key[1])
            e = np.zeros((2, 2))
            e[row, other] = e[other, row] = 1.0
            name = {"00": level, "10": f"{level}_covariance", "11": f"{level}_slope"}[key]
            matrices[name] = same * (z @ e @ z.T)
    left = {name: (m @ v @ m).ravel() for name, v in matrices.items()}
    found = set()
    for name, own in left.items():
        others = np.column_stack([v for key, v in left.items() if key != name])
        off = own - others @ np.linalg.lstsq(others, own, rcond=1e-9)[0]
        if np.linalg.norm(off) < 1e-6 * max(np.linalg.norm(matrices[name]), 1e-12):
            found.add(name)
    return found


def found(table, formula="y ~ time * z", patient="correlated", therapist="intercept"):
    model = MixedModel.from_formula(
        formula, table, **GROUPING, patient_terms=patient, therapist_terms=therapist
    )
    return unidentified(model.problem())


def designs():
    table = tiny_cohort(seed=4, n_patients=25, n_therapists=5)
    numbered = table.assign(time=table.groupby("patient_id").cumcount().astype(float))
    return {
        "sound": table,
        "one rating": table.drop_duplicates("patient_id"),
        "one rating at one time": table.drop_duplicates("patient_id").assign(time=0.0),
        "one therapist each": table.assign(therapist_id=table["patient_id"]),
        "two ratings at two times": numbered[numbered["time"] < 2],
        "two ratings at most": numbered[numbered["time"] < 2].assign(time=table["time"]),
        "one time": table.assign(time=1.0),
    }


@pytest.mark.parametrize("design", designs())
@pytest.mark.parametrize(
    ("patient", "therapist"),
    list(
        itertools.product(["intercept", "independent", "correlated"], ["intercept", "correlated"])
    ),
)
def test_identifiability_equals_dense_matrices(design, patient, therapist):
    table = designs()[design]
    wanted = by_brute_force(table, "y ~ time * z", {"patient": patient, "therapist": therapist})
    assert set(found(table, patient=patient, therapist=therapist)[0]) == wanted


@pytest.mark.parametrize(
    ("design", "components", "reasons"),
    [
        ("sound", [], []),
        ("one rating", ["patient", "residual"], ["one_rating"]),
        ("one therapist each", ["patient", "therapist"], ["one_patient"]),
        ("two ratings at two times", [*PATIENT, "residual"], ["two_ratings"]),
        ("one time", [*PATIENT], ["one_time"]),
    ],
)
def test_what_is_not_identified_in_known_designs(design, components, reasons):
    assert found(designs()[design]) == (components, reasons)


def test_the_verdict_does_not_depend_on_the_number_of_patients():
    table = designs()["one rating"]
    model = MixedModel.from_formula("y ~ time * z", table, **GROUPING)
    many = model.problem(patient_weights=np.full(25, 1e5))
    assert unidentified(many)[0] == ["patient", "residual"]


def test_a_fixed_part_that_takes_all_differences_between_therapists():
    table = designs()["sound"]
    names, reason = found(table, "y ~ time + C(therapist_id)")
    assert names == ["therapist"]
    assert in_words(names, reason) == "the data do not determine the variance between therapists"


def test_the_certificate_names_them_and_the_estimates_stay():
    table = designs()["one therapist each"]
    fit = MixedModel.from_formula("y ~ time * z", table, **GROUPING).fit()
    certificate = fit.certificate()
    assert not certificate.passed
    assert certificate.errors == []
    assert certificate.failures == [
        "the data do not tell the variance between patients and the variance between therapists "
        "apart: every therapist has one patient"
    ]
    alone = MixedModel.from_formula("y ~ time * z", table, **GROUPING, therapist_terms="none").fit()
    np.testing.assert_allclose(fit.params, alone.params, rtol=1e-5)
    np.testing.assert_allclose(fit.bse, alone.bse, rtol=1e-5)


@pytest.mark.parametrize("weights", [np.ones(25), np.arange(25) % 3.0])
def test_duplicated_units_count_as_units(weights):
    table = designs()["one rating"]
    model = MixedModel.from_formula("y ~ time", table, **GROUPING)
    assert unidentified(model.problem(patient_weights=weights))[0] == ["patient", "residual"]
    sound = MixedModel.from_formula("y ~ time", designs()["sound"], **GROUPING)
    assert unidentified(sound.problem(patient_weights=weights))[0] == []


@pytest.mark.parametrize("patient", ["intercept", "independent", "correlated"])
@pytest.mark.parametrize("offset", [1e3, 1e4, 1e5, 1e6])
def test_a_distant_zero_of_time_does_not_matter(patient, offset):
    """What the design tells apart stays; a fit that loses its optimum is not certified."""
    table = tiny_cohort(seed=4, n_patients=60, n_therapists=8)
    moved = table.assign(time=table["time"] + offset)
    fit = MixedModel.from_formula("y ~ time * z", moved, **GROUPING, patient_terms=patient).fit()
    certificate = fit.certificate()
    assert certificate.unidentified == []
    if patient != "independent":  # correlated terms, or none of slopes, do not ask where zero is
        here = MixedModel.from_formula("y ~ time * z", table, **GROUPING, patient_terms=patient)
        lost = here.fit().llf - fit.llf > 1e-3
        assert not (certificate.passed and lost)
