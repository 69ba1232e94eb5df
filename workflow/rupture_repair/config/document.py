"""config/README.md, written from the typed configuration so that the two cannot differ."""

from collections.abc import Iterator
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel
from pydantic_core import PydanticUndefined

from rupture_repair.config.authors import SECTIONS, Authors
from rupture_repair.config.cohort import Cohort
from rupture_repair.config.criteria import Criterion
from rupture_repair.config.instruments import Instrument
from rupture_repair.config.multiverse import Multiverse
from rupture_repair.config.project import Project

INTRODUCTION = """# Configuration

Six kinds of files say what a run does. Unknown keys are refused, and all problems of all files are
reported at once, before anything runs. (This page is generated: `make config-docs`.)

A new cohort is one new file in `config/cohorts/`. `make cohort NAME=clinic FROM="patients.csv
sessions.csv"` (one file where it holds both) proposes it from your files, `make check NAME=clinic`
reads and validates them in seconds, `make reproduce COHORT=clinic` does the rest.
"""
OWN_TEXTS = f"""Optional; for that cohort's paper alone. Beside it, Markdown files stand before,
after or in place of a section: `before-discussion.md`, `after-method.md`,
`instead-of-introduction.md`. Sections:
{", ".join(f"`{name}`" for name in SECTIONS)}.
A text that takes the place of a section begins with its heading (`# Introduction`); it can show
what is computed as `reports/_sections` does (`{{{{< var sample.shares >}}}}`, `@tbl-sensitivity`).
`make reproduce` makes the paper anew after a change, never touches these files, and records
them. Sentences that depend on results are templates in `reports/words`: docs/words.md.

What the paper is set from is in `results/<cohort>/manuscript/source/`, a complete Quarto project
that needs neither Snakemake nor Python. In that folder, `quarto preview manuscript.qmd` shows the
paper while you edit; without Quarto, pandoc sets the same text, with all numbers in place:

```
pandoc -d _html.yml _manuscript.md -o manuscript.html
pandoc -d _docx.yml _manuscript.md -o manuscript.docx
pandoc -d _typst.yml _manuscript.md -o manuscript.typ && typst compile manuscript.typ
```

`supplement` is the other document. For a journal that wants tables and figures after the
references, each on a page of its own, add `-M floats=end` to the command that makes the Word file.

If you edit a file there, the next `make reproduce` keeps your
folder as `source.edited-<date>` and makes a new one; what is to last belongs beside
`authors.yaml`."""
PARTS: tuple[tuple[str, str, type[BaseModel]], ...] = (
    ("`config.yaml`: what is run", "", Project),
    ("`cohorts/<name>.yaml`: one file is one cohort", "", Cohort),
    (
        "`cohorts/<name>/authors.yaml`: authors and statements of the paper",
        OWN_TEXTS,
        Authors,
    ),
    ("`criteria.yaml`: rupture criteria", "Each entry is a name with these keys.", Criterion),
    (
        "`instruments.yaml`: questionnaires",
        "Each entry is a name with these keys; [INSTRUMENTS.md](INSTRUMENTS.md) lists all entries.",
        Instrument,
    ),
    ("`multiverse.yaml`: other analyses of the same data", "", Multiverse),
)


def configuration_page() -> str:
    """Return the page as Markdown: a table of keys for each kind of file."""
    parts = [INTRODUCTION]
    for heading, words, model in PARTS:
        parts.append(f"## {heading}\n")
        if words:
            parts.append(f"{words}\n")
        parts.append("| key | type | default | meaning |\n|---|---|---|---|")
        parts += [
            f"| `{key}` | {kind} | {default} | {meaning} |"
            for key, kind, default, meaning in _rows(model, "")
        ]
        parts.append("")
    return "\n".join(parts).rstrip() + "\n"


def _rows(model: type[BaseModel], prefix: str) -> Iterator[tuple[str, str, str, str]]:
    for name, field in model.model_fields.items():
        key = f"{prefix}{name}"
        inner = _inner_model(field.annotation)
        meaning = (field.description or "").replace("|", "\\|").replace("\n", " ")
        yield key, _type_words(field.annotation), _default_words(field, inner), meaning
        if inner:
            named = get_origin(field.annotation) is dict
            yield from _rows(inner, f"{key}.<name>." if named else f"{key}.")


def _inner_model(annotation: Any) -> type[BaseModel] | None:  # noqa: ANN401
    for candidate in (annotation, *get_args(annotation)):
        if isinstance(candidate, type) and issubclass(candidate, BaseModel):
            return candidate
    return None


def _type_words(annotation: Any) -> str:  # noqa: ANN401
    if get_origin(annotation) is Annotated:
        return _type_words(get_args(annotation)[0])
    if get_origin(annotation) is Literal:
        return ", ".join(f"`{value}`" for value in get_args(annotation))
    if get_origin(annotation) is tuple:
        return f"list of {_type_words(get_args(annotation)[0])}"
    if get_origin(annotation) is Union or isinstance(annotation, type(int | None)):
        kinds = get_args(annotation)
        words = [_type_words(kind) for kind in kinds if kind is not type(None)]
        return " or ".join([*words, *(["null"] if type(None) in kinds else [])])
    if _inner_model(annotation):
        return "section"
    if get_origin(annotation) is dict:
        return f"{_type_words(get_args(annotation)[1])} by name"
    names = {str: "text", int: "whole number", float: "number", bool: "true or false"}
    return names.get(annotation, str(annotation))


def _default_words(field: Any, inner: type[BaseModel] | None) -> str:  # noqa: ANN401
    if field.is_required():
        return "required"
    if field.default is PydanticUndefined or (inner and field.default is not None):
        return ""
    if field.default is None:
        return "null"
    if isinstance(field.default, tuple):
        return ", ".join(f"`{value}`" for value in field.default)
    return f"`{field.default}`"
