"""The cells of a file by other, slower or plainer means than those of the workflow."""

import csv
import datetime
import io
import math
from itertools import zip_longest
from pathlib import Path

import openpyxl
import pandas as pd
import pyarrow.parquet as pq
import pyreadstat

UNSEEN = "\u00ad\u200b\u200c\u200d\u2060\ufeff"  # takes no room, so that nobody misses it


def cells_of(file: Path, columns: dict[str, str | None], reading: dict[str, str]) -> pd.DataFrame:
    """Return text cells under tidy names; rows without any cell are no rows."""
    heading, rows = {
        ".xlsx": _excel, ".sav": _spss, ".dta": _stata, ".parquet": _parquet,
    }.get(file.suffix, _text)(file, reading)  # fmt: skip
    heading = [_plain(name) for name in heading]
    # a row that ends early has nothing in its last columns
    table = [dict(zip_longest(heading, map(_plain, row), fillvalue="")) for row in rows]
    table = [row for row in table if any(row.values())]
    named = {tidy: raw for tidy, raw in columns.items() if isinstance(raw, str)}
    return pd.DataFrame(
        [{tidy: row[raw] for tidy, raw in named.items()} for row in table],
        columns=list(named),
        dtype=object,
    )


def _plain(value: object) -> str:
    if value is None or value is pd.NaT or (isinstance(value, float) and math.isnan(value)):
        return ""
    if isinstance(value, datetime.datetime):
        return value.strftime(
            "%Y-%m-%d" if value.time() == datetime.time() else "%Y-%m-%d %H:%M:%S"
        )
    if isinstance(value, int | float) and not isinstance(value, bool) and float(value).is_integer():
        return f"{value:.0f}"
    return "".join(c for c in str(value) if c not in UNSEEN).strip()


def _text(file: Path, reading: dict[str, str]) -> tuple[list, list]:
    content = file.read_bytes()
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("windows-1252")
    first = next(line for line in text.splitlines() if line)
    mark = max(",;\t", key=first.count)
    heading, *rows = [
        row for row in csv.reader(io.StringIO(text, newline=""), delimiter=mark) if row
    ]
    if mark != ",":
        rows = [[_decimal(cell) for cell in row] for row in rows]
    if "dates" in reading:
        rows = [[_iso(cell) for cell in row] for row in rows]
    return heading, rows


def _decimal(cell: str) -> str:
    pointed = cell.strip().replace(",", ".", 1)
    return pointed if pointed.lstrip("+-").replace(".", "", 1).isdigit() else cell


def _iso(cell: str) -> str:
    try:
        return datetime.datetime.strptime(cell.strip(), "%d.%m.%Y").strftime("%Y-%m-%d")
    except ValueError:
        return cell


def _excel(file: Path, reading: dict[str, str]) -> tuple[list, list]:
    sheet = openpyxl.load_workbook(file, data_only=True)[reading["sheet"]]
    heading, *rows = list(sheet.values)
    return heading, [row for row in rows if any(cell not in (None, "") for cell in row)]


def _spss(file: Path, reading: dict[str, str]) -> tuple[list, list]:
    table, _ = pyreadstat.read_sav(str(file), output_format="dict")
    return list(table), list(zip(*table.values(), strict=True))


def _stata(file: Path, reading: dict[str, str]) -> tuple[list, list]:
    try:
        table = pd.read_stata(file, convert_categoricals=False)
    except Exception:  # pandas reads no file whose labels are broken, though the table is whole
        table, _ = pyreadstat.read_dta(str(file))
    return list(table), table.astype(object).to_numpy().tolist()


def _parquet(file: Path, reading: dict[str, str]) -> tuple[list, list]:
    table = pq.read_table(file)
    return table.column_names, [list(row.values()) for row in table.to_pylist()]
