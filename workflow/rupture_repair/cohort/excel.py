"""Excel workbooks (.xlsx): one sheet, the heading in its first row."""

import warnings
import zipfile
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
from rupture_repair.config.errors import did_you_mean
from rupture_repair.config.reading import Reading


def read_excel(path: Path, reading: Reading) -> RawFile:
    """Return one sheet of a workbook; formulas give the values stored with them.

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
                sheet = book[_sheet_named([s.title for s in book.worksheets], reading.sheet, name)]
                rows = _rows(sheet, name)
    except RawFileError:
        raise
    except Exception as error:  # a broken part of a workbook raises whatever its reader meets
        message = f"the file is not an Excel workbook ({reason_of(error)})"
        raise RawFileError(name, message, "Open it in Excel and save it as .xlsx.") from None
    heading, body = list(rows.pop(1, [])), rows
    width = max((len(row) for row in (heading, *body.values())), default=0)
    heading += [""] * (width - len(heading))
    require_cells(name, len(body), width)
    if heading and "" in heading:
        place = heading.index("") + 1
        message = f"column {place} holds cells but has no name"
        raise RawFileError(name, message, "The first row of the sheet must name each column.", 1)
    table = raw_table(
        name, heading, [row + [""] * (width - len(row)) for row in body.values()], list(body)
    )
    return RawFile(table)


def _sheet_named(sheets: list[str], wanted: str | None, name: str) -> str:
    if wanted is None and len(sheets) > 1:
        remedy = "Name one as `sheet` under `reading` in the cohort file."
        raise RawFileError(name, f"there are several sheets: {', '.join(sheets)}", remedy)
    wanted = wanted or sheets[0]
    if wanted not in sheets:
        hint = did_you_mean(wanted, sheets)
        raise RawFileError(name, f"there is no sheet `{wanted}`", f"Correct `sheet`; {hint}")
    return wanted


def _rows(sheet: ReadOnlyWorksheet, name: str) -> dict[int, list[str]]:
    """Return the rows that hold anything, by their number, each up to its last cell."""
    sheet.reset_dimensions()  # as stated they may reach to the millionth row, in any case be wrong
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
