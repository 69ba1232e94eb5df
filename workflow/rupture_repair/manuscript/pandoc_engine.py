"""Render the Quarto sources with pandoc and Typst: the subset of Quarto that they use.

Text-level shortcodes (`include`, `var`) are expanded here; cross-references and conditional blocks
are handled by `pandoc_engine.lua`, pages of the Word file by `pandoc_engine.word.lua`. What pandoc
needs is written into the project, so that a person can run it there:
`pandoc -d _html.yml _manuscript.md -o manuscript.html`.
"""

import re
import shutil
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from importlib.util import find_spec
from itertools import product
from pathlib import Path
from typing import Any

import typst
import yaml

from rupture_repair.config.errors import ExpectedError

SHORTCODE = re.compile(r"\{\{<\s*(\w+)\s+([^\s>]+)\s*>\}\}")
FILTER = Path(__file__).with_suffix(".lua")
WORD_PAGES = FILTER.with_suffix(".word.lua")
Run = Callable[[list[str], Path, Mapping[str, str]], None]
FONTS, TYPEFACE = "fonts", "STIXGeneral"
SUPPORTED_SHORTCODES = ("include", "var")
# format of Quarto, writer of pandoc, ending of the file; what takes longest is begun first
WRITERS = (("typst", "typst", "typ"), ("html", "html5", "html"), ("docx", "docx", "docx"))
# options of Quarto that pandoc knows by the same name
PASSED = (
    "toc",
    "toc-depth",
    "shift-heading-level-by",
    "embed-resources",
    "css",
    "include-in-header",
    "include-before-body",
    "include-after-body",
    "default-image-extension",
    "reference-doc",
)
LAYOUT = ("papersize", "margin", "fontsize", "mainfont", "page-numbering", "toc-title")


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


def prepare(project: Path, document: str) -> None:
    """Write into a staged project what pandoc makes `document` from.

    These are the text with its includes and variables in place, the filter, and the options of
    each format from `_quarto.yml` as a file of defaults.
    """
    values = yaml.safe_load((project / "_variables.yml").read_text(encoding="utf-8"))
    text = (project / f"{document}.qmd").read_text(encoding="utf-8")
    (project / f"_{document}.md").write_text(expand(text, project, values), encoding="utf-8")
    for file in (FILTER, WORD_PAGES):
        shutil.copyfile(file, project / file.name)
    put_fonts(project)
    settings = yaml.safe_load((project / "_quarto.yml").read_text(encoding="utf-8"))
    filters = [*settings.get("filters", ()), FILTER.name, "citeproc"]
    for name, writer, _ in WRITERS:
        last = [WORD_PAGES.name] if name == "docx" else []
        chosen = defaults(settings["format"][name], writer, filters + last)
        (project / f"_{name}.yml").write_text(yaml.safe_dump(chosen), encoding="utf-8")


def defaults(options: Mapping[str, Any], writer: str, filters: list[str]) -> dict[str, Any]:
    """Return pandoc's defaults for the options of a format in `_quarto.yml`."""
    maths = "html-math-method"
    return {
        "from": "markdown",
        "to": writer,
        "standalone": True,
        "fail-if-warnings": True,  # unknown citations, absent pictures are mere warnings otherwise
        "metadata-files": ["_metadata.yml"],
        "metadata": {key: options[key] for key in LAYOUT if key in options},
        "filters": filters,
        **{key: options[key] for key in PASSED if key in options},
        **({maths: {"method": options[maths]}} if maths in options else {}),
    }


def render_with_pandoc(
    program: str,
    project: Path,
    environment: Mapping[str, str],
    run: Run,
    documents: Sequence[str],
    at_once: int = 1,
) -> None:
    """Write `documents` as `.html`, `.pdf` and `.docx`, by the options in `_quarto.yml`.

    at_once : files that are made at the same time, each with about one processor; the largest
    texts are begun first.
    """
    for document in documents:
        prepare(project, document)
    settings = yaml.safe_load((project / "_quarto.yml").read_text(encoding="utf-8"))
    standards = [settings["format"]["typst"]["pdf-standard"]]

    def write(task: tuple[tuple[str, str, str], str]) -> None:
        (name, _, ending), document = task
        command = [program, f"--defaults=_{name}.yml", f"_{document}.md"]
        run([*command, "-o", f"{document}.{ending}"], project, environment)
        if name == "typst":
            page = _compiled(project / f"{document}.typ", standards)
            (project / f"{document}.pdf").write_bytes(page)

    sizes = {document: (project / f"_{document}.md").stat().st_size for document in documents}
    longest = sorted(documents, key=lambda document: -sizes[document])
    with ThreadPoolExecutor(at_once) as pool:
        list(pool.map(write, product(WRITERS, longest)))  # raises what one of them raised


def _compiled(file: Path, standards: list[Any]) -> bytes:
    try:
        # with the fonts in the project and those that Typst brings, each machine makes the same
        return typst.compile(
            str(file),
            root=str(file.parent),
            timestamp=0,
            ignore_system_fonts=True,
            font_paths=[str(file.parent / FONTS)],
            pdf_standards=standards,
        )
    except typst.TypstError as error:
        raise ExpectedError(f"Typst could not set the PDF of the paper: {error}") from error


def put_fonts(project: Path) -> None:
    """Put the typeface of paper and figures, which Matplotlib brings, into a staged project."""
    (project / FONTS).mkdir(exist_ok=True)
    found = find_spec("matplotlib")  # without its costly import
    for folder in found.submodule_search_locations or () if found else ():
        for file in Path(folder, "mpl-data/fonts/ttf").glob(f"{TYPEFACE}*.ttf"):
            shutil.copyfile(file, project / FONTS / file.name)


def _value(values: Mapping[str, Any], key: str) -> str:
    found: Any = values
    for part in key.split("."):
        if not isinstance(found, Mapping) or part not in found:
            return f"**?var:{key}**"
        found = found[part]
    return str(found)
