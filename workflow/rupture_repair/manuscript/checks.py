"""What must hold of every rendered paper, whichever engine made it."""

import re
import zipfile
from collections.abc import Iterable, Mapping
from html.parser import HTMLParser
from pathlib import Path

from rupture_repair.config.errors import ExpectedError

UNRESOLVED = ("?var:", "?@", "{{<", "???")
FETCHING = {"img": "src", "script": "src", "link": "href", "iframe": "src", "source": "src"}
SECTIONS = {
    "manuscript": ("Introduction", "Method", "Results", "Discussion", "References"),
    "supplement": ("Models in full", "Reproducibility of this run", "References"),
}


class _Page(HTMLParser):
    """Collects what the checks look at."""

    def __init__(self) -> None:
        super().__init__()
        self.text: list[str] = []
        self.fetched: list[str] = []
        self.images = 0
        self.without_alt = 0
        self._skip = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag in {"script", "style"}:
            self._skip += 1
        address = given.get(FETCHING.get(tag, ""), "") or ""
        if re.match(r"(https?:)?//", address) and given.get("rel") != "canonical":
            self.fetched.append(address)
        if tag == "img" or (tag == "svg" and given.get("role") == "img"):
            self.images += 1
            self.without_alt += not (given.get("alt") or given.get("aria-label"))

    def handle_endtag(self, tag: str) -> None:
        if tag in {"script", "style"}:
            self._skip -= 1

    def handle_data(self, data: str) -> None:
        if not self._skip:
            self.text.append(data)


def check_output(
    files: Mapping[str, Path], n_figures: int, sections: Iterable[str] = SECTIONS["manuscript"]
) -> None:
    """Check `html`, `pdf` and `docx`; raise `ExpectedError` with everything that is wrong."""
    html, pdf, docx = (files[ending].name for ending in ("html", "pdf", "docx"))
    page = _Page()
    page.feed(files["html"].read_text(encoding="utf-8"))
    text = " ".join(page.text)
    wrong = [f"{html}: unresolved `{mark}`" for mark in UNRESOLVED if mark in text]
    wrong += [f"{html} loads {address}" for address in page.fetched]
    if page.without_alt:
        wrong.append(f"{html}: {page.without_alt} image(s) without alt text")
    if page.images < n_figures:
        wrong.append(f"{html}: {page.images} of {n_figures} figures")
    wrong += [f"{html}: no section {name}" for name in sections if name not in text]
    word = docx_text(files["docx"])
    wrong += [f"{docx}: unresolved `{mark}`" for mark in UNRESOLVED if mark in word]
    if not files["pdf"].read_bytes().startswith(b"%PDF-"):
        wrong.append(f"{pdf} is not a PDF")
    if wrong:
        raise ExpectedError("The paper is not fit to be read:\n  * " + "\n  * ".join(wrong))


def sections_kept(document: str, own: Iterable[str]) -> list[str]:
    """Return the headings to be found, where `own` texts of the authors replace some sections."""
    replaced = {Path(file).name for file in own}
    kept = [n for n in SECTIONS[document] if f"instead-of-{n.lower()}.md" not in replaced]
    if f"instead-of-{document}.md" in replaced:
        kept.remove("Models in full")
    return kept


def docx_text(file: Path) -> str:
    """Return the running text of a Word document."""
    with zipfile.ZipFile(file) as archive:
        xml = archive.read("word/document.xml").decode("utf-8")
    return " ".join(re.findall(r"<w:t[^>]*>([^<]*)</w:t>", xml))
