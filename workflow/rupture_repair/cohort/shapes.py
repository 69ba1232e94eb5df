"""From the clinic's shape to one row per patient and one row per session, cells still text."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

import pandas as pd

from rupture_repair.cohort.raw import coded_missing, rename_columns
from rupture_repair.cohort.raw_file import RawFileError
from rupture_repair.config.reading import DATE_FORMATS


def item_names(columns: Mapping[str, Any], n_items: Mapping[str, int]) -> dict[str, str | None]:
    """Return tidy name → raw name, where item 2 of a score is `alliance.2`.

    columns : one section of `columns`; a score made from items has `items`.
    n_items : number of items by role, needed where `items` is a pattern.
    """
    names: dict[str, str | None] = {}
    for tidy, raw in columns.items():
        if not isinstance(raw, Mapping):
            names[tidy] = raw
            continue
        items = list(raw["items"])
        if len(items) == 1:
            items = [items[0].replace("{item}", str(i + 1)) for i in range(n_items[tidy])]
        names |= {f"{tidy}.{i}": name for i, name in enumerate(items, start=1)}
    return names


def is_wide(names: Mapping[str, str | None]) -> bool:
    """Whether a row holds all sessions of a patient."""
    return any("{session}" in (name or "") for name in names.values())


def session_rows(
    table: pd.DataFrame,
    names: Mapping[str, str | None],
    missing_codes: Iterable[str],
    dates: str = "YYYY-MM-DD",
    file: str = "",
) -> pd.DataFrame:
    """Return a row per session with tidy names, whatever the shape of the raw `table`.

    Without `session` in a long table, the order of a patient's dates numbers the sessions; two
    sessions on one day get one number, which validation refuses.

    Raises `RawFileError` when two columns of a wide table are the same session.
    """
    if is_wide(names):
        tidy = _long_from_wide(table, names, list(missing_codes), file)
    else:
        tidy = rename_columns(table, names, missing_codes)
    if "date" in tidy:
        tidy["date"] = iso_dates(tidy["date"], dates)
        if not is_wide(names) and names.get("session") is None:
            parsed = pd.to_datetime(tidy["date"], format="%Y-%m-%d", errors="coerce")
            number = parsed.groupby(tidy["patient_id"]).rank(method="dense")
            tidy["session"] = number.map(lambda n: f"{n:.0f}", na_action="ignore").astype("str")
    return tidy


def patient_rows(table: pd.DataFrame) -> pd.DataFrame:
    """Collapse a row per session to a row per patient, where the patient's cells agree.

    A cell given in some rows only counts for the patient. Where two rows contradict each other,
    all that differ stay, for validation to name. Rows without pseudonym are the session table's.
    """
    cells = [column for column in table if column not in {"patient_id", "line"}]
    known = table.dropna(subset=["patient_id"])
    groups = known.groupby("patient_id", sort=False)
    contradicted = groups[cells].agg("nunique").gt(1).any(axis=1)
    differ = known[known["patient_id"].map(contradicted).astype(bool)]
    differ = differ.drop_duplicates(["patient_id", *cells])
    agree = groups.first().loc[~contradicted].reset_index()
    agree["line"] = agree["patient_id"].map(groups["line"].min())
    both = pd.concat([agree, differ])[table.columns]
    return both.sort_values("line", ignore_index=True)


def iso_dates(dates: pd.Series, written: str) -> pd.Series:
    """Return dates as YYYY-MM-DD; a cell that is no date in the `written` format stays as it is."""
    dates = dates.str.replace(r"^(\d{4}-\d\d-\d\d)[ T]\d\d:\d\d.*$", r"\1", regex=True)
    parsed = pd.to_datetime(dates, format=DATE_FORMATS[written], errors="coerce")
    return dates.where(parsed.isna(), parsed.dt.strftime("%Y-%m-%d"))


def _long_from_wide(
    table: pd.DataFrame, names: Mapping[str, str | None], missing_codes: list[str], file: str
) -> pd.DataFrame:
    fixed = {tidy: raw for tidy, raw in names.items() if raw and "{session}" not in raw}
    found = {
        tidy: columns
        for tidy, raw in names.items()
        if raw and "{session}" in raw and (columns := _columns_of(table, raw, file))
    }
    sessions = sorted({number for columns in found.values() for number in columns})
    parts = []
    for number in sessions:
        part = rename_columns(table, fixed, []).assign(session=str(number))
        for tidy, columns in found.items():
            part[tidy] = table[columns[number]] if number in columns else ""
        parts.append(part)
    if not parts:
        return rename_columns(table, fixed, missing_codes)
    long = pd.concat(parts, ignore_index=True)
    long = coded_missing(long.drop(columns="line"), missing_codes).assign(line=long["line"])
    # a wide file has cells for sessions that never took place
    content = [tidy for tidy in found if tidy != "therapist_id"]
    long = long[long[content].notna().any(axis=1)]
    order = long["session"].astype(int)
    return (
        long.assign(order=order)
        .sort_values(["line", "order"])
        .drop(columns="order")
        .reset_index(drop=True)
    )


def _columns_of(table: pd.DataFrame, pattern: str, file: str) -> dict[int, str]:
    """Return the columns that match a pattern with `{session}`, by session number."""
    expression = re.escape(pattern).replace(re.escape("{session}"), r"(\d+)", 1)
    columns: dict[int, str] = {}
    for column in table:
        if match := re.fullmatch(expression, column):
            number = int(match[1])
            if number in columns:
                message = f"`{columns[number]}` and `{column}` are both session {number}"
                raise RawFileError(file, message, "Rename or remove one of the columns.", 1)
            columns[number] = column
    return columns
