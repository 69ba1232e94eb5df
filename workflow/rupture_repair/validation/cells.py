"""From text cells to typed columns; each cell that cannot be read is one problem."""

from typing import Protocol

import pandas as pd

from rupture_repair.validation.problems import Problem
from rupture_repair.validation.reasons import OF_A_VALUE

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
            comma = "," in text and pd.notna(pd.to_numeric(text.replace(",", "."), errors="coerce"))
            remedy = (
                "Write the number with a decimal point."
                if comma
                else "Correct the cell, leave it empty, or add its content to `missing_codes`."
            )
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
        for row in table[unreadable].itertuples():
            remedy = (
                "Write dates as YYYY-MM-DD. Another format must be named as "
                "`reading: {sessions: {dates: …}}` in the cohort file."
            )
            problems.append(
                _cell_problem(
                    row, file, raw_names["date"], str(row.date), "date", remedy, OF_A_VALUE["date"]
                )
            )
    return result, problems, places


def _cell_problem(
    row: Row, file: str, column: str | None, value: str, kind: str, remedy: str, why: str
) -> Problem:
    return Problem(
        "blocking",
        file,
        f"{column}: not a {kind}",
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
