"""Text files: cells separated by commas, semicolons or tabs."""

import csv
import io
import re
from pathlib import Path

from rupture_repair.cohort.raw_file import RawFile, RawFileError, raw_table, require_cells
from rupture_repair.config.reading import Reading

DELIMITERS = {"comma": ",", "semicolon": ";", "tab": "\t"}
DECIMAL_COMMA = re.compile(r"[+-]?\d*,\d+")


def read_delimited(path: Path, reading: Reading) -> RawFile:
    """Return a text file: cells as written, decimal commas turned into points.

    Raises `RawFileError` when the file is not a table with a heading and equally long rows.
    """
    name = str(path)
    text, notes = _decoded(path, reading)
    delimiter = _delimiter(text, reading)
    begins = 1  # a quoted cell may hold line ends: a row stands where it begins
    cells, lines = [], []
    known: dict[str, str] = {}
    try:
        rows = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
        heading = [cell.strip() for cell in next((row for row in rows if row), [])]
        begins = rows.line_num + 1
        for row in rows:
            line, begins = begins, rows.line_num + 1
            if not row:  # an empty line is no row, but later lines keep their numbers
                continue
            if len(row) != len(heading):
                message = f"the row has {len(row)} cells, the heading {len(heading)}"
                mark = {",": "comma", ";": "semicolon", "\t": "tab"}[delimiter]
                remedy = f"Look for a missing or stray {mark} or quotation mark in this line."
                raise RawFileError(name, message, remedy, line)
            # ratings and pseudonyms occur many times; one copy of each is enough
            cells.append([known.setdefault(text, text) for text in map(str.strip, row)])
            lines.append(line)
            require_cells(name, len(lines), len(heading))
    except csv.Error as error:
        message = f"the rows do not form a table ({error})"
        remedy = "Open the file in an editor; look for a stray quotation mark."
        raise RawFileError(name, message, remedy, begins) from None
    if reading.decimal == "comma" or (reading.decimal == "auto" and delimiter != ","):
        cells = [[_with_point(cell) for cell in row] for row in cells]
    return RawFile(raw_table(name, heading, cells, lines), notes)


def _decoded(path: Path, reading: Reading) -> tuple[str, tuple[str, ...]]:
    content = path.read_bytes()
    name = str(path)
    if b"\x00" in content:  # UTF-16, or no text at all
        raise RawFileError(name, "the file is not UTF-8 text", "Save it as CSV in UTF-8.")
    if reading.encoding != "windows-1252":
        try:
            return content.decode("utf-8-sig"), ()
        except UnicodeDecodeError:
            if reading.encoding == "utf-8":
                message, remedy = "the file is not UTF-8 text", "Save it as CSV in UTF-8."
                raise RawFileError(name, message, remedy) from None
    try:
        text = content.decode("windows-1252")
    except UnicodeDecodeError:
        message = "the file is neither UTF-8 nor Windows-1252 text"
        raise RawFileError(name, message, "Save it as CSV in UTF-8.") from None
    guessed = "the file is not UTF-8 and was read as Windows-1252: check names with accents"
    return text, () if reading.encoding == "windows-1252" else (guessed,)


def _delimiter(text: str, reading: Reading) -> str:
    """Return the mark that occurs most in the heading, outside of quotation marks."""
    if reading.delimiter != "auto":
        return DELIMITERS[reading.delimiter]
    heading = re.sub(r'"(?:[^"]|"")*"', "", text).lstrip("\r\n")
    heading = re.split(r"[\r\n]", heading, maxsplit=1)[0]
    return max(DELIMITERS.values(), key=heading.count)


def _with_point(cell: str) -> str:
    return cell.replace(",", ".") if DECIMAL_COMMA.fullmatch(cell) else cell
