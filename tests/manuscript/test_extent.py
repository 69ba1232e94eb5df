"""The paper is as long as a journal takes it; the rest is in a supplement with S-numbers."""

import re
import zipfile

import pytest
from extent import Extent
from rupture_repair.manuscript.checks import SECTIONS, check_output, docx_text
from rupture_repair.manuscript.engines import find_engine, render
from rupture_repair.manuscript.numbering import DOCUMENTS, elsewhere, labels
from rupture_repair.manuscript.stage import FIGURES, stage

SQUARE = '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"></svg>'
PIXEL = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000b494441"
    "54789c6360000200000500017a5eab3f0000000049454e44ae426082"
)


@pytest.fixture(scope="module")
def figures(tmp_path_factory):
    folder = tmp_path_factory.mktemp("figures")
    for name in FIGURES:
        (folder / f"{name}.svg").write_text(SQUARE, encoding="utf-8")
        (folder / f"{name}.png").write_bytes(PIXEL)
    return folder


@pytest.fixture(scope="module")
def source(tmp_path_factory):
    return tmp_path_factory.mktemp("paper") / "source"


@pytest.fixture(scope="module")
def made():
    """What `rendered` has made."""
    return {}


@pytest.fixture
def rendered(results, root, source, figures, made):
    """Both documents of the small cohort, rendered once: name → files by ending."""
    if not made:
        shown = stage(results(), root / "reports", figures, source, "pandoc")
        made |= render(find_engine("pandoc"), source, list(shown))
        for document, n_figures in shown.items():
            check_output(made[document], n_figures, SECTIONS[document])
    return made


def test_the_paper_is_short_and_refers_to_its_supplement(rendered):
    paper, more = (Extent(rendered[document]["html"]) for document in DOCUMENTS)
    assert 3000 < paper.words <= 5000
    assert 0 < paper.figures <= 5 and 0 < paper.tables <= 5
    assert paper.figures + more.figures == len(FIGURES)
    page = rendered["manuscript"]["html"].read_text(encoding="utf-8")
    place = re.search(r'href="supplement\.html#(tbl-contrasts)">Table\s(S\d+)</a>', page)
    supplement = " ".join(rendered["supplement"]["html"].read_text(encoding="utf-8").split())
    caption = supplement[supplement.index(f'id="{place[1]}"') :]
    assert re.search(r"<strong>Table\s(S\d+)\.</strong>", caption)[1] == place[2]
    assert 'href="manuscript.html#sample"' in supplement
    # in print, a reference is text; Word counts for itself
    for document, words in (
        ("manuscript", f"Table\u00a0{place[2]}"),
        ("supplement", "Table\u00a01"),
    ):
        assert words in docx_text(rendered[document]["docx"])
        with zipfile.ZipFile(rendered[document]["docx"]) as archive:
            links = archive.read("word/_rels/document.xml.rels").decode("utf-8")
        assert ".html#" not in links
    with zipfile.ZipFile(rendered["supplement"]["docx"]) as archive:
        assert 'w:instr=" SEQ TableS ' in archive.read("word/document.xml").decode("utf-8")


def test_the_published_comparison_stands_first(rendered):
    page = rendered["manuscript"]["html"].read_text(encoding="utf-8")
    results = page[page.index('id="results"') :]
    assert re.search(r"<h3[^>]*>([^<]+)</h3>", results)[1] == "Comparison with the published study"


def test_each_page_of_synthetic_data_says_so(rendered, source):
    for files in rendered.values():
        with zipfile.ZipFile(files["docx"]) as archive:
            heads = [name for name in archive.namelist() if re.match(r"word/header\d*\.xml", name)]
            assert "Synthetic data" in archive.read(heads[0]).decode("utf-8")
    layout = (source / "typst-header.typ").read_text(encoding="utf-8")
    assert layout.count("[Synthetic data]") == 1


def test_headers_of_tables_say_what_they_head(rendered):
    page = rendered["manuscript"]["html"].read_text(encoding="utf-8")
    headers = re.findall(r"<th\b[^>]*>", page)
    assert len(headers) > 50
    assert [header for header in headers if not re.search(r'scope="(row|col)"', header)] == []


@pytest.fixture
def project(tmp_path):
    """A function that writes a project of two documents."""

    def written(paper, supplement=""):
        (tmp_path / "manuscript.qmd").write_text(paper, encoding="utf-8")
        (tmp_path / "supplement.qmd").write_text(supplement, encoding="utf-8")
        return tmp_path

    return written


HIDDEN = """\
![A.](a){#fig-a}

::: {.content-visible when-meta="shown"}
::: {.table-note}
Said.
:::

![B.](b){#fig-b}
:::

::: {.content-visible unless-meta="shown"}
![C.](c){#fig-c}
:::

: T {#tbl-t}
"""


@pytest.mark.parametrize(("shown", "second"), [(True, "fig-b"), (False, "fig-c")])
def test_what_is_hidden_has_no_number(project, shown, second):
    found = labels(project(HIDDEN), {"shown": shown})["manuscript"]
    assert found == {"fig-a": "Figure 1", second: "Figure 2", "tbl-t": "Table 1"}


def test_each_document_knows_the_numbers_of_the_other(project):
    found = elsewhere(labels(project(": A {#tbl-a}", ": B {#tbl-b}\n\n: C {#tbl-c}"), {}))
    assert found["manuscript"] == {
        "tbl-b": ["Table S1", "supplement"],
        "tbl-c": ["Table S2", "supplement"],
    }
    assert found["supplement"] == {"tbl-a": ["Table 1", "manuscript"]}
