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
# what axe finds, a line for each element, after the words that tell that it ran
RUN_AXE = """
axe.run(document, {}).then((result) => {
  const found = document.createElement("pre");
  found.id = "axe-found";
  const lines = result.violations.flatMap((rule) => rule.nodes.map((n) => rule.id + n.target));
  found.textContent = ["looked at the page", ...lines].join(String.fromCharCode(10));
  document.body.append(found);
});
"""


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


@pytest.mark.parametrize(("size", "phone"), [((1280, 800), False), ((375, 667), True)])
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


def test_nothing_is_wider_than_a_phone(paper, tmp_path):
    browser = Browser(tmp_path / "profile", size=(390, 800), phone=True)
    try:
        browser.open((paper / "manuscript.html").as_uri())
        page = "const page = document.documentElement; return [page.scrollWidth, page.clientWidth]"
        assert browser.run(page) == [390, 390]
    finally:
        browser.close()


@pytest.mark.skipif(not shutil.which("npm"), reason="npm is not installed here")
@pytest.mark.parametrize("width", [1300, 500])
@pytest.mark.parametrize("document", DOCUMENTS)
def test_axe_finds_no_barrier(paper, tmp_path, width, document):
    command = ["npm", "install", "--no-save", "--prefix", str(tmp_path), "axe-core@4"]
    subprocess.run(command, check=True, capture_output=True, timeout=180)
    axe = (tmp_path / "node_modules/axe-core/axe.min.js").read_text(encoding="utf-8")
    script = f"<script>{axe}</script><script>{RUN_AXE}</script></body>"
    page = (paper / f"{document}.html").read_text(encoding="utf-8").replace("</body>", script)
    (tmp_path / "page.html").write_text(page, encoding="utf-8")
    command = ["chromium", "--headless", "--no-sandbox", "--disable-gpu", "--no-first-run"]
    command += [f"--window-size={width},900", "--virtual-time-budget=60000"]
    command += [f"--user-data-dir={tmp_path / 'profile'}", "--dump-dom"]
    command += [(tmp_path / "page.html").as_uri()]
    done = subprocess.run(command, check=True, capture_output=True, text=True, timeout=180)
    found = re.search(r'<pre id="axe-found">(.*?)</pre>', done.stdout, re.DOTALL)
    assert found, "axe did not run"
    assert found[1] == "looked at the page"


def test_word_document_opens_in_libreoffice(paper, tmp_path):
    command = ["soffice", "--headless", "--convert-to", "pdf", "--outdir", str(tmp_path)]
    home = f"-env:UserInstallation={(tmp_path / 'home').as_uri()}"
    file = str(paper / "manuscript.docx")
    subprocess.run([*command, home, file], check=True, capture_output=True, timeout=180)
    text = _text(tmp_path / "manuscript.pdf")
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


def test_no_page_of_the_pdf_is_half_empty(paper, tmp_path):
    """But for the last one: ink reaches the lower half of each page, its number apart."""
    for document in DOCUMENTS:
        command = ["pdftoppm", "-r", "20", "-gray", str(paper / f"{document}.pdf")]
        subprocess.run([*command, str(tmp_path / document)], check=True, timeout=120)
        *pages, _ = sorted(tmp_path.glob(f"{document}-*.pgm"))
        assert len(pages) > 8
        for page in pages:
            ink = np.asarray(Image.open(page)) < 200
            text = np.flatnonzero(ink[: int(0.93 * len(ink))].any(axis=1))
            assert text.max() > 0.6 * len(ink), page.name


def _text(pdf):
    command = ["pdftotext", "-layout", str(pdf), "-"]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout
