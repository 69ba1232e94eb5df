"""Where figures and tables stand in the Word file, and what stays together there."""

import re
import zipfile

import pypandoc
import pytest
from PIL import Image
from rupture_repair.manuscript.pandoc_engine import FILTER, WORD_PAGES

SENTENCE = "Ratings were given after each session by patients and compared with those before. "


def paragraphs(*names):
    """Return a paragraph of eight lines of the page for each name, which it begins with."""
    return [f"{name} {SENTENCE * 9}" for name in names]


def figure(name):
    return f"![Its caption.]({name}.png){{#fig-{name}}}"


def table(name, rows):
    lines = ["| a | b |", "|:--|--:|", *[f"| {name}{i} | {i} |" for i in range(rows)]]
    note = ["::: {.table-note}", f"*Note.* below-{name}", ":::"]
    return "\n".join([*lines, "", f": Its caption {{#tbl-{name}}}", "", *note])


@pytest.fixture
def word(root, tmp_path):
    """A function that writes blocks as a Word file and returns its XML."""

    def written(*blocks, **metadata):
        # heights that are part of a page: 0.5, 0.5, 0.85
        for name, high in (("half", 700), ("other", 700), ("tall", 1250)):
            Image.new("L", (1000, high), 255).save(tmp_path / f"{name}.png")
        file = tmp_path / "paper.docx"
        more = [f"--lua-filter={path}" for path in (FILTER, WORD_PAGES)]
        more.append(f"--resource-path={tmp_path}")
        more.append(f"--reference-doc={root / 'reports/reference.docx'}")
        more += [f"--metadata={key}={value}" for key, value in metadata.items()]
        text = "\n\n".join(blocks)
        pypandoc.convert_text(text, "docx", "markdown", more, outputfile=str(file))
        with zipfile.ZipFile(file) as archive:
            return archive.read("word/document.xml").decode("utf-8")

    return written


def places(xml, *marks):
    return [xml.index(mark) for mark in marks]


def test_a_figure_stays_where_it_fits(word):
    xml = word(*paragraphs("P1"), figure("half"), *paragraphs("P2"))
    assert places(xml, ">P1", "fig-half", ">P2") == sorted(places(xml, ">P1", "fig-half", ">P2"))


def test_text_goes_before_a_figure_that_does_not_fit_and_fills_the_page(word):
    xml = word(*paragraphs("P1", "P2"), figure("half"), *paragraphs("P3", "P4", "P5"))
    # 27 lines are a page: the fourth paragraph is the first that ends on the second one
    at = places(xml, ">P3", ">P4", 'w:name="fig-half"', ">P5")
    assert at == sorted(at)


def test_nothing_goes_between_a_heading_and_its_text(word):
    blocks = [*paragraphs("P1", "P2"), figure("half"), *paragraphs("P3"), "# Heading"]
    xml = word(*blocks, *paragraphs("P4", "P5"))
    heading, figure_at, text = places(xml, ">Heading", 'w:name="fig-half"', ">P4")
    assert not heading < figure_at < text


def test_figures_stay_in_order_and_before_the_references(word):
    blocks = [*paragraphs("P1", "P2"), figure("half"), figure("other"), *paragraphs("P3")]
    xml = word(*blocks, "# References", *paragraphs("P4"))
    at = places(xml, 'w:name="fig-half"', 'w:name="fig-other"', ">References")
    assert at == sorted(at)


def test_a_figure_of_a_page_leaves_little_of_the_page_before_empty(word):
    names = [f"P{i}" for i in range(1, 8)]
    xml = word(*paragraphs("P1"), figure("tall"), *paragraphs(*names[1:]))
    # three paragraphs are 24 of 27 lines
    at = places(xml, ">P3", 'w:name="fig-tall"', ">P4")
    assert at == sorted(at)


def kept(xml):
    """Return of each row of tables whether it stays with what follows."""
    rows = re.findall(r"<w:tr>.*?</w:tr>", xml, re.DOTALL)
    return ["TableRowKept" in row for row in rows]


def test_a_short_table_stays_whole_with_its_note(word):
    xml = word(*paragraphs("P1"), table("short", 4))
    assert kept(xml) == [True] * 5
    assert xml.count("<w:tblHeader") == 1


def test_a_long_table_splits_but_not_at_its_ends(word):
    xml = word(*paragraphs("P1"), table("long", 80))
    rows = kept(xml)
    assert len(rows) == 81
    assert rows[:3] == [True] * 3 and rows[-3:] == [True] * 3
    assert not any(rows[3:-3])
    assert xml.index("long79") < xml.index("below-long")


def test_each_table_has_its_rows_once(word):
    xml = word(*paragraphs("P1"), table("short", 4), *paragraphs("P2"), table("long", 80))
    assert len(kept(xml)) == 5 + 81
    assert xml.count("below-") == 2


def test_on_request_tables_and_figures_stand_at_the_end_each_on_its_page(word):
    blocks = [*paragraphs("P1"), figure("half"), table("short", 4), *paragraphs("P2")]
    blocks += ["# References", *paragraphs("P3")]
    xml = word(*blocks, document="manuscript", floats="end")
    at = places(xml, ">P2", ">References", ">P3", "short0", "below-short", 'w:name="fig-half"')
    assert at == sorted(at)
    assert xml.count('<w:br w:type="page"/>') == 2


def test_a_table_says_its_title_without_marks(word):
    assert '<w:tblCaption w:val="Its caption"' in word(table("short", 2))
