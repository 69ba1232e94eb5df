"""Quarto and pandoc make the same paper of the same sources (long: where Quarto is found)."""

import re
from html.parser import HTMLParser

import pytest
from rupture_repair.manuscript.checks import SECTIONS, check_output, docx_text
from rupture_repair.manuscript.engines import find_engine, render
from rupture_repair.manuscript.numbering import DOCUMENTS
from rupture_repair.manuscript.stage import FIGURES, stage

SQUARE = '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><rect width="9"/></svg>'

PIXEL = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000b494441"
    "54789c6360000200000500017a5eab3f0000000049454e44ae426082"
)


class Outline(HTMLParser):
    """What a reader meets: headings, pictures, cells of tables, references, numbers."""

    def __init__(self, file):
        super().__init__()
        self.headings, self.pictures, self.cells, self.text = [], [], [], []
        self.links, self.entries, self._inside = [], [], []
        self.feed(file.read_text(encoding="utf-8"))

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        if tag in {"script", "style", "title", "h1", "h2", "h3", "h4", "td", "th"}:
            self._inside.append(tag)
        if tag in {"h1", "h2", "h3", "h4"}:
            self.headings.append([tag, ""])
        elif tag in {"td", "th"}:
            self.cells.append("")
        elif tag == "img":
            self.pictures.append(given["alt"])
        elif tag == "a" and re.match("#(fig|tbl|ref)-", given.get("href") or ""):
            self.links.append(given["href"])
        if (given.get("id") or "").startswith("ref-"):
            self.entries.append(given["id"])

    def handle_endtag(self, tag):
        if self._inside and self._inside[-1] == tag:
            self._inside.pop()

    def handle_data(self, data):
        inside = self._inside[-1] if self._inside else ""
        if inside in {"script", "style", "title"}:
            return
        self.text.append(data)
        if inside.startswith("h"):
            self.headings[-1][1] += " ".join(data.split())
        elif inside in {"td", "th"}:
            self.cells[-1] += data

    @property
    def numbers(self):
        return re.findall(r"\d+(?:[.,]\d+)*", " ".join(self.text))


@pytest.fixture
def papers(results, root, tmp_path):
    """The same results, rendered by both engines."""
    engine = find_engine("auto")
    if engine.name != "Quarto":
        pytest.skip("Quarto is not installed here")
    figures = tmp_path / "figures"
    figures.mkdir()
    for name in FIGURES:
        (figures / f"{name}.svg").write_text(SQUARE, encoding="utf-8")
        (figures / f"{name}.png").write_bytes(PIXEL)
    made = {document: {} for document in DOCUMENTS}
    for found in (engine, find_engine("pandoc")):
        project = tmp_path / found.name
        shown = stage(results(), root / "reports", figures, project, "one of two")
        for document, files in render(found, project, shown).items():
            check_output(files, shown[document], SECTIONS[document])
            made[document][found.name] = files
    return made


@pytest.mark.long
@pytest.mark.parametrize("document", DOCUMENTS)
def test_both_engines_make_the_same_paper(papers, document):
    papers = papers[document]
    theirs, ours = (Outline(papers[name]["html"]) for name in ("Quarto", "pandoc"))
    for what in ("headings", "pictures", "links", "entries", "numbers"):
        assert getattr(theirs, what) == getattr(ours, what), what
    assert [" ".join(c.split()) for c in theirs.cells] == [" ".join(c.split()) for c in ours.cells]
    words = [re.findall(r"\d+\.\d+", docx_text(papers[name]["docx"])) for name in papers]
    assert words[0] == words[1]
