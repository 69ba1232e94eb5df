"""Pages that texts and docstrings point to are there, and so is what they name."""

import re
from importlib.util import find_spec

import pytest
from rupture_repair.provenance.source import tracked_files

LINK = re.compile(r"\]\((?!https?:|mailto:|#)([^)#\s]+)")
PAGE = re.compile(r"\b(?:docs|workflow|data|benchmarks|tests)/[\w./-]+\.md\b")


@pytest.fixture(scope="module")
def texts(root):
    """Text of each tracked source and page by its path."""
    kinds = (".py", ".R", ".md", ".smk", ".yaml", ".toml", ".qmd")
    files = [f for f in tracked_files(root) if f.endswith(kinds) or f == "Makefile"]
    found = {file: (root / file).read_text(encoding="utf-8") for file in files}
    found.pop("tests/test_documents.py", None)
    return found


def test_links_of_pages_lead_somewhere(root, texts):
    pages = {file: text for file, text in texts.items() if file.endswith(".md")}
    dead = [
        (file, link)
        for file, text in pages.items()
        for link in LINK.findall(text)
        if not (root / file).parent.joinpath(link).exists()
    ]
    assert len(pages) > 10
    assert dead == []


def test_no_phantom_pages_are_named(root, texts):
    named = {(file, page) for file, text in texts.items() for page in PAGE.findall(text)}
    assert [pair for pair in sorted(named) if not (root / pair[1]).exists()] == []
    for file, text in texts.items():
        assert not re.search(r"\bMETHODS (§|section)|\bDESIGN\b('s|,| §)", text), file


def test_modules_named_by_the_pages_are_there(root):
    for page in ("methods", "inference", "engine"):
        text = (root / f"docs/{page}.md").read_text(encoding="utf-8")
        rooms = "config|cohort|validation|detection|modelling|multiverse"
        names = re.findall(rf"`(?:rupture_repair\.)?((?:{rooms})(?:\.[a-z_]+)+)`", text)
        assert names or page == "inference"
        for name in names:
            if name.rpartition(".")[2] not in {"md", "yaml", "csv", "py"}:
                whole = f"rupture_repair.{name}"
                assert find_spec(whole) is not None or page == "inference", whole
