"""Files of SPSS (.sav, .zsav) and Stata (.dta): values, labels, user-missing values."""

import datetime
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyreadstat

from rupture_repair.cohort.raw_file import (
    MAX_CELLS,
    RawFile,
    RawFileError,
    raw_table,
    reason_of,
    require_cells,
    spelled,
    spelled_single,
)
from rupture_repair.config.errors import did_you_mean
from rupture_repair.config.reading import Reading

# Broken files can crash the C library below, or make it reserve memory without end: that must
# happen to another process. It reads without pandas, which takes a fraction of a second.
TRIAL = """\
import resource, sys
import pyreadstat
most = resource.getrlimit(resource.RLIMIT_AS)[1]
wanted = int(sys.argv[4])
if most == resource.RLIM_INFINITY or most > wanted:
    try:
        resource.setrlimit(resource.RLIMIT_AS, (wanted, most))
    except (OSError, ValueError):  # macOS knows no such limit
        pass
resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
reader = getattr(pyreadstat, sys.argv[1])
try:
    reader(sys.argv[2], metadataonly=True, user_missing=True)
    reader(sys.argv[2], row_limit=int(sys.argv[3]), output_format="dict")
except MemoryError:
    sys.exit(9)
except Exception:
    pass
"""
# None: as the file states
ENCODINGS = {"auto": None, "utf-8": "UTF-8", "windows-1252": "WINDOWS-1252"}
# dates that SPSS shows as a week, a month or a quarter, stored like all others: as seconds
PERIODS = re.compile(r"(MOYR|QYR|WKYR)\d+$")
SPSS_BEGINS = datetime.datetime(1582, 10, 14)
MAX_SECONDS = 300
MAX_MEMORY = 8 * 1024**3


def read_spss(path: Path, reading: Reading) -> RawFile:
    """Return an SPSS file; values that SPSS takes for missing are empty here too.

    Raises `RawFileError` when the file cannot be read.
    """
    return _read(path, reading, pyreadstat.read_sav, "SPSS")


def read_stata(path: Path, reading: Reading) -> RawFile:
    """Return a Stata file; `.` and `.a` to `.z` are empty.

    Raises `RawFileError` when the file cannot be read.
    """
    return _read(path, reading, pyreadstat.read_dta, "Stata")


def _read(path: Path, reading: Reading, reader: Callable[..., Any], program: str) -> RawFile:
    name = str(path)
    require_survivor(path, reader.__name__)
    notes = []
    try:
        try:
            table, meta = _content(path, reader, ENCODINGS[reading.encoding])
        except pyreadstat.ReadstatError as error:
            if reading.encoding != "auto" or "encoding" not in str(error):
                raise
            table, meta = _content(path, reader, ENCODINGS["windows-1252"])
            notes.append(
                "the texts are not in the encoding that the file states and were read as "
                "Windows-1252: check names with accents"
            )
        require_cells(name, len(table), max(len(meta.column_names), 1))
        if (meta.number_rows or 0) > len(table):
            message = f"the file states {meta.number_rows} rows and holds {len(table)}: cut off?"
            raise RawFileError(name, message, f"Save it again from {program}.")
    except RawFileError:
        raise
    except pyreadstat.ReadstatError as error:
        if "encoding" in str(error):
            message = f"the texts in the file are not in the encoding {reading.encoding}"
            raise RawFileError(name, message, "Correct `encoding` under `reading`.") from None
        raise _unreadable(name, program, error) from None
    except Exception as error:  # an impossible date or label may raise any exception
        raise _unreadable(name, program, error) from None
    for column in reading.value_labels:
        if column not in table:
            hint = did_you_mean(column, table.columns)
            message = f"`value_labels` names the column `{column}`, which is not there"
            raise RawFileError(name, message, f"Correct the name; {hint}")
        labels = meta.variable_value_labels.get(column, {})
        table[column] = table[column].astype(object).map(lambda v, k=labels: k.get(v, v))
    single = [name for name, kind in meta.readstat_variable_types.items() if kind == "float"]
    table = table.astype(dict.fromkeys(single, "float32"))
    periods = [c for c in table if PERIODS.match(meta.original_variable_types.get(c) or "")]
    for column in periods:
        table[column] = table[column].map(_day_of, na_action="ignore")
    if periods:
        notes.append(
            f"dates are weeks, months or quarters, read as their first day: {_listed(periods)}"
        )
    missing = [column for column in table if column in meta.missing_ranges]
    if missing:
        notes.append(f"user-missing values were read as missing in {_listed(missing)}")
    labelled = set(meta.variable_value_labels) - set(reading.value_labels)
    if labelled:
        words = _listed([column for column in table if column in labelled])
        notes.append(f"codes, not value labels, were read in {words}")
    if meta.file_label:
        notes.append(f"the file is labelled “{meta.file_label.strip()}”")
    return RawFile(spelled_table(name, table), tuple(notes))


def _content(path: Path, reader: Callable[..., Any], encoding: str | None) -> tuple[Any, Any]:
    # pyreadstat returns the ranges of user-missing values only if asked to read those values
    _, meta = reader(str(path), metadataonly=True, user_missing=True, encoding=encoding)
    # the number of rows that a file states may be wrong, or not there
    most = MAX_CELLS // max(len(meta.column_names), 1) + 1
    table, _ = reader(str(path), row_limit=most, encoding=encoding)
    return table, meta


def _unreadable(name: str, program: str, error: Exception) -> RawFileError:
    message = f"the file cannot be read as an {program} file ({reason_of(error)})"
    message = message.replace("an Stata", "a Stata")
    return RawFileError(name, message, f"Save it again from {program}.")


def _day_of(seconds: float) -> datetime.date:
    return (SPSS_BEGINS + datetime.timedelta(seconds=float(seconds))).date()


def require_survivor(path: Path, reader: str) -> None:
    """Raise `RawFileError` where reading the file crashes, hangs or takes too much memory.

    reader : the name of a function of pyreadstat.
    """
    command = [sys.executable, "-c", TRIAL, reader, str(path), str(MAX_CELLS), str(MAX_MEMORY)]
    remedy = "Save it again from the program that made it, or as CSV."
    try:
        ended = subprocess.run(command, capture_output=True, timeout=MAX_SECONDS).returncode
    except subprocess.TimeoutExpired:
        message = f"the file is broken: it could not be read in {MAX_SECONDS} seconds"
        raise RawFileError(str(path), message, remedy) from None
    if ended:
        message = "the file is broken: reading it takes more memory than any real file, or crashes"
        raise RawFileError(str(path), message, remedy)


def _listed(columns: list[str]) -> str:
    """Return up to six names, or the first, the last and the number of all."""
    if len(columns) <= 6:
        return ", ".join(columns)
    return f"{len(columns)} columns, {columns[0]} to {columns[-1]}"


def spelled_table(file: str, table: pd.DataFrame) -> pd.DataFrame:
    """Return a typed table as text; `line` counts the rows from 1."""
    columns = [
        [spelled_single(np.float32(cell)) for cell in column]
        if column.dtype == "float32"
        else [spelled(cell) for cell in column]
        for _, column in table.items()
    ]
    cells = list(zip(*columns, strict=True))
    return raw_table(file, list(map(str, table.columns)), cells, range(1, len(cells) + 1))
