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

from rupture_repair.config.errors import ExpectedError

SHORTCODE = re.compile(r"\{\{<\s*(\w+)\s+([^\s>]+)\s*>\}\}")
FILTER = Path(__file__).with_suffix(".lua")
Run = Callable[[list[str], Path, Mapping[str, str]], None]
SUPPORTED_SHORTCODES = ("include", "var")
# format of Quarto, writer of pandoc, ending of the file
WRITERS = (("html", "html5", "html"), ("docx", "docx", "docx"), ("typst", "typst", "typ"))
# options of Quarto by what pandoc calls them
PASSED = (
    "toc-depth",
    "shift-heading-level-by",
    "css",
    "include-in-header",
    "include-before-body",
    "include-after-body",
    "default-image-extension",
    "reference-doc",
)
SWITCHES = ("toc", "embed-resources")
LAYOUT = ("papersize", "margin", "fontsize", "toc-title")


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
    """Write `document` as `.html`, `.pdf` and `.docx`, by the options in `_quarto.yml`."""
    values = yaml.safe_load((project / "_variables.yml").read_text(encoding="utf-8"))
    text = (project / f"{document}.qmd").read_text(encoding="utf-8")
    (project / f"{document}.md").write_text(expand(text, project, values), encoding="utf-8")
    formats = yaml.safe_load((project / "_quarto.yml").read_text(encoding="utf-8"))["format"]
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
    for name, writer, ending in WRITERS:
        options = formats[name]
        layout = {key: options[key] for key in LAYOUT if key in options}
        (project / "_layout.yml").write_text(yaml.safe_dump(layout), encoding="utf-8")
        own = [f"--to={writer}", "--metadata-file=_layout.yml", *arguments(options)]
        run([*shared, *own, "-o", f"{document}.{ending}"], project, environment)
    standards = [formats["typst"]["pdf-standard"]]
    (project / f"{document}.pdf").write_bytes(_compiled(project / f"{document}.typ", standards))


def arguments(options: Mapping[str, Any]) -> list[str]:
    """Return pandoc's arguments for the options of a format in `_quarto.yml`."""
    given = [
        *(f"--{key}={options[key]}" for key in PASSED if key in options),
        *(f"--{key}" for key in SWITCHES if options.get(key)),
    ]
    return [*given, "--mathml"] if options.get("html-math-method") == "mathml" else given


def _compiled(file: Path, standards: list[Any]) -> bytes:
    try:
        # Typst brings fonts of its own: with these alone, each machine makes the same pages
        return typst.compile(
            str(file),
            root=str(file.parent),
            timestamp=0,
            ignore_system_fonts=True,
            pdf_standards=standards,
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
