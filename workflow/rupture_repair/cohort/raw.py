"""Raw files of a clinic, read as text: nothing is interpreted or dropped here."""

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

import pandas as pd

from rupture_repair.cohort.delimited import read_delimited
from rupture_repair.cohort.excel import read_excel
from rupture_repair.cohort.memory import LESS
from rupture_repair.cohort.numbers import holds_numbers, number_of
from rupture_repair.cohort.parquet import read_parquet
from rupture_repair.cohort.raw_file import RawFile, RawFileError, require_size
from rupture_repair.cohort.spss_stata import read_spss, read_stata
from rupture_repair.cohort.words import MISSING_WORDS, PROGRAM_WORDS, names_nobody
from rupture_repair.config.reading import Reading

READERS: dict[str, Callable[[Path, Reading], RawFile]] = {
    ".csv": read_delimited,
    ".tsv": read_delimited,
    ".txt": read_delimited,
    ".xlsx": read_excel,
    ".sav": read_spss,
    ".zsav": read_spss,
    ".dta": read_stata,
    ".parquet": read_parquet,
}


def read_raw(path: Path, reading: Reading | None = None) -> RawFile:
    """Return the file at `path` with the reader for the ending of its name.

    Raises `RawFileError` when it is absent, of an unknown kind, too large for the memory or for its
    kind, or not readable as its kind.
    """
    name = str(path)
    reader = READERS.get(path.suffix.lower())
    if not path.is_file():
        raise RawFileError(name, "the file does not exist", "Check the path.")
    if reader is None:
        message = f"files that end in `{path.suffix}` cannot be read"
        remedy = f"Save the table as one of: {', '.join(READERS)}."
        if path.suffix.lower() == ".xls":
            remedy = "Open it in Excel and save it as .xlsx."
        raise RawFileError(name, message, remedy)
    if reader not in {read_delimited, read_parquet}:  # these ask how much memory there is
        require_size(path)
    try:
        return reader(path, reading or Reading())
    except MemoryError:
        message = "there is not enough memory to read the file"
        raise RawFileError(name, message, LESS) from None


def rename_columns(
    table: pd.DataFrame, columns: Mapping[str, str | None], missing_codes: Iterable[str]
) -> pd.DataFrame:
    """Return the configured columns under their tidy names; missing codes become missing.

    Empty cells are missing whatever the codes are; see `missing_cells` for the rest.

    `columns` maps tidy name → raw name (or None when the cohort has no such column). A raw name
    that is absent gives no column; validation reports it.
    """
    chosen = {raw: tidy for tidy, raw in columns.items() if raw is not None}
    tidy = table[[raw for raw in chosen if raw in table]].rename(columns=chosen)
    return coded_missing(tidy, missing_codes).assign(line=table["line"])


def coded_missing(tidy: pd.DataFrame, missing_codes: Iterable[str]) -> pd.DataFrame:
    """Return text cells with empty ones, missing codes and words for `missing` as missing."""
    codes = frozenset(missing_codes)
    return tidy.apply(lambda cells: cells.mask(cells.isin(missing_cells(cells, codes))))


def missing_cells(cells: pd.Series, codes: frozenset[str]) -> list[str]:
    """Return the different contents of a tidy column (named as such) that mean `missing`."""
    numbers = frozenset(n for code in codes if (n := number_of(code)) is not None)
    name = str(cells.name)
    return [text for text in cells.unique() if not text or _is_missing(name, text, codes, numbers)]


def _is_missing(tidy: str, text: str, codes: frozenset[str], numbers: frozenset[float]) -> bool:
    """Whether a cell means `no answer`.

    Pseudonyms are never coded; a therapist may be a word for `unknown`. In columns of numbers a
    code is compared as a number (99, 99.0); there 9 and 99 may be sessions.
    """
    if tidy == "patient_id":
        return False
    if tidy == "therapist_id":
        return names_nobody(text)
    if not holds_numbers(tidy):
        return text in codes or text.casefold() in PROGRAM_WORDS
    if text.casefold() in MISSING_WORDS or (text in codes and not text.isdecimal()):
        return True
    number = number_of(text)
    session = tidy == "session" and number is not None and number >= 0
    return number in numbers and not session
