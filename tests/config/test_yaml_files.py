"""Configuration files that are no plain YAML: each is one problem, with its line."""

import pytest


def test_key_given_twice(problems):
    [(line, message)] = problems("title: A\nfiles:\n  patients: a\n  patients: b\n")[:1]
    assert line == "line 4"
    assert message == "not valid YAML: the key `patients` is given twice"


@pytest.mark.parametrize(
    ("text", "line"),
    [("title: [A\nfiles: x\n", "line 2"), ("title: A\n\tfiles: x\n", "line 2")],
)
def test_syntax_error_names_its_line(problems, text, line):
    first = problems(text)[0]
    assert first[0] == line
    assert first[1].startswith("not valid YAML")


@pytest.mark.parametrize("text", ["title: [A\n", "title: A\ntitle: B\n", "", "- a\n", "word\n"])
def test_a_file_that_cannot_be_read_is_one_problem(problems, text):
    """What would follow from it — each key missing — is not listed."""
    assert len(problems(text)) == 1


def test_control_character(problems):
    [(_, message)] = problems("title: A\x07\n")
    assert "not valid YAML" in message


def test_file_that_is_not_utf8(folder, problems, cohort):
    (folder / "config/criteria.yaml").write_bytes("größe: {k: 1}\n".encode("latin-1"))
    [(_, message)] = problems(cohort)
    assert "cannot be read as UTF-8" in message
