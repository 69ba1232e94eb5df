"""From text cells to typed columns; each cell that cannot be read is one problem."""

import pandas as pd

from rupture_repair.validation.problems import Problem

NUMBERS = {"patients": ("iip", "age"), "sessions": ("session", "alliance", "symptoms")}


def typed(
    table: pd.DataFrame, kind: str, file: str, raw_names: dict[str, str | None]
) -> tuple[pd.DataFrame, list[Problem]]:
    """Return `table` with numbers and dates parsed, and a problem for each unreadable cell.

    table : text columns under tidy names, with `line`.
    kind : `patients` or `sessions`.
    raw_names : tidy name → column name in the file, used in the messages.
    """
    problems: list[Problem] = []
    result = table.copy()
    for column in NUMBERS[kind]:
        if column not in table:
            continue
        numbers = pd.to_numeric(table[column], errors="coerce").astype(float)
        numbers = numbers.mask(numbers.abs() == float("inf"))
        unreadable = table[column].notna() & numbers.isna()
        result[column] = numbers
        for row in table[unreadable].itertuples():
            text = str(getattr(row, column))
            comma = pd.notna(pd.to_numeric(text.replace(",", "."), errors="coerce"))
            remedy = (
                "Write the number with a decimal point."
                if comma
                else "Correct the cell, leave it empty, or add its content to `missing_codes`."
            )
            problems.append(_cell_problem(row, file, raw_names[column], text, "number", remedy))
    if "date" in table:
        dates = pd.to_datetime(table["date"], format="%Y-%m-%d", errors="coerce")
        result["date"] = dates.astype("datetime64[s]")
        for row in table[table["date"].notna() & dates.isna()].itertuples():
            remedy = "Write dates as YYYY-MM-DD."
            problems.append(
                _cell_problem(row, file, raw_names["date"], str(row.date), "date", remedy)
            )
    return result, problems


def _cell_problem(
    row: tuple, file: str, column: str | None, value: str, kind: str, remedy: str
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
    )


def _text_of(row: tuple, name: str) -> str | None:
    value = getattr(row, name, None)
    return None if value is None or pd.isna(value) else str(value)
