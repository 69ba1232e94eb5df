"""The page of all tables, columns and units, written from the catalogue."""

from rupture_repair.config.catalogue import PARTS, shared_file
from rupture_repair.config.catalogue.table import (
    Column,
    Open,
    Parts,
    Private,
    Rows,
    Table,
    Withheld,
)

INTRODUCTION = """# Tables

Every CSV table of the results, relative to `results/<cohort>/` (those of a comparison:
`results/comparison/`). UTF-8, one line of heading. All counts, at full precision, lie in the
private folder `ruptures/counts/`; in `tables/` counts of 1 to 4 real, confidential patients are
empty, with whatever would give them away, and their numbers are rounded. (This page is generated:
`make table-docs`.)
"""
PLACES = {
    "main": "the main text",
    "supplement": "the supplement",
    "none": "not printed: for figures, later steps and readers of the file",
}


def tables_page() -> str:
    """Return the page as Markdown."""
    lines = [INTRODUCTION]
    for heading, tables in PARTS.items():
        lines += [f"## {heading}", ""]
        for name, table in tables.items():
            lines += _entry(name, table)
    return "\n".join(lines).rstrip() + "\n"


def _entry(name: str, table: Table) -> list[str]:
    return [
        f"### `{shared_file(name)}`",
        "",
        f"A row per {table.rows}. Made by the step `{table.step}`. Paper: {PLACES[table.place]}. "
        f"{_masking(table)}",
        "",
        "| column | meaning | unit |",
        "|---|---|---|",
        *(_row(column, about) for column, about in table.columns.items()),
        "",
    ]


def _row(name: str, column: Column) -> str:
    return f"| `{name}` | {_cell(column.meaning)} | {_cell(column.unit)} |"


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


def _masking(table: Table) -> str:
    match table.masking:
        case Open(because):
            return f"Nothing is masked: {because}."
        case Private(because):
            return f"Private: {because}."
        case Withheld(because):
            return f"Empty for real, confidential patients: {because}."
        case Rows(count):
            return f"Masked where `{count}` is 1 to 4."
        case Parts(count):
            return f"Masked where `{count}` is 1 to 4 or would give such a count away."
        case _:
            return "Masked by a rule of its own."
