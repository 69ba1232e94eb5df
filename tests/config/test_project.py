"""The cohorts of a run: how they are named on the command line, and which names are taken."""

import pytest
from pydantic import ValidationError
from rupture_repair.config.project import Project


@pytest.mark.parametrize("given", ["a b", "a,b", " a, b ", ["a", "b"]])
def test_cohorts_are_a_list_or_words(given):
    assert Project(cohorts=given).cohorts == ("a", "b")


@pytest.mark.parametrize("name", ["comparison", "Summary", "benchmarks"])
def test_names_that_the_results_need_are_refused(name):
    with pytest.raises(ValidationError, match="this name is taken"):
        Project(cohorts=("a", name))


@pytest.mark.parametrize("given", ["", "a,a", "a/b", "../a"])
def test_names_that_are_no_folders_are_refused(given):
    with pytest.raises(ValidationError):
        Project(cohorts=given)
