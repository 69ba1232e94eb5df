"""The raw table that every reader returns: cells as text, one spelling for each value."""

import datetime
import decimal
import numbers
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import compress
from pathlib import Path
from typing import Literal

import pandas as pd

from rupture_repair.cohort.words import tidied

# of workbooks and files of SPSS and Stata, whose libraries take many times as much memory
MAX_BYTES = 100_000_000
MAX_CELLS = 20_000_000
# from here on a number with a fraction part in binary (a double) no longer holds every digit
EXACT, EXACT_SINGLE = 2**53, 2**24
SMALLER = "Export only the columns that the cohort file names, without empty rows."


ABOVE = (
    "If a title stands above the heading, or units below it, name those rows under `reading` in "
    "the cohort file: `skip_rows: [1]`."
)


class RawFileError(Exception):
    """A raw file that cannot be read at all."""

    def __init__(self, file: str, message: str, remedy: str, line: int | None = None) -> None:
        super().__init__(f"{file}: {message}")
        self.file, self.message, self.remedy, self.line = file, message, remedy, line


@dataclass(frozen=True)
class RawFile:
    """A raw table: text cells (empty where there is none), `line` of each row, and notes.

    `line` counts as the clinic's own program does: the line of a text file, the row of a sheet,
    the case of an SPSS, Stata or Parquet file. notes : what the reader decided, in words.
    decimal : the decimal mark of a text file, `auto` where its cells have to tell, `either` where
    a cell may have any; None where numbers are stored as numbers. formulas : column → formulas
    without a stored value.
    """

    table: pd.DataFrame
    notes: tuple[str, ...] = ()
    decimal: Literal["comma", "point", "either", "auto"] | None = None
    formulas: Mapping[str, int] = field(default_factory=dict)


def require_size(path: Path, size: int | None = None, what: str = "the file") -> None:
    """Raise `RawFileError` where a file (or its content of `size` bytes) is too large to read."""
    size = path.stat().st_size if size is None else size
    if size > MAX_BYTES:
        message = f"{what} has {size / 1e6:,.0f} MB; at most {MAX_BYTES / 1e6:.0f} are read"
        raise RawFileError(str(path), message, SMALLER)


def require_cells(file: str, rows: int, columns: int) -> None:
    """Raise `RawFileError` where a table has too many cells to read."""
    if rows * columns > MAX_CELLS:
        message = f"the table has more than {MAX_CELLS // 1_000_000} million cells"
        raise RawFileError(file, message, SMALLER)


def reason_of(error: Exception) -> str:
    """Return in a line what a library said of a file that it could not read."""
    line = next(iter(str(error).strip().splitlines()), "")
    sentence = line.partition(". ")[0].rstrip(".")
    return sentence[:120] or type(error).__name__


def spelled(value: object) -> str:
    """Return a cell as text: 3 and 3.0 are `3`, a date is `2024-01-31`, nothing is empty.

    A number that was stored with fewer digits than it has is `1.2345678901234568e+16`, so that no
    pseudonym is made of it.
    """
    if value is None or value is pd.NaT or value is pd.NA:
        return ""
    if isinstance(value, str):
        return tidied(value)
    if isinstance(value, bool):
        return str(value)
    if isinstance(value, datetime.datetime):
        midnight = value.time() == datetime.time(0)
        return value.date().isoformat() if midnight else value.isoformat(sep=" ")
    if isinstance(value, datetime.date):
        return value.isoformat()
    if isinstance(value, numbers.Integral):
        return str(int(value))
    if isinstance(value, numbers.Real):
        number = float(value)
        if number != number:
            return ""
        if number.is_integer():
            return str(int(number)) if abs(number) < EXACT else f"{number:.16e}"
        return repr(number)
    if isinstance(value, decimal.Decimal):
        if not value.is_finite():
            return "" if value.is_nan() else str(value)
        return str(int(value)) if value == value.to_integral_value() else str(value)
    return str(value)


def spelled_single(value: object) -> str:
    """Return a number of single precision as text: 3.3, not 3.299999952316284."""
    number = float(str(value))
    if number == number and abs(number) >= EXACT_SINGLE:
        return f"{number:.7e}"
    return spelled(number)


def raw_table(
    file: str, heading: Sequence[str], rows: Sequence[Sequence[str]], lines: Sequence[int]
) -> pd.DataFrame:
    """Return rows of text as a raw table, without those in which every cell is empty.

    Columns without a name and without cells, as separators at the ends of lines make them, are
    no columns.

    Raises `RawFileError` when the heading is empty, repeats a name or takes the name `line`, or
    when cells stand under no name.
    """
    filled = [any(row) for row in rows]
    kept = list(compress(rows, filled))
    names = named_columns(file, heading, lambda place: any(row[place] for row in kept))
    # column by column: a copy of all cells at once would need as much room as the file again
    columns = {name: [row[place] for row in kept] for place, name in names.items()}
    table = pd.DataFrame(columns, dtype=str)
    return table.assign(line=pd.Series(list(compress(lines, filled)), dtype="int64"))


def named_columns(
    file: str, heading: Sequence[str], holds: Callable[[int], bool]
) -> dict[int, str]:
    """Return the columns of a table: place → name. Errors are those of `raw_table`.

    holds : whether the column at a place holds any cell.
    """
    heading = [tidied(name) for name in heading]
    if not any(heading):
        raise RawFileError(file, "the file is empty", "Export the table again.")
    held = [place for place, name in enumerate(heading) if name or holds(place)]
    # the first column of R's tables has no name: the numbers of the rows
    unnamed = [place + 1 for place in held if not heading[place] and place > 0]
    if unnamed:
        places = ", ".join(map(str, unnamed[:5]))
        message = f"column {places} holds cells but has no name"
        raise RawFileError(file, message, f"Name it, or empty it. {ABOVE}", 1)
    names = {place: heading[place] for place in held}
    counts = Counter(names.values())
    if twice := sorted(name for name, n in counts.items() if n > 1):
        message = f"column name(s) given twice: {', '.join(twice)}"
        raise RawFileError(file, message, "Rename one of them.", 1)
    if "line" in counts:
        message = "the column name `line` is taken: it stands for the line of the file"
        raise RawFileError(file, message, "Rename the column.", 1)
    return names
