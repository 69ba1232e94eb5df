"""Reporting checklists: where each item stands, from the data files in `reports/checklists`."""

import re
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from rupture_repair.manuscript.printed import printed
from rupture_repair.words.templates import Claim


@dataclass(frozen=True)
class Jars(Claim, at="tables/jars", blocks=("title", "columns")):
    """The checklist JARS-Quant."""


@dataclass(frozen=True)
class Strobe(Claim, at="tables/strobe", blocks=("title", "columns")):
    """The checklist STROBE."""


# by file
CHECKLISTS: dict[str, Claim] = {"jars-quant": Jars(), "strobe-cohort": Strobe()}
SUPPLEMENT = {"_supplement", "_reproducibility"}  # the checklists stand there, too
HEADING = re.compile(r"^#+ +(.+?)(?: *\{.*\})?$", re.MULTILINE)


def checklist_tables(sources: Path, synthetic: bool) -> dict[str, str]:
    """Return the Markdown of each checklist by the name of its include file.

    sources : the folder `reports`. synthetic : whether there are no real patients; remarks that
    do not hold then give way to those of the column `if_synthetic`.
    Raises `KeyError` for a section that is not there.
    """
    titles = section_titles(sources)
    made = {}
    for name, texts in CHECKLISTS.items():
        items = pd.read_csv(sources / f"checklists/{name}.csv", dtype=str, keep_default_na=False)
        rows = [
            [
                row.item,
                row.asked,
                "; ".join(_pointed(at, titles) for at in pointers(row.where)) or "–",
                (synthetic and row.if_synthetic) or row.remark,
            ]
            for row in items.itertuples()
        ]
        made[name] = printed(texts, rows, left=4)
    return made


def pointers(where: str) -> list[str]:
    """Return `#section`, `@fig-…` and `@tbl-…` out of a cell."""
    return [pointer.strip() for pointer in where.split(";") if pointer.strip()]


def section_titles(sources: Path) -> dict[str, tuple[str, str]]:
    """Return heading and page of each section by the identifier that pandoc gives it."""
    found = {}
    for file in sorted((sources / "_sections").glob("*.md")):
        page = "supplement" if file.stem in SUPPLEMENT else "manuscript"
        for title in HEADING.findall(file.read_text("utf-8")):
            identifier = re.sub(r"[^\w -]", "", title).lower().replace(" ", "-")
            found[identifier] = (title, page)
    return found


def _pointed(pointer: str, titles: dict[str, tuple[str, str]]) -> str:
    if pointer.startswith("@"):
        return pointer
    identifier = pointer.removeprefix("#")
    title, page = titles[identifier]
    return f"[{title}]({'' if page == 'supplement' else f'{page}.html'}#{identifier})"
