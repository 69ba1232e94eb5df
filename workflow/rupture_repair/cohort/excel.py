"""Excel workbooks (.xlsx): one sheet, the heading in its first row that holds anything."""

import warnings
import zipfile
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path

import openpyxl
from openpyxl.worksheet._read_only import ReadOnlyWorksheet

from rupture_repair.cohort.raw_file import (
    RawFile,
    RawFileError,
    raw_table,
    reason_of,
    require_cells,
    require_size,
    spelled,
)
from rupture_repair.cohort.sheet_parts import SheetParts, sheet_parts
from rupture_repair.cohort.survey_exports import without_labels
from rupture_repair.config.errors import did_you_mean
from rupture_repair.config.reading import Reading

MAX_LISTED = 5


def read_excel(path: Path, reading: Reading) -> RawFile:
    """Return one sheet of a workbook; formulas give the values stored with them.

    Hidden rows, columns and sheets are named in a note, and read. `formulas` of the result says
    which columns hold formulas without a stored value, as libraries write them.

    Raises `RawFileError` when the sheet is not named and there are several, is not there or is too
    large.
    """
    name = str(path)
    try:
        with zipfile.ZipFile(path) as packed:
            # no more than the sizes stated here is ever unpacked
            require_size(path, sum(part.file_size for part in packed.infolist()), "the workbook")
        with warnings.catch_warnings():  # about styles and drop-down lists, never about cells
            warnings.simplefilter("ignore")
            book = openpyxl.load_workbook(path, data_only=True, read_only=True)
            with closing(book):
                states = {sheet.title: sheet.sheet_state for sheet in book.worksheets}
                title, notes = _sheet_named(states, reading.sheet, name)
                rows = _rows(book[title], name)
                parts = sheet_parts(path, book[title]._worksheet_path)
    except RawFileError:
        raise
    except Exception as error:  # a broken workbook may raise any exception
        message = f"the file is not an Excel workbook ({reason_of(error)})"
        raise RawFileError(name, message, "Open it in Excel and save it as .xlsx.") from None
    kept = {line: row for line, row in rows.items() if line not in reading.skip_rows}
    heading = kept.pop(min(kept)) if kept else []
    width = max((len(row) for row in (heading, *kept.values())), default=0)
    require_cells(name, len(kept), width)
    heading = heading + [""] * (width - len(heading))
    body, lines, more = without_labels(
        heading, [row + [""] * (width - len(row)) for row in kept.values()], list(kept)
    )
    return RawFile(
        raw_table(name, heading, body, lines),
        (*notes, *more, *_hidden(parts, heading, lines)),
        "either",  # numbers that are text in the workbook may have a comma
        formulas={
            heading[column - 1]: n for column, n in parts.formulas.items() if column <= width
        },
    )


def _sheet_named(
    states: dict[str, str], wanted: str | None, name: str
) -> tuple[str, tuple[str, ...]]:
    """Return the sheet to be read, and a note of hidden ones; a single visible one is meant."""
    hidden = [title for title, state in states.items() if state != "visible"]
    visible = [title for title in states if title not in hidden]
    if wanted is None and len(states) > 1 and len(visible) != 1:
        remedy = "Name one as `sheet` under `reading` in the cohort file."
        raise RawFileError(name, f"there are several sheets: {', '.join(states)}", remedy)
    wanted = wanted or next(iter(visible or states))
    if wanted not in states:
        hint = did_you_mean(wanted, states)
        raise RawFileError(name, f"there is no sheet `{wanted}`", f"Correct `sheet`; {hint}")
    notes = []
    if others := [f"`{title}`" for title in hidden if title != wanted]:
        notes.append(f"{_counted(len(others), 'sheet')} hidden, not read: {_some(others)}")
    if wanted in hidden:
        notes.append(f"the sheet `{wanted}`, which was read, is hidden")
    return wanted, tuple(notes)


def _hidden(parts: SheetParts, heading: list[str], lines: list[int]) -> tuple[str, ...]:
    notes = []
    if rows := sorted(parts.hidden_rows & set(lines)):
        words = (
            f"{_counted(len(rows), 'row')} hidden, perhaps by a filter, and read like the others"
        )
        notes.append(f"{words}: row {_some(map(str, rows))}")
    names = [heading[at - 1] for at in sorted(parts.hidden_columns) if at <= len(heading)]
    if names := [name for name in names if name]:
        notes.append(f"{_counted(len(names), 'column')} hidden: {_some(names)}")
    return tuple(notes)


def _counted(n: int, what: str) -> str:
    return f"1 {what} is" if n == 1 else f"{n} {what}s are"


def _some(names: Iterable[str]) -> str:
    listed = list(names)
    return ", ".join(listed[:MAX_LISTED]) + (", …" if len(listed) > MAX_LISTED else "")


def _rows(sheet: ReadOnlyWorksheet, name: str) -> dict[int, list[str]]:
    """Return the rows that hold anything, by their number, each up to its last cell."""
    sheet.reset_dimensions()  # the stated dimensions may be wrong or reach to the millionth row
    rows: dict[int, list[str]] = {}
    cells = 0
    for line, row in enumerate(sheet.iter_rows(values_only=True), start=1):
        texts = [spelled(cell) for cell in row]
        while texts and not texts[-1]:
            texts.pop()
        if texts:
            rows[line] = texts
            cells += len(texts)
            require_cells(name, cells, 1)
    return rows
