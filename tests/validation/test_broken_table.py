"""The table of broken inputs: all are caught, in words, none in silence; the page shows them."""

import re

import pytest
from broken_page import PAGE, PARTS, listed_problems, outcomes, page

CASES = {name: case for cases in PARTS.values() for name, case in cases.items()}


@pytest.fixture(scope="module")
def found():
    """What `check` says about each case; a traceback would end here."""
    return outcomes()


def test_there_are_at_least_100_cases_with_unique_names():
    assert len(CASES) == sum(len(cases) for cases in PARTS.values()) >= 100


@pytest.mark.long
@pytest.mark.parametrize("name", CASES)
def test_a_broken_input_is_reported(found, name):
    status, words = found[name]
    case = CASES[name]
    assert "Traceback" not in words
    assert status == (case.severity == "blocking")
    mine = [
        line
        for line in listed_problems(words)
        if line.startswith(f"**{case.severity.capitalize()}:**")
    ]
    assert [line for line in mine if case.message in line], words
    for line in mine:  # a sentence with a remedy or a hint, not a library's message
        assert not re.search(r"\bError\b|Exception|<class|\bNone\b|\bnan\b", line), line


@pytest.mark.long
def test_the_page_is_what_the_command_says(found):
    assert PAGE.read_text(encoding="utf-8") == page(found), "run `make broken-inputs`"
