"""Numbers of figures and tables in the paper and its supplement, for references between them."""

import re
from collections.abc import Mapping
from pathlib import Path

from rupture_repair.manuscript.pandoc_engine import expand

# document: what stands before its numbers
DOCUMENTS = {"manuscript": "", "supplement": "S"}
WORDS = {"fig": "Figure", "tbl": "Table"}
_FENCE = re.compile(r"^:{3,} *(\{.*\}|[\w.-]+)? *$")
_CONDITION = re.compile(r"\.content-visible (when|unless)-meta=\"([\w-]+)\"")
_IDENTIFIER = re.compile(r"\{#((?:fig|tbl)-[\w-]+)")


def labels(project: Path, flags: Mapping[str, object]) -> dict[str, dict[str, str]]:
    """Return document → identifier → label, such as `Table S3`, in the order of the page.

    project : staged, with the generated blocks; flags : its metadata, by which blocks are shown.
    """
    found: dict[str, dict[str, str]] = {}
    for document, letter in DOCUMENTS.items():
        text = (project / f"{document}.qmd").read_text(encoding="utf-8")
        shown = _identifiers(expand(text, project, {}), flags)
        counts = dict.fromkeys(WORDS, 0)
        found[document] = {}
        for name in shown:
            kind = name[:3]
            counts[kind] += 1
            found[document][name] = f"{WORDS[kind]} {letter}{counts[kind]}"
    return found


def elsewhere(found: Mapping[str, Mapping[str, str]]) -> dict[str, dict[str, list[str]]]:
    """Return document → identifier → label and document of what stands in the other ones."""
    return {
        document: {
            name: [label, other]
            for other, named in found.items()
            for name, label in named.items()
            if other != document
        }
        for document in found
    }


def _identifiers(text: str, flags: Mapping[str, object]) -> list[str]:
    """Return the identifiers of figures and tables outside of hidden blocks."""
    open_blocks: list[bool] = []  # of each, whether it hides what is in it
    names: list[str] = []
    for line in text.splitlines():
        if fence := _FENCE.match(line):
            if attributes := fence.group(1):
                open_blocks.append(_hides(attributes, flags))
            elif open_blocks:
                open_blocks.pop()
        elif not any(open_blocks):
            names += _IDENTIFIER.findall(line)
    return names


def _hides(attributes: str, flags: Mapping[str, object]) -> bool:
    condition = _CONDITION.search(attributes)
    return condition is not None and bool(flags.get(condition[2])) == (condition[1] == "unless")
