"""Tables and figures that no section of the paper places: they stand at the supplement's end."""

from dataclasses import dataclass

import pandas as pd

from rupture_repair.config.catalogue import TABLES
from rupture_repair.config.catalogue.table import PATIENTS, Column, Table
from rupture_repair.disclosure.suppression import MASKED, count_text
from rupture_repair.figures.catalogue import FIGURES
from rupture_repair.manuscript.markdown import escape_markdown, table
from rupture_repair.manuscript.results import Results
from rupture_repair.words import apa
from rupture_repair.words.templates import Claim


@dataclass(frozen=True)
class Meaning:
    """What a column is, by its name; unit: none where it has none."""

    column: str
    meaning: str
    unit: str


@dataclass(frozen=True)
class Further(Claim, at="further", blocks=("heading", "note", "nothing")):
    """The section's heading, and what a row and the columns of a table of it are."""

    rows: str
    columns: tuple[Meaning, ...]
    masked: bool


def further(results: Results, sections: str) -> str:
    """Return the section as Markdown; empty where there is nothing to be shown.

    These are the tables that the catalogue gives a caption, and the figures that `sections`, the
    text of all sections of the paper, do not include.
    """
    tables = [
        _printed(name, about, results)
        for name, about in TABLES.items()
        if about.caption and not (about.omit_empty and results.tables[name].empty)
    ]
    figures = [f"{{{{< include _generated/_figure-{name}.md >}}}}" for name in unplaced(sections)]
    heading = f"# {Further('', (), False).text('heading')} {{.unnumbered}}"
    return "\n\n".join([heading, *tables, *figures]) + "\n" if tables or figures else ""


def unplaced(sections: str) -> list[str]:
    """Return the figures that the sections do not include."""
    return [name for name in FIGURES if f"_generated/_figure-{name}.md" not in sections]


def _printed(name: str, about: Table, results: Results) -> str:
    """Return a table as the catalogue describes it, columns under their own names."""
    data = results.tables[name]
    heading = [column.replace("_", " ") for column in about.columns]
    rows = [
        [_cell(row[column], what) for column, what in about.columns.items()]
        for row in data.to_dict("records")
    ]
    numeric = [pd.api.types.is_numeric_dtype(data[column]) for column in about.columns]
    left = numeric.index(True) if True in numeric else len(numeric)
    texts = Further(
        rows=about.rows,
        columns=tuple(
            Meaning(column, what.meaning, what.unit or "")
            for column, what in zip(heading, about.columns.values(), strict=True)
        ),
        masked=about.masked and results.private,
    )
    rows = rows or [[texts.text("nothing"), *["–"] * (len(heading) - 1)]]
    identifier = f"tbl-{name.replace('_', '-')}"
    note = texts.text("note")
    return table(identifier, about.caption, heading, rows, note, left=max(left, 1))


def _cell(value: object, column: Column) -> str:
    if isinstance(value, str):
        return escape_markdown(value)
    if pd.isna(value):
        return MASKED
    number = float(value)  # type: ignore[arg-type]
    if column.unit == PATIENTS or number.is_integer():
        return count_text(number)
    return apa.number(number, 2)
