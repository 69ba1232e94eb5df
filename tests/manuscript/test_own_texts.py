"""An author changes a section, adds statements and names, and finds them in the paper."""

import re

import pytest
import yaml
from rupture_repair.config.authors import SECTIONS, Authors
from rupture_repair.manuscript.checks import check_output, docx_text, sections_kept
from rupture_repair.manuscript.engines import find_engine, render
from rupture_repair.manuscript.own_texts import author_block, put_own_texts, statements
from rupture_repair.manuscript.stage import FIGURES, stage

AUTHORS = {
    "authors": [
        {
            "name": "Ada *Example*",
            "affiliations": ["Clinic A", "University B"],
            "orcid": "0000-0002-1825-0097",
            "email": "ada_1@example.org",
            "roles": ["Conceptualization"],
        },
        {"name": "Ben Example", "affiliations": ["University B"]},
    ],
    "ethics": "Approved by the board. All patients *consented*.",
    "data": "On request.",
    "date": "1 May 2027",
}
SQUARE = '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"></svg>'
PIXEL = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000b494441"
    "54789c6360000200000500017a5eab3f0000000049454e44ae426082"
)


def test_the_block_of_authors():
    block = author_block(Authors.model_validate(AUTHORS))
    assert "Clinic A (Ada \\*Example\\*)\n" in block
    assert "University B (Ada \\*Example\\*, Ben Example)\n" in block
    assert "<https://orcid.org/0000-0002-1825-0097>" in block
    assert "Correspondence: Ada \\*Example\\*, ada\\_1\\@example.org" in block
    assert author_block(None) == ""


def test_statements_have_their_headings():
    text = statements(Authors.model_validate(AUTHORS))
    assert text.startswith("On request.\n\n# Ethics {.unnumbered}\n\nApproved by")
    assert (
        "# Author contributions {.unnumbered}\n\n**Ada \\*Example\\*:** Conceptualization." in text
    )
    assert "Funding" not in text
    assert statements(None) == ""


@pytest.fixture
def project(tmp_path):
    for folder in ("_sections", "_generated"):
        (tmp_path / "project" / folder).mkdir(parents=True)
    for name in SECTIONS:
        file = tmp_path / f"project/_sections/_{name}.md"
        file.write_text(f"# {name.capitalize()}\n\nOurs.\n", encoding="utf-8")
    return tmp_path / "project"


@pytest.mark.parametrize(
    ("place", "expected"),
    [
        ("before", "Theirs.\n\n# Method\n\nOurs.\n"),
        ("after", "# Method\n\nOurs.\n\nTheirs.\n"),
        ("instead-of", "::: {#method}\nTheirs.\n:::\n"),
    ],
)
def test_a_text_stands_where_its_name_says(project, tmp_path, place, expected):
    own = tmp_path / f"{place}-method.md"
    own.write_text("\ufeffTheirs.\n\n", encoding="utf-8")
    assert put_own_texts(project, [own]) == {}
    assert (project / "_sections/_method.md").read_text(encoding="utf-8") == expected
    other = (project / "_sections/_results.md").read_text(encoding="utf-8")
    assert other == "# Results\n\nOurs.\n"
    assert ("Method" in sections_kept("manuscript", [str(own)])) == (place != "instead-of")


def test_all_of_it_is_in_the_paper(results, root, tmp_path):
    """In HTML and Word; the paper of another cohort has none of it."""
    own = tmp_path / "own"
    own.mkdir()
    (own / "authors.yaml").write_text(yaml.safe_dump(AUTHORS), encoding="utf-8")
    (own / "instead-of-introduction.md").write_text("# Background\n\nWe ask.", encoding="utf-8")
    (own / "after-discussion.md").write_text(
        "In our clinic {{< var n.patients >}} took part.", encoding="utf-8"
    )
    figures = tmp_path / "figures"
    figures.mkdir()
    for name in FIGURES:
        (figures / f"{name}.svg").write_text(SQUARE, encoding="utf-8")
        (figures / f"{name}.png").write_bytes(PIXEL)
    files = sorted(own.iterdir())
    shown = stage(results(), root / "reports", figures, tmp_path / "project", "pandoc", files)
    made = render(find_engine("pandoc"), tmp_path / "project")["manuscript"]
    check_output(made, shown["manuscript"], sections_kept("manuscript", map(str, files)))
    page = " ".join(made["html"].read_text(encoding="utf-8").split())
    word = docx_text(made["docx"])
    for words in (
        "1 May 2027",
        "Ada *Example*",
        "Background",
        "We ask.",
        "Approved by the board",
        "On request.",
    ):
        assert words in page and words in " ".join(word.split()), words
    assert re.search(r"In our clinic [\d,]+ took part", page)
    assert "The drops in the therapeutic alliance" not in page
    assert page.index("Ada *Example*") < page.index("Abstract") < page.index("Background")
