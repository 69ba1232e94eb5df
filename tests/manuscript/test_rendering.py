"""Includes and variables, the pandoc filter, and the checks of what was rendered."""

import shutil
import subprocess
import zipfile

import pypandoc
import pytest
import yaml
from rupture_repair.config.errors import ExpectedError
from rupture_repair.manuscript import pandoc_engine
from rupture_repair.manuscript.checks import SECTIONS, check_output
from rupture_repair.manuscript.engines import find_engine, render
from rupture_repair.manuscript.markdown import figure, table
from rupture_repair.manuscript.pandoc_engine import FILTER, defaults, expand

MINI = """\
---
is-synthetic: true
has-published: false
---

See @fig-one, @tbl-one and @fig-absent.

![A caption.](one.png){#fig-one fig-alt="Three bars of 5, 3 and 1."}

| a | b |
|:--|--:|
| c | 1 |

: Its caption {#tbl-one}

::: {.content-visible when-meta="is-synthetic"}
SHOWN-A
:::

::: {.content-visible unless-meta="is-synthetic"}
HIDDEN-A
:::

::: {.content-visible when-meta="has-published"}
HIDDEN-B
:::

::: {.content-visible unless-meta="has-published"}
SHOWN-B
:::
"""
PIXEL = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000b494441"
    "54789c6360000200000500017a5eab3f0000000049454e44ae426082"
)


def test_includes_and_variables_are_expanded(tmp_path):
    (tmp_path / "_a.md").write_text("n = {{< var n.all >}}", encoding="utf-8")
    text = expand("{{< include _a.md >}}; {{<var n.none>}}", tmp_path, {"n": {"all": "514"}})
    assert text == "n = 514; **?var:n.none**"


def test_a_table_and_a_figure_in_markdown():
    text = table("tbl-x", "Caption", ["", "*n*"], [["a|b", "1"]], "Said.")
    assert "| a\\|b | 1 |" in text
    assert ": Caption {#tbl-x}" in text
    assert "::: {.table-note}\n*Note.* Said.\n:::" in text
    block = figure("fig-x", "figures/x", "Caption.", 'Says "so".\n')
    assert block == '![Caption.](figures/x){#fig-x fig-alt="Says ”so”." width=100%}\n'


@pytest.fixture(scope="module")
def rendered(tmp_path_factory):
    folder = tmp_path_factory.mktemp("mini")
    (folder / "mini.md").write_text(MINI, encoding="utf-8")
    (folder / "one.png").write_bytes(PIXEL)
    for ending in ("html", "docx"):
        command = [pypandoc.get_pandoc_path(), "mini.md", f"--lua-filter={FILTER}", "--citeproc"]
        command += ["--standalone", "--metadata=title:Mini", "-o", f"mini.{ending}"]
        subprocess.run(command, cwd=folder, check=True, capture_output=True)
    with zipfile.ZipFile(folder / "mini.docx") as archive:
        word = archive.read("word/document.xml").decode("utf-8")
    return (folder / "mini.html").read_text(encoding="utf-8"), word


def test_captions_are_numbered_and_referred_to(rendered):
    html, word = rendered
    page = " ".join(html.split())  # breaks at any space
    assert 'href="#fig-one">Figure 1</a>' in page
    assert 'href="#tbl-one">Table 1</a>' in page
    assert "<strong>Figure 1.</strong> A caption." in page
    # Word counts by itself
    assert " SEQ Table " in word and " REF _Ref_tbl_one " in word
    assert [text for text in ("Table\u00a0", "Table\u00a01") if text not in word] == []


def test_an_unresolved_reference_is_marked(rendered):
    assert all("?@fig-absent" in text for text in rendered)


def test_blocks_depend_on_metadata(rendered):
    for text in rendered:
        assert "SHOWN-A" in text and "SHOWN-B" in text
        assert "HIDDEN" not in text


def test_the_alt_text_is_kept(rendered):
    html, word = rendered
    assert 'alt="Three bars of 5, 3 and 1."' in " ".join(html.split())
    assert 'descr="Three bars of 5, 3 and 1."' in word


def test_pandoc_heeds_each_option_of_quarto(root):
    formats = yaml.safe_load((root / "reports/_quarto.yml").read_text("utf-8"))["format"]
    heeded = {*pandoc_engine.PASSED, *pandoc_engine.LAYOUT}
    heeded |= {"html-math-method", "pdf-standard", "font-paths"}
    # what pandoc does anyway
    heeded |= {"minimal", "fig-cap-location", "tbl-cap-location"}
    assert {key for options in formats.values() for key in options} - heeded == set()
    options = {"toc": True, "css": "a.css", "html-math-method": "mathml", "papersize": "a4"}
    made = defaults(options, "html5", ["a.lua", "citeproc"])
    assert made["toc"] is True and made["css"] == "a.css"
    assert made["html-math-method"] == {"method": "mathml"}
    assert made["metadata"] == {"papersize": "a4"}
    assert made["filters"] == ["a.lua", "citeproc"]
    assert "html-math-method" not in defaults({}, "docx", [])


def test_the_pdf_is_tagged_and_titled(project):
    pdf = project("![A line.](one.png){#fig-a fig-alt='Says \\ and more.'}")["pdf"].read_bytes()
    for mark in (b"/MarkInfo", b"/StructTreeRoot", b"/Lang", b"pdfuaid", b"two words"):
        assert mark in pdf


ROWS = "| a | b |\n|:--|--:|\n| c | 1 |\n\n: Rows {#tbl-a}\n\n::: {.table-note}\n*Note.*\n:::\n"


@pytest.mark.parametrize(
    ("before", "stays"),
    [
        ("# Heading", True),
        ("# Heading\n\nA line.", True),
        (f"# Heading\n\n{ROWS.replace('tbl-a', 'tbl-b')}", True),
        ("# Heading\n\n" + "A sentence. " * 50, False),
        ("# Heading\n\nA line.\n\nAnother one.", False),
    ],
)
def test_no_table_floats_in_front_of_a_heading_with_little_text(project, before, stays):
    folder = project(f"{before}\n\n{ROWS}\nText.")["pdf"].parent
    text = (folder / "manuscript.typ").read_text(encoding="utf-8").partition("Heading")[2]
    assert ("#moving[" not in text) == stays
    assert ("#headed[" in text) == stays


def test_a_picture_without_words_stops_the_pdf(project):
    with pytest.raises(ExpectedError, match="alt text"):
        project("![A line.](one.png){#fig-a}")


@pytest.fixture
def project(root, tmp_path):
    """A function that renders a paper of one paragraph with the project's own settings."""

    def rendered(text, at_once=1):
        shutil.copytree(root / "reports", tmp_path, dirs_exist_ok=True)
        head = "---\nbibliography: references.bib\ncsl: apa-like.csl\nlang: en-GB\n"
        head += "keywords: [two words, one]\n---\n\n"
        (tmp_path / "manuscript.qmd").write_text(head + text, encoding="utf-8")
        (tmp_path / "one.png").write_bytes(PIXEL)
        (tmp_path / "_variables.yml").write_text("{}", encoding="utf-8")
        (tmp_path / "_metadata.yml").write_text("title: Mini", encoding="utf-8")
        return render(find_engine("pandoc"), tmp_path, at_once=at_once)["manuscript"]

    return rendered


def test_the_same_text_gives_the_same_bytes_one_by_one_and_at_once(project):
    first, second = (
        {name: file.read_bytes() for name, file in project("See @igra2025.", n).items()}
        for n in (1, 3)
    )
    assert first == second


@pytest.mark.parametrize(
    ("text", "word"),
    [("See @nobody1900.", "nobody1900"), ("![A line.](absent.png){#fig-a}", "absent.png")],
)
def test_what_pandoc_only_warns_of_stops_the_render(project, text, word):
    for at_once in (1, 3):
        with pytest.raises(ExpectedError, match=word):
            project(text, at_once)


@pytest.fixture
def paper(tmp_path):
    """A function that writes a paper with `extra` in its body and checks it."""

    def check(extra="", word="", pdf=b"%PDF-1.7", n_figures=1):
        body = " ".join(SECTIONS["manuscript"]) + '<img src="data:," alt="Bars">' + extra
        files = {ending: tmp_path / f"manuscript.{ending}" for ending in ("html", "pdf", "docx")}
        files["html"].write_text(f"<html><body>{body}</body></html>", encoding="utf-8")
        files["pdf"].write_bytes(pdf)
        with zipfile.ZipFile(files["docx"], "w") as archive:
            archive.writestr("word/document.xml", f"<w:t>Text {word}</w:t>")
        check_output(files, n_figures)

    return check


def test_a_good_paper_passes(paper):
    paper('<a href="https://doi.org/10.1002/cpp.70181">doi</a>')


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"extra": '<script src="https://example.org/x.js"></script>'}, "loads https://example"),
        ({"extra": '<link href="//example.org/x.css">'}, "loads //example.org/x.css"),
        ({"extra": '<img src="data:,">'}, "1 image(s) without alt text"),
        ({"extra": "<b>?var:n.all</b>"}, "html: unresolved `?var:`"),
        ({"extra": "<b>?@fig-x</b>"}, "html: unresolved `?@`"),
        ({"word": "?@fig-x"}, "docx: unresolved `?@`"),
        ({"n_figures": 2}, "1 of 2 figures"),
        ({"pdf": b"<html>"}, "not a PDF"),
    ],
)
def test_a_paper_not_fit_to_be_read_is_refused(paper, given, expected):
    with pytest.raises(ExpectedError, match="not fit to be read") as refused:
        paper(**given)
    assert expected in str(refused.value)
