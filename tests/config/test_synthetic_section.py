"""The section `synthetic` of a cohort file: probabilities, ages, and where values come from."""

import pytest


def test_a_source_must_be_of_a_parameter(problems, cohort):
    cohort["synthetic"]["sources"] = {"iip.r_lenght": {"kind": "assumed"}}
    [(key, message)] = problems(cohort)
    assert key == "synthetic"
    assert "`sources.iip.r_lenght` is no parameter; did you mean `iip.r_length`?" in message


def test_a_published_value_names_its_source(problems, cohort):
    cohort["synthetic"]["sources"] = {"length": {"kind": "published", "note": "seen somewhere"}}
    [(key, message)] = problems(cohort)
    assert key == "synthetic.sources.length"
    assert "needs a `citation`" in message


def test_a_source_is_of_a_known_kind(problems, cohort):
    cohort["synthetic"]["sources"] = {"length": {"kind": "guessed"}}
    [(key, message)] = problems(cohort)
    assert key == "synthetic.sources.length.kind"
    assert "published" in message and "derived" in message and "assumed" in message


@pytest.mark.parametrize("shares", [{"a": 0.5, "b": 0.4}, {"a": 1.5, "b": -0.5}, {}])
def test_probabilities_add_up(problems, cohort, shares):
    cohort["synthetic"]["demographics"]["gender"] = shares
    [(key, message)] = problems(cohort)
    assert key == "synthetic.demographics.gender"
    assert "add up to 1" in message


def test_ages_are_a_range(problems, cohort):
    cohort["synthetic"]["demographics"] |= {"age_min": 60, "age_max": 50}
    [(key, message)] = problems(cohort)
    assert key == "synthetic.demographics"
    assert "`age_min` must not be above `age_max`" in message
