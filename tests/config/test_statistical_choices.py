"""Covariates, outcome, clustering and caseloads: refused in words, or known to every step."""

import pytest


def test_covariates_reach_the_table_the_fits_and_the_multiverse(load, cohort):
    cohort["modelling"]["covariates"] = ["age", {"name": "gender", "with_time": False}]
    settings = load(cohort).cohorts["clinic"]
    wanted = [
        {"name": "age", "with_time": True, "number": True},
        {"name": "gender", "with_time": False, "number": False},
    ]
    for step in ("time", "fit", "sensitivity"):
        assert settings.section(step)["covariates"] == wanted, step
    assert settings.section("validation")["covariates"] == ["age", "gender"]


def test_a_further_column_of_the_patient_file(load, cohort):
    other = {"income": {"column": "EINKOMMEN", "kind": "number"}}
    cohort["columns"]["patients"]["other"] = other
    cohort["modelling"]["covariates"] = ["income"]
    settings = load(cohort).cohorts["clinic"]
    assert settings.section("fit")["covariates"][0]["number"] is True
    assert dict(settings.cohort.columns.patients)["income"] == "EINKOMMEN"


@pytest.mark.parametrize(
    ("covariates", "expected"),
    [
        (["agee"], "`agee` is no covariate; did you mean `age`?"),
        (["iip"], "`iip` is no covariate"),
        (["income"], "under `columns.patients.other`"),
        (["age", "age"], "given twice: age"),
        ([{"name": "age", "with_tim": False}], "did you mean `with_time`?"),
    ],
)
def test_a_covariate_that_is_none(problems, cohort, covariates, expected):
    cohort["modelling"]["covariates"] = covariates
    [(_, message)] = problems(cohort)
    assert expected in message


def test_a_covariate_whose_column_is_not_named(problems, cohort):
    del cohort["columns"]["patients"]["age"]
    cohort["modelling"]["covariates"] = ["age"]
    [(_, message)] = problems(cohort)
    assert "`columns.patients.age`" in message


@pytest.mark.parametrize("name", ["age", "Income", "two words", "a__b", "time"])
def test_names_of_further_columns(problems, cohort, name):
    cohort["columns"]["patients"]["other"] = {name: {"column": "X", "kind": "number"}}
    [(_, message)] = problems(cohort)
    assert "small letters" in message


def test_a_further_column_has_one_meaning(problems, cohort):
    raw = cohort["columns"]["patients"]["iip"]
    cohort["columns"]["patients"]["other"] = {"income": {"column": raw, "kind": "number"}}
    [(_, message)] = problems(cohort)
    assert f"the column `{raw}` is named for `iip` and `income`" in message


@pytest.fixture
def delivered(cohort, folder):
    """A cohort file whose raw files are there."""
    for file in cohort["files"].values():
        (folder / file).parent.mkdir(parents=True, exist_ok=True)
        (folder / file).write_text("x\n", encoding="utf-8")
    del cohort["synthetic"]
    return cohort


def test_another_outcome_takes_the_place_of_symptoms(load, delivered):
    delivered["outcomes"] = {"distress": {"column": "OQ", "instrument": "OQ-45"}}
    delivered["outcome"] = "distress"
    settings = load(delivered).cohorts["clinic"]
    assert settings.cohort.columns.sessions.symptoms == "OQ"
    assert settings.named_instruments.symptoms.key == "OQ-45"


@pytest.mark.parametrize(
    ("outcome", "instrument", "expected"),
    [
        ("distres", "OQ-45", "did you mean `distress`?"),
        ("distress", "OQ45", "did you mean `OQ-45`?"),
        ("distress", "SAI", "measures alliance"),
    ],
)
def test_an_outcome_that_is_none(problems, delivered, outcome, instrument, expected):
    delivered["outcomes"] = {"distress": {"column": "OQ", "instrument": instrument}}
    delivered["outcome"] = outcome
    [(_, message)] = problems(delivered)
    assert expected in message


def test_a_synthetic_cohort_has_one_outcome(problems, cohort):
    cohort["outcomes"] = {"distress": {"column": "OQ", "instrument": "OQ-45"}}
    cohort["outcome"] = "distress"
    [(_, message)] = problems(cohort)
    assert "`synthetic` exclude each other" in message


def test_patients_as_the_unit_of_clustering(load, cohort):
    cohort["modelling"]["clustering"] = "patient"
    settings = load(cohort)
    own = settings.cohorts["clinic"]
    assert own.section("fit")["clustering"] == "patient"
    assert own.multiverse(settings.multiverse).clustering == "patient"


def test_an_unknown_unit_of_clustering(problems, cohort):
    cohort["modelling"]["clustering"] = "pateint"
    [(_, message)] = problems(cohort)
    assert "did you mean `patient`?" in message
