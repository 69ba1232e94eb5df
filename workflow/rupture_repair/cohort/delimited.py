"""Text files: cells separated by commas, semicolons or tabs."""

import codecs
import csv
import re
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import TextIO

import numpy as np
import pyarrow as pa

from rupture_repair.cohort.memory import require_memory
from rupture_repair.cohort.raw_file import ABOVE, RawFile, RawFileError
from rupture_repair.cohort.survey_exports import MAX_LABELS, without_labels
from rupture_repair.cohort.text_columns import TextColumns
from rupture_repair.cohort.words import tidied
from rupture_repair.config.reading import Reading

DELIMITERS = {"comma": ",", "semicolon": ";", "tab": "\t"}
MAX_HEADING_LENGTH = 1_000_000  # characters
MAX_LINE = 100_000_000  # bytes
MAX_KNOWN = 1_000_000  # different cells of which one copy is kept
BYTES_AT_ONCE = 16_000_000
CELLS_AT_ONCE = 100_000  # more make no faster reading, and hold up the collector of garbage
# what must be free to read and check a file, in sizes of the file: with 3 million sessions (56 MB)
# it took 14; smaller files take less
MEMORY = 15
# Excel's own hint, above the heading
HINT = re.compile(r"""["']?sep=(.)["']?[ ;,\t]*(\r\n|\n|\r|$)""", re.IGNORECASE)


def read_delimited(path: Path, reading: Reading) -> RawFile:
    """Return a text file: cells as written, without blanks around them.

    Read part by part: no more than the table itself is in memory. Raises `RawFileError` when the
    file is not a table with a heading and equally long rows, or too large for the memory.
    """
    name = str(path)
    require_memory(name, MEMORY * path.stat().st_size)
    encoding, notes = _encoding_of(path, reading)
    with path.open(encoding=encoding, newline="") as file:
        begin = file.read(MAX_HEADING_LENGTH)
    hint = HINT.match(begin)
    skipped = {*reading.skip_rows, *([1] if hint else [])}
    delimiter = _delimiter(begin, reading, skipped)
    if hint and reading.delimiter == "auto":
        delimiter = hint[1]
    with path.open(encoding=encoding, newline="") as file:
        rows = _rows(file, delimiter, skipped, name)
        heading, _ = next(rows, ([], 0))
        if not heading:
            raise RawFileError(name, "the file is empty", "Export the table again.")
        body = Body(name, heading)
        while part := list(islice(rows, max(1, CELLS_AT_ONCE // len(heading)))):
            body.add(part)
    body.require_equal_lengths(delimiter)
    first, lines = [row[: len(heading)] for row, _ in body.first], [line for _, line in body.first]
    kept, _, more = without_labels(heading, first, lines)
    decimal = reading.decimal
    return RawFile(
        body.cells.table(heading, without=len(first) - len(kept)),
        notes + more,
        None if decimal == "auto" and delimiter == "," else decimal,
    )


def _rows(
    file: TextIO, delimiter: str, skipped: set[int], name: str
) -> Iterator[tuple[list[str], int]]:
    """Yield rows that hold anything, with the line in which each begins."""
    begins = 1  # a quoted cell may hold line ends: a row stands where it begins
    known: dict[str, str] = {}
    try:
        rows = csv.reader(file, delimiter=delimiter, strict=True)
        for row in rows:
            line, begins = begins, rows.line_num + 1
            # ratings and pseudonyms occur many times; one copy of each is enough
            texts = [known[c] if c in known else known.setdefault(c, tidied(c)) for c in row]
            if len(known) > MAX_KNOWN:
                known.clear()
            # an empty line is no row, but later lines keep their numbers
            if any(texts) and (not skipped or skipped.isdisjoint(range(line, begins))):
                yield texts, line
    except csv.Error as error:
        message = f"the rows do not form a table ({error})"
        remedy = "Open the file in an editor; look for a stray quotation mark."
        raise RawFileError(name, message, remedy, begins) from None


class Body:
    """The rows below a heading, as long as they are equally long; else where they are not.

    first : the first rows, with their lines, among which may be labels.
    """

    def __init__(self, name: str, heading: list[str]) -> None:
        self.name, self.heading = name, heading
        self.first: list[tuple[list[str], int]] = []
        self.cells = TextColumns(name, len(heading))
        self._lengths: set[int] = set()
        self._wrong: tuple[int, int] | None = None  # length and line of the first such row

    def add(self, rows: list[tuple[list[str], int]]) -> None:
        """Add rows with their lines."""
        if not self._lengths:
            self.first = rows[:MAX_LABELS]
            self.cells = TextColumns(self.name, len(rows[0][0]))
        texts, lines = zip(*rows, strict=True)
        lengths = set(map(len, texts))
        self._lengths |= lengths
        if self._wrong is None and lengths != {len(self.heading)}:
            found = ((len(row), line) for row, line in rows if len(row) != len(self.heading))
            self._wrong = next(found, None)
        if len(self._lengths) == 1:
            columns = [pa.array(cells, pa.large_string()) for cells in zip(*texts, strict=True)]
            self.cells.add(columns, np.array(lines, dtype=np.int64))

    def require_equal_lengths(self, delimiter: str) -> None:
        """Raise `RawFileError` at the first row that is longer or shorter than the others.

        The same number of separators at the end of every row, more than the heading has, is cut
        off; so are those that the heading has and no row. In a single row they may be a cell that
        moved.
        """
        heading = self.heading
        if self._wrong is None:
            return
        length, line = self._wrong
        if len(self._lengths) == 1:
            beyond = range(len(heading), length)
            if length > len(heading) and not any(map(self.cells.holds, beyond)):
                return
            if length < len(heading) and not any(heading[length:]):
                del heading[length:]
                return
        message = f"the row has {length} cells, the heading {len(heading)}"
        mark = {",": "comma", ";": "semicolon", "\t": "tab"}.get(delimiter, f"`{delimiter}`")
        remedy = f"Look for a missing or stray {mark} or quotation mark in this line."
        if len(heading) < length == max(self._lengths) and line == self.first[0][1]:
            remedy += f" {ABOVE}"
        raise RawFileError(self.name, message, remedy, line)


def _encoding_of(path: Path, reading: Reading) -> tuple[str, tuple[str, ...]]:
    """Return the encoding of a text file, and a note where it was guessed."""
    name = str(path)
    utf8, windows = _decodable(path, name)
    if reading.encoding != "windows-1252":
        if utf8:
            return "utf-8-sig", ()
        if reading.encoding == "utf-8":
            raise RawFileError(name, "the file is not UTF-8 text", "Save it as CSV in UTF-8.")
    if not windows:
        message = "the file is neither UTF-8 nor Windows-1252 text"
        raise RawFileError(name, message, "Save it as CSV in UTF-8.")
    guessed = "the file is not UTF-8 and was read as Windows-1252: check names with accents"
    return "windows-1252", () if reading.encoding == "windows-1252" else (guessed,)


def _decodable(path: Path, name: str) -> tuple[bool, bool]:
    """Return whether a file is text in UTF-8, and in Windows-1252."""
    found = {"utf-8": True, "windows-1252": True}
    decoders = {kind: codecs.getincrementaldecoder(kind)() for kind in found}
    run = 0  # bytes since the last end of a line
    with path.open("rb") as file:
        while True:
            part = file.read(BYTES_AT_ONCE)
            if b"\x00" in part:  # UTF-16, or no text at all
                raise RawFileError(name, "the file is not UTF-8 text", "Save it as CSV in UTF-8.")
            last = max(part.rfind(b"\n"), part.rfind(b"\r"))
            run = run + len(part) if last < 0 else len(part) - last
            if run > MAX_LINE:
                message = f"a line has more than {MAX_LINE / 1e6:.0f} MB: the file is no table"
                raise RawFileError(name, message, "Export the table again.")
            for kind in [kind for kind, good in found.items() if good]:
                try:
                    decoders[kind].decode(part, final=not part)
                except UnicodeDecodeError:
                    found[kind] = False
            if not part:
                return found["utf-8"], found["windows-1252"]


def _delimiter(text: str, reading: Reading, skipped: set[int]) -> str:
    """Return the mark that occurs most in the heading, outside of quotation marks."""
    if reading.delimiter != "auto":
        return DELIMITERS[reading.delimiter]
    begin = re.sub(r'"(?:[^"]|"")*"', "", text[:MAX_HEADING_LENGTH])
    rows = re.split(r"\r\n|\n|\r", begin)
    rows = [row for at, row in enumerate(rows, start=1) if row and at not in skipped]
    return max(DELIMITERS.values(), key=rows[0].count if rows else "".count)
