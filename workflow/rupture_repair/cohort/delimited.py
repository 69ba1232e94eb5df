"""Text files: cells separated by commas, semicolons or tabs."""

import csv
import io
import re
from pathlib import Path

from rupture_repair.cohort.raw_file import ABOVE, RawFile, RawFileError, raw_table, require_cells
from rupture_repair.cohort.survey_exports import without_labels
from rupture_repair.cohort.words import tidied
from rupture_repair.config.reading import Reading

DELIMITERS = {"comma": ",", "semicolon": ";", "tab": "\t"}
MAX_HEADING_LENGTH = 1_000_000  # characters
# Excel's own hint, above the heading
HINT = re.compile(r"""["']?sep=(.)["']?[ ;,\t]*(\r\n|\n|\r|$)""", re.IGNORECASE)


def read_delimited(path: Path, reading: Reading) -> RawFile:
    """Return a text file: cells as written, without blanks around them.

    Raises `RawFileError` when the file is not a table with a heading and equally long rows.
    """
    name = str(path)
    text, notes = _decoded(path, reading)
    hint = HINT.match(text)
    skipped = {*reading.skip_rows, *([1] if hint else [])}
    delimiter = _delimiter(text, reading, skipped)
    if hint and reading.delimiter == "auto":
        delimiter = hint[1]
    begins = 1  # a quoted cell may hold line ends: a row stands where it begins
    cells, lines = [], []
    known: dict[str, str] = {}
    try:
        rows = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
        for row in rows:
            line, begins = begins, rows.line_num + 1
            # ratings and pseudonyms occur many times; one copy of each is enough
            texts = [known[c] if c in known else known.setdefault(c, tidied(c)) for c in row]
            # an empty line is no row, but later lines keep their numbers
            if not any(texts) or (skipped and not skipped.isdisjoint(range(line, begins))):
                continue
            cells.append(texts)
            lines.append(line)
            require_cells(name, len(lines), len(cells[0]))
    except csv.Error as error:
        message = f"the rows do not form a table ({error})"
        remedy = "Open the file in an editor; look for a stray quotation mark."
        raise RawFileError(name, message, remedy, begins) from None
    if not cells:
        raise RawFileError(name, "the file is empty", "Export the table again.")
    heading, body, lines = cells[0], cells[1:], lines[1:]
    _require_equal_lengths(name, heading, body, lines, delimiter)
    body, lines, more = without_labels(heading, body, lines)
    decimal = reading.decimal
    if decimal == "auto" and delimiter == ",":
        return RawFile(raw_table(name, heading, body, lines), notes + more, None)
    return RawFile(raw_table(name, heading, body, lines), notes + more, decimal)


def _require_equal_lengths(
    name: str, heading: list[str], body: list[list[str]], lines: list[int], delimiter: str
) -> None:
    """Raise `RawFileError` at the first row that is longer or shorter than the others.

    The same number of separators at the end of every row, more than the heading has, is cut off;
    so are those that the heading has and no row. In a single row they may be a cell that moved.
    """
    lengths = {len(row) for row in body}
    if len(lengths) == 1:
        [length] = lengths
        if length > len(heading) and not any(cell for row in body for cell in row[len(heading) :]):
            for row in body:
                del row[len(heading) :]
        if length < len(heading) and not any(heading[length:]):
            del heading[length:]
    for row, line in zip(body, lines, strict=True):
        if len(row) == len(heading):
            continue
        message = f"the row has {len(row)} cells, the heading {len(heading)}"
        mark = {",": "comma", ";": "semicolon", "\t": "tab"}.get(delimiter, f"`{delimiter}`")
        remedy = f"Look for a missing or stray {mark} or quotation mark in this line."
        if len(heading) < len(row) == max(lengths) and line == lines[0]:
            remedy += f" {ABOVE}"
        raise RawFileError(name, message, remedy, line)


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


def _delimiter(text: str, reading: Reading, skipped: set[int]) -> str:
    """Return the mark that occurs most in the heading, outside of quotation marks."""
    if reading.delimiter != "auto":
        return DELIMITERS[reading.delimiter]
    begin = re.sub(r'"(?:[^"]|"")*"', "", text[:MAX_HEADING_LENGTH])
    rows = re.split(r"\r\n|\n|\r", begin)
    rows = [row for at, row in enumerate(rows, start=1) if row and at not in skipped]
    return max(DELIMITERS.values(), key=rows[0].count if rows else "".count)
