"""Tables with the title, the columns and the note of their template, and words in their cells."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from rupture_repair.manuscript.markdown import table
from rupture_repair.words.templates import Claim, WordsError, words

TABLE = ("title", "columns", "note")


@dataclass(frozen=True)
class Cells(
    Claim,
    at="tables/cells",
    blocks=(
        *("all", "none", "unrepaired", "repaired", "unclassifiable"),
        *("not_estimated", "not_identified", "not_recorded", "not_used", "nothing"),
        *("therapist", "patient", "patient_slope", "patient_correlation", "residual"),
        *("r2_marginal", "r2_conditional", "random_part"),
        *("Intercept", "time", "pattern_unrepaired", "pattern_repaired", "iip_z", "length_c"),
        *("model", "cr2", "bootstrap"),
        *("residuals", "patient_intercept", "patient_slopes", "therapist_intercept"),
        *("noise", "ruptures", "agree", "differ", "combinations", "per_sd", "assumed"),
        *("more_improvement", "less_improvement", "stronger", "weaker", "system", "blas", "seed"),
    ),
):
    """What stands in the cells of tables and does not depend on results."""


@dataclass(frozen=True)
class Contrast(Claim, at="tables/contrast", blocks=("slopes", "states")):
    """A difference between patterns, or between states of a treatment in which they may occur."""

    first: Literal["unrepaired", "repaired"]
    second: Literal["none", "unrepaired"]


CONTRASTS: Mapping[str, Contrast] = {
    "repaired - none": Contrast("repaired", "none"),
    "unrepaired - none": Contrast("unrepaired", "none"),
    "repaired - unrepaired": Contrast("repaired", "unrepaired"),
}


def cell(name: str) -> str:
    """Return what stands in a cell, by the name of its block."""
    return Cells().text(name)


def printed(texts: Claim, rows: Sequence[Sequence[str]], *, left: int = 1, empty: str = "") -> str:
    """Return a table with the `TABLE` of its template.

    left : the number of left-aligned columns. empty : the cell that says why there are no rows.
    Raises `WordsError` where the template names another number of columns than there are.
    """
    heading = [head.strip() for head in texts.text("columns").split("|")]
    if empty and not rows:
        rows = [[cell(empty), *["–"] * (len(heading) - 1)]]
    if rows and len(heading) != len(rows[0]):
        raise WordsError(
            f"{words().place(f'{texts.topic}.jinja')}: the block `columns` names {len(heading)} "
            f"columns, separated by |; the table has {len(rows[0])}"
        )
    note = texts.text("note") if "note" in texts.blocks else ""
    name = texts.topic.rpartition("/")[2].replace("_", "-")
    return table(f"tbl-{name}", texts.text("title"), heading, rows, note, left)
