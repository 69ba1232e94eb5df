"""The glossary has every name that results show, and no word that nothing else uses."""

import ast
import re
from typing import get_args

import pytest
from rupture_repair.config.catalogue import TIDY
from rupture_repair.config.criteria import Pattern
from rupture_repair.config.synthetic import Source
from rupture_repair.modelling.formulas import FORMULAS
from rupture_repair.provenance.source import tracked_files
from rupture_repair.validation.problems import SEVERITIES

PACKAGE = "workflow/rupture_repair"


@pytest.fixture(scope="module")
def entries(root):
    """Meaning and place of each term, in the order of each part."""
    text = (root / "docs/glossary.md").read_text(encoding="utf-8")
    parts = []
    for part in text.split("\n## ")[1:]:
        lines = [line for line in part.splitlines() if line.startswith("| ")][1:]
        cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
        parts.append({term.strip("`"): (meaning, place) for term, meaning, place in cells})
    return parts


@pytest.fixture(scope="module")
def terms(entries):
    every = [term for part in entries for term in part]
    assert len(every) == len(set(every)) > 60
    return {term: entry for part in entries for term, entry in part.items()}


def leaves(node):
    """Yield the texts that an expression may be."""
    match node:
        case ast.Constant(value=str(text)):
            yield text
        case ast.IfExp(body=body, orelse=other):
            yield from leaves(body)
            yield from leaves(other)


def texts(tree, name):
    """Yield the texts that a module gives to a name, as a variable or as a key."""
    for node in ast.walk(tree):
        match node:
            case ast.Dict(keys=keys, values=values):
                for key, value in zip(keys, values, strict=True):
                    if isinstance(key, ast.Constant) and key.value == name:
                        yield from leaves(value)
            case ast.Assign(targets=[ast.Name(id=own) | ast.Subscript(slice=ast.Constant(own))]):
                if own == name:
                    yield from leaves(node.value)


def returned(tree, begin):
    """Yield the texts that functions whose name begins so return."""
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef) and node.name.startswith(begin):
            for inner in ast.walk(node):
                if isinstance(inner, ast.Return):
                    yield from leaves(inner.value)


def module(root, name):
    return ast.parse((root / PACKAGE / name).read_text(encoding="utf-8"))


def test_patterns_models_tables_and_severities_have_an_entry(terms):
    assert set(get_args(Pattern)) <= set(terms)
    assert set(FORMULAS) <= set(terms)
    assert set(SEVERITIES) <= set(terms)
    assert set(get_args(Source.model_fields["kind"].annotation)) <= set(terms)
    assert all(name in terms["tidy table"][0] for name in TIDY)


def test_every_verdict_and_every_kind_has_an_entry(root, terms):
    verification = module(root, "provenance/verification.py")
    answers = module(root, "modelling/answers.py")
    verdicts = {
        *texts(verification, "verdict"),
        *texts(verification, "met"),
        *returned(answers, "verdict_on"),
    }
    kinds = {*texts(verification, "kind"), *texts(verification, "source")}
    assert {"differs", "masked", "recovered", "reproduced", "not shown"} < verdicts
    assert {"calibrated", "emergent", "direction"} < kinds
    assert verdicts | kinds <= set(terms)


def test_terms_stand_in_order(entries):
    for part in entries:
        own = [term.casefold() for term in part]
        assert own == sorted(own)


def test_each_entry_says_where_it_is_defined(root, terms):
    for term, (meaning, place) in terms.items():
        assert len(meaning) > 15, term
        files = re.findall(r"`([^`]+)`", place)
        assert files, term
        for file in files:
            assert (root / file).is_file() or (root / PACKAGE / file).is_file(), (term, file)


def test_each_term_is_used_elsewhere(root, terms):
    kinds = (".py", ".md", ".yaml", ".jinja", ".smk")
    skip = ("tests/", "docs/glossary.md")
    files = [f for f in tracked_files(root) if f.endswith(kinds) and not f.startswith(skip)]
    text = "\n".join((root / file).read_text(encoding="utf-8") for file in files).casefold()
    words = re.sub(r"[\s#\"']+", " ", text)
    for term in terms:
        assert re.search(rf"(?<!\w){re.escape(term.casefold())}(?!\w)", words), term
