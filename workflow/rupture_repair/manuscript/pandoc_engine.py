"""Render the Quarto sources with pandoc and Typst: the subset of Quarto that they use.

Text-level shortcodes (`include`, `var`) are expanded here; cross-references and conditional blocks
are handled by `pandoc_engine.lua`.
"""

import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import typst
import yaml

from rupture_repair.provenance.log import ExpectedError

SHORTCODE = re.compile(r"\{\{<\s*(\w+)\s+([^\s>]+)\s*>\}\}")
FILTER = Path(__file__).with_suffix(".lua")
Run = Callable[[list[str], Path, Mapping[str, str]], None]
SUPPORTED_SHORTCODES = ("include", "var")


def expand(text: str, folder: Path, values: Mapping[str, Any]) -> str:
    """Return `text` with includes and variables in place, as Quarto would put them.

    Unknown keys become `?var:key`, as with Quarto; the output checks refuse them.
    """

    def replaced(match: re.Match[str]) -> str:
        kind, argument = match.groups()
        if kind == "include":
            included = (folder / argument).read_text(encoding="utf-8")
            return expand(included, folder, values)
        if kind == "var":
            return _value(values, argument)
        return match.group(0)

    return SHORTCODE.sub(replaced, text)


def render_with_pandoc(
    program: str, project: Path, environment: Mapping[str, str], run: Run, document: str
) -> None:
    """Write `document` as `.html`, `.pdf` and `.docx` into `project`."""
    values = yaml.safe_load((project / "_variables.yml").read_text(encoding="utf-8"))
    text = (project / f"{document}.qmd").read_text(encoding="utf-8")
    (project / f"{document}.md").write_text(expand(text, project, values), encoding="utf-8")
    shared = [
        program,
        f"{document}.md",
        "--from=markdown",
        "--metadata-file=_metadata.yml",
        f"--lua-filter={FILTER}",
        "--citeproc",
        "--standalone",
        "--fail-if-warnings",  # unknown citations and absent pictures are mere warnings otherwise
        "--resource-path=.",
    ]
    html = ["--to=html5", "--embed-resources", "--css=manuscript.css", "--toc", "--toc-depth=2"]
    image = "--default-image-extension"
    run(
        [*shared, *html, "--mathml", f"{image}=svg", "-o", f"{document}.html"], project, environment
    )
    word = ["--to=docx", "--reference-doc=reference.docx", f"{image}=png"]
    run([*shared, *word, "-o", f"{document}.docx"], project, environment)
    paper = ["--to=typst", f"{image}=svg", "--include-in-header=typst-header.typ"]
    settings = ["-V", "papersize=a4", "-V", "fontsize=10pt", "-V", "lang=en"]
    run([*shared, *paper, *settings, "-o", f"{document}.typ"], project, environment)
    (project / f"{document}.pdf").write_bytes(_compiled(project / f"{document}.typ"))


def _compiled(file: Path) -> bytes:
    try:
        # Typst brings fonts of its own: with these alone, each machine makes the same pages
        return typst.compile(
            str(file), root=str(file.parent), timestamp=0, ignore_system_fonts=True
        )
    except typst.TypstError as error:
        raise ExpectedError(f"Typst could not set the PDF of the paper: {error}") from error


def _value(values: Mapping[str, Any], key: str) -> str:
    found: Any = values
    for part in key.split("."):
        if not isinstance(found, Mapping) or part not in found:
            return f"**?var:{key}**"
        found = found[part]
    return str(found)
