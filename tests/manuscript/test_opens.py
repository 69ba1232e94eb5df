"""The paper in the programs that people open it with (Chromium, LibreOffice, poppler)."""

import re
import shutil
import subprocess
import sys

import pytest

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
    for words in ("57.8", "32.9", "9.3", "Synthetic data", "Johnson–Neyman"):
        assert words in done.stdout
    assert done.stdout.count("<figure") >= 6


@pytest.mark.skipif(not shutil.which("npm"), reason="npm is not installed here")
@pytest.mark.parametrize("width", [1200, 500])
def test_axe_finds_no_barrier(paper, tmp_path, width):
    command = ["npm", "install", "--no-save", "--prefix", str(tmp_path), "axe-core@4"]
    subprocess.run(command, check=True, capture_output=True, timeout=180)
    axe = (tmp_path / "node_modules/axe-core/axe.min.js").read_text(encoding="utf-8")
    script = f"<script>{axe}</script><script>{RUN_AXE}</script></body>"
    page = (paper / "manuscript.html").read_text(encoding="utf-8").replace("</body>", script)
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
    assert "Table 1." in text and "Figure 6." in text
    assert "57.8" in text


def test_pdf_has_its_text_and_no_open_reference(paper):
    text = _text(paper / "manuscript.pdf")
    for words in ("Abstract", "Supplement", "Colophon", "Synthetic data", "57.8"):
        assert words in text
    assert "?var:" not in text and "?@" not in text


def _text(pdf):
    command = ["pdftotext", "-layout", str(pdf), "-"]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout
