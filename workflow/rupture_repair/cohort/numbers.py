"""Columns that hold numbers: decimal and thousands marks, and codes compared as numbers."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Literal

import pandas as pd

from rupture_repair.cohort.raw_file import RawFile, RawFileError

NUMBERS = frozenset({"iip", "age", "session", "alliance", "symptoms"})
Mark = Literal["comma", "point", "either"]

_COMMA = re.compile(r"[+-]?\d*,\d+")
_POINT = re.compile(r"[+-]?\d*\.\d+")
_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d{1,2})?")
_GROUPED_BY_POINTS = re.compile(r"[+-]?[1-9]\d{0,2}(\.\d{3})+(,\d+)?")
_GROUPED_BY_COMMAS = re.compile(r"[+-]?[1-9]\d{0,2}(,\d{3})+(\.\d+)?")
# 8 with three decimals, or eight thousand
_DOUBTFUL = re.compile(r"[+-]?[1-9]\d{0,2}[.,]\d{3}")
FITTING_SHARE = 0.9


@dataclass(frozen=True)
class Numbers:
    """Cells of one column of numbers, and the least and the largest that can be meant."""

    cells: pd.Series
    low: float
    high: float


def holds_numbers(tidy: str) -> bool:
    """Whether a tidy column, or an item such as `alliance.3`, holds numbers."""
    return tidy.partition(".")[0] in NUMBERS


def number_of(text: str) -> float | None:
    """Return a number, written with point or comma; None where the text is none."""
    text = text.replace(",", ".") if _COMMA.fullmatch(text) else text
    return float(text) if _NUMBER.fullmatch(text) else None


def mark_of(file: str, columns: Iterable[Numbers], codes: Iterable[str]) -> Mark:
    """Return the decimal mark of a file whose cells are not separated by commas.

    A cell such as `3,5` tells; `8.000` may be 8 or 8000, then the other cells tell, or the range
    that the numbers can have. Without any doubtful cell, either mark is read.

    Raises `RawFileError` where both readings are possible.
    """
    coded = {number_of(code) for code in codes} - {None}
    telling: set[str] = set()
    doubtful: list[tuple[str, float, float]] = []
    for column in columns:
        for text in column.cells.unique():
            if _DOUBTFUL.fullmatch(text):
                if not coded & {_read(text, "comma"), _read(text, "point")}:
                    doubtful.append((text, column.low, column.high))
            elif _COMMA.fullmatch(text) or _GROUPED_BY_POINTS.fullmatch(text):
                telling.add("comma")
            elif _POINT.fullmatch(text) or _GROUPED_BY_COMMAS.fullmatch(text):
                telling.add("point")
    if len(telling) == 1:
        return "comma" if "comma" in telling else "point"
    if not doubtful:
        return "either"
    fits = [
        sum(low <= _read(text, mark) <= high for text, low, high in doubtful)
        >= FITTING_SHARE * len(doubtful)
        for mark in ("comma", "point")
    ]
    if all(fits):
        text = doubtful[0][0]
        small, large = sorted((_read(text, "comma"), _read(text, "point")), key=abs)
        message = f"`{text}` may be {small:g} or {large:g}: no cell tells which mark is the decimal"
        remedy = "Say `decimal: comma` or `decimal: point` under `reading` in the cohort file."
        raise RawFileError(file, message, remedy)
    return "point" if fits[1] else "comma"


def with_points(cells: pd.Series, mark: Mark) -> pd.Series:
    """Return cells with numbers as `1234.5`; texts that are no numbers stay as they are."""
    new = {text: written for text in cells.unique() if (written := _with_point(text, mark)) != text}
    return cells.replace(new) if new else cells


def with_points_everywhere(raw: RawFile) -> RawFile:
    """Return a raw file for a first look, before anybody has said which columns hold numbers."""
    if raw.decimal in {None, "point"}:
        return raw
    mark: Mark = "comma" if raw.decimal == "comma" else "either"
    texts = raw.table.drop(columns="line").apply(lambda cells: with_points(cells, mark))
    return replace(raw, table=texts.assign(line=raw.table["line"]))


def in_points(
    raw: RawFile, file: str, ranges: Mapping[str, tuple[float, float]], codes: Iterable[str]
) -> RawFile:
    """Return a raw file whose columns of numbers are written with points, as its `decimal` says.

    ranges : raw column → least and largest number that can be meant.

    Raises `RawFileError` where two readings are possible.
    """
    named = [name for name in ranges if name in raw.table]
    if raw.decimal is None or not named:
        return raw
    if raw.decimal == "auto":
        columns = [Numbers(raw.table[name], *ranges[name]) for name in named]
        mark = mark_of(file, columns, codes)
    else:
        mark = raw.decimal
    return replace(
        raw, table=raw.table.assign(**{name: with_points(raw.table[name], mark) for name in named})
    )


def _with_point(text: str, mark: Mark) -> str:
    if mark == "comma" and _GROUPED_BY_POINTS.fullmatch(text):
        return text.replace(".", "").replace(",", ".")
    if mark == "point":
        return text.replace(",", "") if _GROUPED_BY_COMMAS.fullmatch(text) else text
    return text.replace(",", ".") if _COMMA.fullmatch(text) else text


def _read(text: str, mark: Mark) -> float:
    return float(_with_point(text, mark))
