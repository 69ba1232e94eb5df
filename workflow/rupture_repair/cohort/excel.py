"""Excel workbooks (.xlsx): one sheet, the heading in its first row."""

import warnings
import zipfile
from pathlib import Path

import openpyxl
from openpyxl.utils.exceptions import InvalidFileException

from rupture_repair.cohort.raw_file import RawFile, RawFileError, raw_table, spelled
from rupture_repair.config.errors import did_you_mean
from rupture_repair.config.reading import Reading


def read_excel(path: Path, reading: Reading) -> RawFile:
    """Return one sheet of a workbook; formulas give the values stored with them.

    Raises `RawFileError` when the sheet is not named and there are several, or is not there.
    """
    name = str(path)
    try:
        with warnings.catch_warnings():  # about styles and drop-down lists, never about cells
            warnings.simplefilter("ignore")
            book = openpyxl.load_workbook(path, data_only=True)
    except (InvalidFileException, zipfile.BadZipFile, KeyError, ValueError) as error:
        message = f"the file is not an Excel workbook ({error})"
        raise RawFileError(name, message, "Open it in Excel and save it as .xlsx.") from None
    sheets = [sheet.title for sheet in book.worksheets]
    if reading.sheet is None and len(sheets) > 1:
        remedy = "Name one as `sheet` under `reading` in the cohort file."
        raise RawFileError(name, f"there are several sheets: {', '.join(sheets)}", remedy)
    wanted = reading.sheet or sheets[0]
    if wanted not in sheets:
        hint = did_you_mean(wanted, sheets)
        raise RawFileError(name, f"there is no sheet `{wanted}`", f"Correct `sheet`; {hint}")
    rows = [[spelled(cell) for cell in row] for row in book[wanted].iter_rows(values_only=True)]
    heading, *body = rows or [[]]
    width = max((i + 1 for row in rows for i, cell in enumerate(row) if cell), default=0)
    kept = [(row[:width], line) for line, row in enumerate(body, start=2) if any(row)]
    heading = heading[:width]
    if heading and "" in heading:
        place = heading.index("") + 1
        message = f"column {place} holds cells but has no name"
        raise RawFileError(name, message, "The first row of the sheet must name each column.", 1)
    table = raw_table(name, heading, [row for row, _ in kept], [line for _, line in kept])
    return RawFile(table)
