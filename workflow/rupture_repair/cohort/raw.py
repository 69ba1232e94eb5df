"""Raw files of a clinic, read as text: nothing is interpreted or dropped here."""

import csv
from collections.abc import Iterable, Mapping
from pathlib import Path

import pandas as pd


class RawFileError(Exception):
    """A raw file that cannot be read at all."""

    def __init__(self, file: str, message: str, remedy: str, line: int | None = None) -> None:
        super().__init__(f"{file}: {message}")
        self.file, self.message, self.remedy, self.line = file, message, remedy, line


def read_raw(path: Path) -> pd.DataFrame:
    """Return the CSV file at `path`: text cells, and the file's own `line` of each row.

    Raises `RawFileError` when the file is not a UTF-8 comma-separated table with a heading and
    equally long rows.
    """
    name = str(path)
    begins = 1  # a quoted cell may hold line ends: a row stands where it begins
    try:
        with path.open(encoding="utf-8-sig", newline="") as handle:
            rows = csv.reader(handle, strict=True)
            heading = [cell.strip() for cell in next(rows, [])]
            begins = rows.line_num + 1
            cells, lines = [], []
            for row in rows:
                line, begins = begins, rows.line_num + 1
                if not row:  # an empty line is no row, but later lines keep their numbers
                    continue
                if len(row) != len(heading):
                    message = f"the row has {len(row)} cells, the heading {len(heading)}"
                    remedy = "Look for a missing or stray comma or quotation mark in this line."
                    raise RawFileError(name, message, remedy, line)
                cells.append([cell.strip() for cell in row])
                lines.append(line)
    except FileNotFoundError:
        raise RawFileError(name, "the file does not exist", "Check the path.") from None
    except UnicodeDecodeError:
        message = "the file is not UTF-8 text"
        raise RawFileError(name, message, "Save it as CSV in UTF-8.") from None
    except csv.Error as error:
        message = f"the rows do not form a table ({error})"
        remedy = "Open the file in an editor; look for a stray quotation mark."
        raise RawFileError(name, message, remedy, begins) from None
    if not heading:
        raise RawFileError(name, "the file is empty", "Export the table again.")
    twice = sorted({column for column in heading if heading.count(column) > 1})
    if twice:
        message = f"column name(s) given twice: {', '.join(twice)}"
        raise RawFileError(name, message, "Rename one of them.", 1)
    if "line" in heading:
        message = "the column name `line` is taken: it stands for the line of the file"
        raise RawFileError(name, message, "Rename the column.", 1)
    table = pd.DataFrame(cells, columns=heading, dtype=str)
    return table.assign(line=pd.Series(lines, dtype="int64"))


def rename_columns(
    table: pd.DataFrame, columns: Mapping[str, str | None], missing_codes: Iterable[str]
) -> pd.DataFrame:
    """Return the configured columns under their tidy names; missing codes become missing.

    Empty cells are missing whatever the codes are.

    `columns` maps tidy name → raw name (or None when the cohort has no such column). A raw name
    that is absent gives no column; validation reports it.
    """
    codes = {"", *missing_codes}
    chosen = {raw: tidy for tidy, raw in columns.items() if raw is not None}
    tidy = table[[raw for raw in chosen if raw in table]].rename(columns=chosen)
    tidy = tidy.mask(tidy.isin(codes))
    return tidy.assign(line=table["line"])
