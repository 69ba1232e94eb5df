"""The paper in the programs that people open it with (Chromium, LibreOffice, poppler)."""

import re
import shutil
import subprocess
import sys
import time

import numpy as np
import pandas as pd
import pytest
from extent import Extent
from PIL import Image
from rupture_repair.manuscript.numbering import DOCUMENTS
from webdriver import Browser

pytestmark = pytest.mark.long
# what axe finds, a line for each element
RUN_AXE = """
return axe.run(document, {}).then((result) => result.violations.flatMap(
  (rule) => rule.nodes.map((node) => `${rule.id} ${node.target}`)));
"""
PAGES = [
    *(f"manuscript/{document}.html" for document in DOCUMENTS),
    "index.html",
    "../summary.html",
]
LARGE, PHONE = ((1280, 800), False), ((390, 844), True)


@pytest.fixture(scope="module")
def paper(root, tmp_path_factory):
    """The default cohort's paper, made in a copy of the project."""
    project = tmp_path_factory.mktemp("paper") / "project"
    ignored = shutil.ignore_patterns("results", ".venv", ".snakemake", ".git", "__pycache__")
    shutil.copytree(root, project, ignore=ignored)
    command = [sys.executable, "-m", "snakemake", "--cores", "2", "--quiet", "all"]
    subprocess.run(command, cwd=project, check=True, capture_output=True)
    return project / "results/igra2025/manuscript"


def test_chromium_shows_the_page_without_an_error(paper, tmp_path):
    command = [
        "chromium",
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        "--no-first-run",
        "--disable-background-networking",
        "--enable-logging=stderr",
        f"--user-data-dir={tmp_path / 'profile'}",
        "--dump-dom",
        (paper / "manuscript.html").as_uri(),
    ]
    done = subprocess.run(command, check=True, capture_output=True, text=True, timeout=120)
    assert "CONSOLE" not in done.stderr
    for words in ("57.8", "32.9", "9.3", "Synthetic data", "Table&nbsp;S"):
        assert words in done.stdout
    assert done.stdout.count("<figure") == 5


def test_the_default_paper_is_as_long_as_a_journal_takes_it(paper):
    extent = Extent(paper / "manuscript.html")
    assert 3000 < extent.words <= 5000
    assert 0 < extent.figures <= 5 and 0 < extent.tables <= 5
    assert (paper / "manuscript.html").stat().st_size < 2_500_000
    assert (paper / "supplement.html").stat().st_size < 2_500_000


# where the mark is that stands for unrepaired patterns at session 10, in the figure or enlarged
FIND_MARK = """
const inside = document.querySelector(arguments[0]);
const mark = [...inside.querySelectorAll("[data-value]")].find(
  (one) => one.dataset.value.startsWith("Unrepaired, session 10:"));
mark.scrollIntoView({block: "center"});
const box = mark.getBoundingClientRect();
return [box.x + box.width / 2, box.y + box.height / 2, mark.dataset.value];
"""
SHOWN = "const card = document.getElementById('card'); return card.hidden ? '' : card.textContent"


def pointed_at(browser, inside, press=False):
    """Return what the card says at the mark, the mark's own value, and where the mark is.

    A page moves until all of it is drawn, which takes a busy machine a moment: then once more.
    """
    for _ in range(8):
        browser.point_at(1, 1)  # a pointer that already rests on the mark moves nowhere
        *place, value = browser.run(FIND_MARK, inside)
        browser.point_at(*place, press=press)
        for _ in range(20):
            if text := browser.run(SHOWN):
                return text, value, place
            time.sleep(0.05)
    return "", value, place


def test_a_figure_says_its_values_to_a_pointer_and_enlarged_to_a_finger(paper, tmp_path):
    courses = pd.read_csv(paper.parent / "tables/trajectories.csv")
    courses = courses.query("model == 'M2' and pattern == 'unrepaired'").set_index("iip_z")
    first, tenth = (courses.query("session == @n")["estimate"] for n in (1, 10))
    expected = [f"Unrepaired, session 10: {n:.1f}".replace("-", "−") for n in tenth - first]
    browser = Browser(tmp_path / "profile")
    try:
        browser.open((paper / "manuscript.html").as_uri())
        figure = "figure:has(img[alt^='Lines of model-implied'])"
        centre = browser.run(
            f"const figure = document.querySelector({figure!r}); figure.id = 'courses';"
            "figure.scrollIntoView({block: 'center'});"
            "const box = figure.getBoundingClientRect();"
            "return [box.x + box.width / 2, box.y + box.height / 2]"
        )
        browser.point_at(*centre)
        shown, value, place = pointed_at(browser, "#courses")
        assert shown == value
        assert value.partition(" [")[0] in expected
        browser.point_at(*place, press=True)
        shown, value, _ = pointed_at(browser, "dialog", press=True)
        assert shown == value
        assert value.partition(" [")[0] in expected
        assert not browser.complaints()
    finally:
        browser.close()


ON_SCREEN = """
const seen = (place) => place && place.getBoundingClientRect().bottom <= innerHeight;
const disclaimer = [...document.querySelectorAll(".callout")].at(-1);
return [seen(disclaimer), seen(document.querySelector("#abstract p, #abstract ~ p"))];
"""


@pytest.mark.parametrize(("size", "phone"), [LARGE, ((375, 667), True)])
def test_disclaimer_and_abstract_are_on_the_first_screen(paper, tmp_path, size, phone):
    browser = Browser(tmp_path / "profile", size=size, phone=phone)
    try:
        browser.open((paper / "manuscript.html").as_uri())
        assert browser.run(ON_SCREEN) == [True, True]
    finally:
        browser.close()


def test_the_values_of_a_figure_are_reached_by_keyboard(paper, tmp_path):
    """Each specification of the multiverse has its value, from the left to the right."""
    estimates = pd.read_csv(paper.parent / "tables/multiverse.csv")["estimate"].dropna()
    browser = Browser(tmp_path / "profile")
    try:
        browser.open((paper / "manuscript.html").as_uri())
        browser.run("[...document.querySelectorAll('.enlarge')].at(-1).focus()")
        browser.press("\ue007")  # Enter
        read_output = "return document.querySelector('dialog output').textContent"
        assert "Arrow keys" in browser.run(read_output)
        browser.press("right")
        first = browser.run(read_output)
        browser.press("end")
        last = browser.run(read_output)
        for words, place, value in (
            (first, 1, estimates.min()),
            (last, len(estimates), estimates.max()),
        ):
            shown = f"{value:.2f}".replace("-", "−")
            assert words.startswith(f"Number {place}: {shown} ["), words
        named = "return document.querySelector('.enlarge').getAttribute('aria-label')"
        assert browser.run(named).split() == ["Enlarge", "Figure", "1"]
        assert not browser.complaints()
    finally:
        browser.close()


@pytest.mark.parametrize("page", PAGES)
def test_nothing_is_wider_than_a_phone(paper, tmp_path, page):
    browser = Browser(tmp_path / "profile", size=(390, 800), phone=True)
    try:
        browser.open((paper.parent / page).resolve().as_uri())
        width = "const page = document.documentElement; return [page.scrollWidth, page.clientWidth]"
        assert browser.run(width) == [390, 390]
    finally:
        browser.close()


@pytest.mark.parametrize(("size", "phone"), [LARGE, PHONE])
def test_affiliations_stand_before_the_contents(paper, tmp_path, size, phone):
    """As a paper with authors has them: the first of its text."""
    text = (paper / "manuscript.html").read_text(encoding="utf-8")
    places = '</nav>\n<div class="authors"><p>A department</p></div>'
    page = tmp_path / "page.html"
    page.write_text(text.replace("</nav>", places, 1), encoding="utf-8")
    browser = Browser(tmp_path / "profile", size=size, phone=phone)
    try:
        browser.open(page.as_uri())
        after = "return document.querySelector('.authors').nextElementSibling.id"
        assert browser.run(after) == "TOC"
        assert browser.run(ON_SCREEN) == [True, True]
    finally:
        browser.close()


@pytest.fixture(scope="module")
def axe(tmp_path_factory):
    """The source of axe-core, from the package registry."""
    if not shutil.which("npm"):
        pytest.skip("npm is not installed here")
    folder = tmp_path_factory.mktemp("axe")
    command = ["npm", "install", "--no-save", "--prefix", str(folder), "axe-core@4"]
    subprocess.run(command, check=True, capture_output=True, timeout=180)
    return (folder / "node_modules/axe-core/axe.min.js").read_text(encoding="utf-8")


@pytest.mark.parametrize(("size", "phone"), [LARGE, PHONE])
@pytest.mark.parametrize("page", PAGES)
def test_axe_finds_no_barrier(paper, axe, tmp_path, size, phone, page):
    browser = Browser(tmp_path / "profile", size=size, phone=phone)
    try:
        browser.open((paper.parent / page).resolve().as_uri())
        assert browser.run(f"{axe}; {RUN_AXE}") == []
    finally:
        browser.close()


@pytest.fixture(scope="module")
def word(paper, tmp_path_factory):
    """The folder with the Word files as LibreOffice prints them."""
    folder = tmp_path_factory.mktemp("word")
    command = ["soffice", "--headless", "--convert-to", "pdf", "--outdir", str(folder)]
    home = f"-env:UserInstallation={(folder / 'home').as_uri()}"
    files = [str(paper / f"{document}.docx") for document in DOCUMENTS]
    subprocess.run([*command, home, *files], check=True, capture_output=True, timeout=180)
    return folder


def test_word_document_opens_in_libreoffice(word):
    text = _text(word / "manuscript.pdf")
    for label in ("Table 1", "Figure 5"):  # numbers of lines, of the manuscript, stand before
        assert re.search(rf"^[\s\d]*{label}[.:]", text, re.MULTILINE), label  # Quarto: a colon
    assert "57.8" in text


def test_pdf_has_its_text_and_no_open_reference(paper):
    text = _text(paper / "manuscript.pdf")
    # the last is in a figure
    for words in ("Abstract", "Table S", "Synthetic data", "57.8", "Chance: random order"):
        assert words in text
    more = _text(paper / "supplement.pdf")
    for words in ("Colophon", "Table S1:", "Figure S1:", "Table 1"):
        assert words in more
    for mark in ("?var:", "?@", ".html#"):
        assert mark not in text + more


@pytest.mark.parametrize("document", DOCUMENTS)
def test_no_page_of_the_pdf_is_half_empty(paper, tmp_path, document):
    assert min(_filled(paper / f"{document}.pdf", tmp_path)[:-1]) > 0.6


@pytest.mark.parametrize("document", DOCUMENTS)
def test_no_page_of_the_word_document_is_half_empty(word, tmp_path, document):
    """But for its title page; where figures stand rests on estimated heights, see the filter."""
    pages = _filled(word / f"{document}.pdf", tmp_path)[:-1]
    assert min(pages[1:] if document == "manuscript" else pages) > 0.5


def _filled(pdf, folder):
    """Return how far down each page is filled, its number apart: 0 to 1."""
    command = ["pdftoppm", "-r", "20", "-gray", str(pdf), str(folder / "page")]
    subprocess.run(command, check=True, timeout=120)
    pages = [np.asarray(Image.open(page)) < 200 for page in sorted(folder.glob("page-*.pgm"))]
    assert len(pages) > 8
    ends = [np.flatnonzero(ink[: int(0.93 * len(ink))].any(axis=1)).max() for ink in pages]
    return [end / len(ink) for end, ink in zip(ends, pages, strict=True)]


def _text(pdf):
    command = ["pdftotext", "-layout", str(pdf), "-"]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout
