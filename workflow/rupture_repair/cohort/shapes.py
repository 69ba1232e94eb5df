"""From the clinic's shape to one row per patient and one row per session, cells still text."""

from collections.abc import Iterable, Mapping

import pandas as pd

from rupture_repair.cohort.column_patterns import items_of, matching
from rupture_repair.cohort.dates import iso_dates
from rupture_repair.cohort.raw import coded_missing, rename_columns
from rupture_repair.cohort.raw_file import RawFileError
from rupture_repair.cohort.survey_exports import event_numbers
from rupture_repair.cohort.words import tidied
from rupture_repair.config.columns import Column, Items


def item_names(
    columns: Mapping[str, Column | None], n_items: Mapping[str, int], found: Iterable[str] = ()
) -> dict[str, str | None]:
    """Return tidy name → raw name, where item 2 of a score is `alliance.2`.

    columns : tidy name → raw name, or the items that a score is made from.
    n_items : number of items by role, needed where `items` is a pattern.
    found : columns of the file, which tell whether item 2 is written `2` or `02`.
    """
    names: dict[str, str | None] = {}
    for tidy, raw in columns.items():
        if not isinstance(raw, Items):
            names[tidy] = raw and tidied(raw)
            continue
        items = list(map(tidied, raw.items))
        if len(items) == 1:
            items = items_of(items[0], n_items[tidy], found)
        names |= {f"{tidy}.{i}": name for i, name in enumerate(items, start=1)}
    return names


def is_wide(names: Mapping[str, str | None]) -> bool:
    """Whether a row holds all sessions of a patient."""
    return any("{session}" in (name or "") for name in names.values())


def session_rows(
    table: pd.DataFrame,
    names: Mapping[str, str | None],
    missing_codes: Iterable[str],
    dates: str = "auto",
    file: str = "",
    labels: Iterable[str] = (),
) -> pd.DataFrame:
    """Return a row per session with tidy names, whatever the shape of the raw `table`.

    labels : what may stand in place of `{session}` in a wide table, besides numbers.

    Without `session` in a long table, the order of a patient's dates numbers the sessions; two
    sessions on one day get one number, which validation refuses.

    Raises `RawFileError` when two columns of a wide table are the same session.
    """
    if is_wide(names):
        tidy = _long_from_wide(table, names, list(missing_codes), file, labels)
    else:
        tidy = rename_columns(table, names, missing_codes)
    if "date" in tidy:
        tidy["date"] = iso_dates(tidy["date"], dates)
        if not is_wide(names) and names.get("session") is None:
            parsed = pd.to_datetime(tidy["date"], format="%Y-%m-%d", errors="coerce")
            number = parsed.groupby(tidy["patient_id"]).rank(method="dense")
            tidy["session"] = number.map(lambda n: f"{n:.0f}", na_action="ignore").astype("str")
    return tidy


def numbered_events(sessions: pd.DataFrame) -> pd.DataFrame:
    """Return sessions with the events of REDCap as their numbers, others as labels: `baseline`."""
    if "session" not in sessions:
        return sessions
    events = sessions["session"].dropna()
    if not events.str.contains(r"[A-Za-z]").any():
        return sessions
    return sessions.assign(session=sessions["session"].map(event_numbers(events)).astype("str"))


def without_patient_rows(sessions: pd.DataFrame, redcap: bool) -> tuple[pd.DataFrame, int]:
    """Return the rows that are sessions, and how many were not.

    A row without session number, date and ratings holds what was asked once: its therapist is
    the one of the patient's sessions that name none. In an export of REDCap such a row may have a
    date, and the name of an event.
    """
    ratings = [c for c in sessions if c.partition(".")[0] in {"alliance", "symptoms"}]
    none = sessions[ratings].isna().all(axis=1)
    for column in {"session", "date"} & set(sessions):
        cells = sessions[column]
        if not redcap:
            none &= cells.isna()
        elif column == "session":
            none &= ~cells.str.fullmatch(r"\d+(\.0+)?").fillna(value=False).astype(bool)
    if not none.any():
        return sessions, 0
    rows = sessions[~none]
    if "therapist_id" in sessions:
        once = sessions[none].groupby("patient_id")["therapist_id"].first()
        own = rows["therapist_id"].fillna(rows["patient_id"].map(once))
        rows = rows.assign(therapist_id=own.astype("str"))
    return rows.reset_index(drop=True), int(none.sum())


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


def _long_from_wide(
    table: pd.DataFrame,
    names: Mapping[str, str | None],
    missing_codes: list[str],
    file: str,
    labels: Iterable[str],
) -> pd.DataFrame:
    fixed = {tidy: raw for tidy, raw in names.items() if raw and "{session}" not in raw}
    found = {
        tidy: columns
        for tidy, raw in names.items()
        if raw and "{session}" in raw and (columns := _columns_of(table, raw, file, labels))
    }
    everywhere = {session for columns in found.values() for session in columns}
    sessions = sorted(everywhere, key=lambda session: (not session.isdecimal(), session.zfill(9)))
    parts = []
    for number in sessions:
        part = rename_columns(table, fixed, []).assign(session=number)
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
    order = long["session"].map({session: place for place, session in enumerate(sessions)})
    return (
        long.assign(order=order)
        .sort_values(["line", "order"])
        .drop(columns="order")
        .reset_index(drop=True)
    )


def _columns_of(
    table: pd.DataFrame, pattern: str, file: str, labels: Iterable[str]
) -> dict[str, str]:
    """Return the columns that match a pattern with `{session}`, by session."""
    columns: dict[str, str] = {}
    for match in matching(pattern, table.columns, labels):
        place = match["session"]
        session = str(int(place)) if place.isdecimal() else place
        if session in columns:
            message = f"`{columns[session]}` and `{match[0]}` are both session {session}"
            raise RawFileError(file, message, "Rename or remove one of the columns.", 1)
        columns[session] = match[0]
    return columns
