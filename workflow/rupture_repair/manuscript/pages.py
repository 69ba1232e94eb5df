"""What stands at the head of each page of the PDF and of the Word file."""

import zipfile
from pathlib import Path

HEAD = "word/header1.xml"
EMPTY = "<w:t/>"
EARLIEST = (1980, 1, 1, 0, 0, 0)  # no file in a zip can be older


def mark_pages(project: Path, words: str) -> None:
    """Let each page say `words`, plain text without markup, by what a staged project is set with.

    Raises `ValueError` where the Word template has no empty running head.
    """
    with (project / "typst-header.typ").open("a", encoding="utf-8") as layout:
        layout.write(f"#set page(header: align(right, text(size: 8pt)[{words}]))\n")
    template = project / "reference.docx"
    with zipfile.ZipFile(template) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    head = parts[HEAD].decode("utf-8")
    if head.count(EMPTY) != 1:
        raise ValueError(f"{template.name}: {HEAD} has to hold one {EMPTY}")
    parts[HEAD] = head.replace(EMPTY, f"<w:t>{words}</w:t>").encode()
    with zipfile.ZipFile(template, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            entry = zipfile.ZipInfo(name, EARLIEST)
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, content)
