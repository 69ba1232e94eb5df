"""From text cells to typed columns; each unreadable cell is one problem."""

from typing import Protocol

import pandas as pd

from rupture_repair.cohort.dates import possible
from rupture_repair.cohort.numbers import number_of
from rupture_repair.validation.problems import Problem, Severity
from rupture_repair.validation.reasons import OF_A_VALUE

DATE = OF_A_VALUE["date"]
MAX_SHOWN = 5  # cells with the same cause
NUMBERS = {"patients": ("iip", "age"), "sessions": ("session", "alliance", "symptoms")}


class Row(Protocol):
    """A row of a raw table, as `itertuples` gives it."""

    line: int


def typed(
    table: pd.DataFrame, kind: str, file: str, raw_names: dict[str, str | None]
) -> tuple[pd.DataFrame, list[Problem], set[tuple[int, str]]]:
    """Return `table` with numbers and dates parsed, a problem for each unreadable cell, its place.

    A place is index and tidy column: the line alone does not tell cells of a wide file apart.

    table : text columns under tidy names, with `line`.
    kind : `patients` or `sessions`.
    raw_names : tidy name → column name in the file, used in the messages.
    """
    problems: list[Problem] = []
    places: set[tuple[int, str]] = set()
    result = table.copy()
    for column in NUMBERS[kind]:
        if column not in table:
            continue
        numbers = pd.to_numeric(table[column], errors="coerce").astype(float)
        numbers = numbers.mask(numbers.abs() == float("inf"))
        unreadable = table[column].notna() & numbers.isna()
        result[column] = numbers
        places |= {(index, column) for index in table.index[unreadable]}
        for row in table[unreadable].itertuples():
            text = str(getattr(row, column))
            remedy = "Correct the cell, leave it empty, or add its content to `missing_codes`."
            if "," in text and number_of(text) is not None:
                remedy = "Write the number with a decimal point, and without marks of thousands."
            problems.append(
                _cell_problem(
                    row, file, raw_names[column], text, "number", remedy, OF_A_VALUE[column]
                )
            )
    if "date" in table:
        dates = pd.to_datetime(table["date"], format="%Y-%m-%d", errors="coerce")
        result["date"] = dates.astype("datetime64[s]")
        unreadable = table["date"].notna() & dates.isna()
        places |= {(index, "date") for index in table.index[unreadable]}
        if raw_names.get("session") is None:  # then the date is what numbers the sessions
            places |= {(index, "session") for index in table.index[unreadable]}
        problems += _date_problems(table[unreadable], file, raw_names)
    return result, problems, places


def _date_problems(
    rows: pd.DataFrame, file: str, raw_names: dict[str, str | None]
) -> list[Problem]:
    """Return what is wrong with cells that are no dates: blocking where dates number sessions.

    Where sessions have numbers, the analysis needs no date: such a cell counts as missing.
    """
    if rows.empty:
        return []
    needed = raw_names.get("session") is None and "session" in rows
    severity: Severity = "blocking" if needed else "warning"
    name, cells = raw_names["date"], rows["date"]
    if len(rows) > 1 and all(len(possible(cell)) > 1 for cell in cells.unique()):
        row = next(rows.itertuples())
        message = f"{name}: day and month may each come first"
        remedy = (
            "Say `dates: DD/MM/YYYY` or `dates: MM/DD/YYYY` under `reading: sessions:` in the "
            "cohort file."
        )
        return [
            _cell_problem(row, file, name, str(row.date), "date", remedy, DATE, severity, message)
        ]
    remedy = "Correct the date, or leave the cell empty."
    if not needed:
        remedy += " It counts as missing."
    shown = [
        _cell_problem(row, file, name, str(row.date), "date", remedy, DATE, severity)
        for row in rows.head(MAX_SHOWN).itertuples()
    ]
    if len(rows) > MAX_SHOWN:
        message = f"{name}: {len(rows)} cells are no dates, of which {MAX_SHOWN} are shown"
        remedy = "Correct the dates, or name the column that holds them in the cohort file."
        shown.append(Problem(severity, file, message, remedy, column=name, why=DATE))
    return shown


def _cell_problem(
    row: Row,
    file: str,
    column: str | None,
    value: str,
    kind: str,
    remedy: str,
    why: str,
    severity: Severity = "blocking",
    message: str | None = None,
) -> Problem:
    return Problem(
        severity,
        file,
        message or f"{column}: not a {kind}",
        remedy,
        line=int(row.line),
        patient_id=_text_of(row, "patient_id"),
        session=_text_of(row, "session"),
        column=column,
        value=value,
        allowed=f"a {kind}",
        why=why,
    )


def _text_of(row: Row, name: str) -> str | None:
    value = getattr(row, name, None)
    return None if value is None or pd.isna(value) else str(value)
