"""CSV tables that people open in spreadsheets: no text in them runs as a formula."""

import re
from collections.abc import Callable
from os import PathLike
from typing import Any

import pandas as pd

# What a spreadsheet takes for a formula: at the start of a cell, or behind a mark that ends a cell
# where semicolons or tabs separate them. The wide forms count in East Asian versions.
_STARTS = "=+\\-@＝＋－＠"
_FIRST, _LATER = rf"(?=[ ']*[{_STARTS}\t\r])", rf"(?=[ ']*[{_STARTS}])"
_FORMULA = re.compile(rf"^{_FIRST}|(?<=[;\t\r\n]){_LATER}")
_GUARDED = re.compile(rf"^'{_FIRST}|(?<=[;\t\r\n])'{_LATER}")
_NUMBER = re.compile(r"[-+]?(\d+(\.\d*)?|\.\d+)([eE][-+]?\d+)?")


def write_csv(
    table: pd.DataFrame, file: str | PathLike[str], float_format: str | None = None
) -> None:
    """Write a table as CSV: UTF-8, one heading, full precision, an apostrophe before formulas.

    Numbers stay numbers, also as text: -1 is no formula.
    """
    guarded = _texts(table, guarded_text).rename(columns=guarded_text)
    guarded.to_csv(file, index=False, float_format=float_format, lineterminator="\n")


def read_csv(file: str | PathLike[str], **options: Any) -> pd.DataFrame:  # noqa: ANN401
    """Return a table as `write_csv` was given it; `options` are those of pandas.

    Only an empty cell is missing: `NA` or `nan` may be the name of somebody.
    """
    table = pd.read_csv(file, keep_default_na=False, na_values=[""], **options)
    return _texts(table, unguarded_text)


def guarded_text(text: str) -> str:
    """Return text that no spreadsheet takes for a formula."""
    return text if _NUMBER.fullmatch(text) else _FORMULA.sub("'", text)


def unguarded_text(text: str) -> str:
    """Inverse of `guarded_text`."""
    return _GUARDED.sub("", text)


def _texts(table: pd.DataFrame, change: Callable[[str], str]) -> pd.DataFrame:
    """Return the table with every text cell changed; columns in which none changes as they are."""
    changed = {}
    for name, column in table.items():
        if column.dtype == object or isinstance(column.dtype, pd.StringDtype):
            texts = [text for text in column.unique() if isinstance(text, str)]
            if new := {text: change(text) for text in texts if change(text) != text}:
                changed[name] = column.replace(new)
    return table.assign(**changed)
