"""What every reader returns: cells as text, with one spelling for each value."""

import datetime
import numbers
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

# 20 million cells are some four million sessions; reading them takes about 4 GB of memory
MOST_BYTES = 100_000_000
MOST_CELLS = 20_000_000
SMALLER = "Export only the columns that the cohort file names, without empty rows."


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
    """

    table: pd.DataFrame
    notes: tuple[str, ...] = ()


def require_size(path: Path, size: int | None = None, what: str = "the file") -> None:
    """Raise `RawFileError` where a file (or its content of `size` bytes) is too large to read."""
    size = path.stat().st_size if size is None else size
    if size > MOST_BYTES:
        message = f"{what} has {size / 1e6:,.0f} MB; at most {MOST_BYTES / 1e6:.0f} are read"
        raise RawFileError(str(path), message, SMALLER)


def require_cells(file: str, rows: int, columns: int) -> None:
    """Raise `RawFileError` where a table has too many cells to read."""
    if rows * columns > MOST_CELLS:
        message = f"the table has more than {MOST_CELLS // 1_000_000} million cells"
        raise RawFileError(file, message, SMALLER)


def reason_of(error: Exception) -> str:
    """Return in a line what a library said of a file that it could not read."""
    line = next(iter(str(error).strip().splitlines()), "")
    sentence = line.partition(". ")[0].rstrip(".")
    return sentence[:120] or type(error).__name__


def spelled(value: object) -> str:
    """Return a cell as text: 3 and 3.0 are `3`, a date is `2024-01-31`, nothing is empty."""
    if value is None or value is pd.NaT:
        return ""
    if isinstance(value, str):
        return value.strip()
    if isinstance(value, bool):
        return str(value)
    if isinstance(value, datetime.datetime):
        midnight = value.time() == datetime.time(0)
        return value.date().isoformat() if midnight else value.isoformat(sep=" ")
    if isinstance(value, datetime.date):
        return value.isoformat()
    if isinstance(value, numbers.Real):
        number = float(value)
        if number != number:
            return ""
        return str(int(number)) if number.is_integer() else repr(number)
    return str(value)


def raw_table(
    file: str, heading: Sequence[str], rows: Iterable[Sequence[str]], lines: Sequence[int]
) -> pd.DataFrame:
    """Return rows of text as a raw table.

    Raises `RawFileError` when the heading is empty, repeats a name or takes the name `line`.
    """
    if not any(heading):
        raise RawFileError(file, "the file is empty", "Export the table again.")
    twice = sorted({column for column in heading if heading.count(column) > 1})
    if twice:
        message = f"column name(s) given twice: {', '.join(twice)}"
        raise RawFileError(file, message, "Rename one of them.", 1)
    if "line" in heading:
        message = "the column name `line` is taken: it stands for the line of the file"
        raise RawFileError(file, message, "Rename the column.", 1)
    table = pd.DataFrame(list(rows), columns=list(heading), dtype=str)
    return table.assign(line=pd.Series(list(lines), dtype="int64"))
