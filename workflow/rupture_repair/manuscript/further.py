"""Tables and figures that no section of the paper places: they stand at the supplement's end."""

from dataclasses import dataclass
from typing import Literal, get_args

import pandas as pd

from rupture_repair.config.catalogue import TABLES
from rupture_repair.config.catalogue.table import PATIENTS, Column, Table
from rupture_repair.disclosure.suppression import MASKED, count_text
from rupture_repair.figures.catalogue import FIGURES
from rupture_repair.manuscript.markdown import escape_markdown, table
from rupture_repair.manuscript.model_tables import term_words
from rupture_repair.manuscript.results import Results
from rupture_repair.words import apa
from rupture_repair.words.templates import Claim

# fmt: off
Named = Literal[
    "family", "parameter", "mean", "weighted_low", "weighted_high", "smallest", "largest",
    "n_effective", "half", "scale", "k", "share_fitting", "n_studies", "covered",
    "share_in_set", "not_ruled_out", "share_ruled_out", "same_scale", "same_k", "term",
    "planted", "recovered", "ci_low", "ci_high", "inside",
]
Phrase = Literal[
    "noise", "ruptures", "person_share", "autocorrelation", "spread_of_noise", "total_sd",
    "headroom", "rise", "rupture_rate", "drop", "repair_chance", "recovery", "lower", "upper",
    "pooled_within_sd", "own_sd", "stricter", "between_sd", "diff_sd", "moving_range",
    "none planted",
]
# fmt: on


@dataclass(frozen=True)
class Head(Claim, at="further/head"):
    """The head of a column."""

    column: Named


@dataclass(frozen=True)
class Value(Claim, at="further/value"):
    """A word in a cell, by its name in the table."""

    of: Phrase


HEADS = {name: Head(name) for name in get_args(Named)}
VALUES = {name: Value(name) for name in get_args(Phrase)}


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
    """Return a table as the catalogue describes it; columns without a `Head` have their names."""
    data = results.tables[name]
    heading = [_head(column) for column in about.columns]
    rows = [
        [_cell(column, row[column], what, results) for column, what in about.columns.items()]
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


def _head(column: str) -> str:
    return HEADS[column].words if column in HEADS else column.replace("_", " ")


def _cell(name: str, value: object, column: Column, results: Results) -> str:
    if isinstance(value, str):
        if name == "term":
            return term_words(value)
        if name == "parameter":
            return value.replace("_", " ")
        if value in results.settings.criteria:
            return results.criterion(value)
        return VALUES[value].words if value in VALUES else escape_markdown(value)
    if pd.isna(value):
        return MASKED
    number = float(value)  # type: ignore[arg-type]
    if column.unit == PATIENTS or number.is_integer():
        return count_text(number)
    return apa.number(number, 2)
