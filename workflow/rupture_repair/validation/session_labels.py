"""Rows of the session file with ratings before, after or outside of treatment."""

import re
from collections.abc import Iterable
from dataclasses import replace

import pandas as pd

from rupture_repair.cohort.treatments import is_labelled
from rupture_repair.config.sessions import SessionRules
from rupture_repair.validation import reasons
from rupture_repair.validation.problems import Problem, counted
from rupture_repair.validation.raw_table import RawTable

BEFORE = {
    *("pre", "intake", "baseline", "bl", "screening", "assessment", "t0", "prä", "prae", "vor"),
    *("eingang", "erstgespräch", "anmeldung", "før", "forundersøgelse", "indtag"),
}
AFTER = re.compile(
    r"(post|fu|follow[ _-]?up|end|termination|discharge|nach|ende|abschluss|katamnese|"
    r"catamnesis|efter|opfølgning)[ _-]?\d*"
)
MAX_NAMED = 5


def without_labelled(
    raw: RawTable, rules: SessionRules
) -> tuple[RawTable, pd.DataFrame, set[tuple[int, str]], list[Problem]]:
    """Take rows that are no sessions out of the raw session table.

    Returns the sessions, the rows of intake ratings (text), and what is to be said: rows that
    look like ratings before or after the treatment, and which the cohort file does not name, are
    one problem for each label. Such rows stay, without a session number, for their other cells
    to be checked; their places are returned.
    """
    table = raw.table
    if "session" not in table:
        return raw, table.iloc[:0], set(), []
    before = is_labelled(table["session"], rules.intake)
    outside = is_labelled(table["session"], rules.leave_out)
    problems = _notes_of_labels(raw, before, outside)
    unnamed = pd.Series(data=False, index=table.index)
    text = table["session"].astype("str").str.strip().str.casefold()
    zero = pd.to_numeric(table["session"], errors="coerce") == 0
    suspects = text.isin(BEFORE) | text.str.fullmatch(AFTER).fillna(value=False)
    if rules.numbers == "as_given":
        suspects |= zero
    suspects &= ~before & ~outside & table["session"].notna()
    for label, rows in table[suspects].groupby(text.where(~zero, "0")):
        unnamed[rows.index] = True
        problems.append(_unnamed(str(label), rows, raw))
    places = {(index, "session") for index in table.index[unnamed]}
    kept = table.assign(session=table["session"].mask(unnamed))[~(before | outside)]
    return replace(raw, table=kept), table[before], places, problems


def unread_labels(raw: RawTable, rules: SessionRules) -> list[Problem]:
    """Return a note for columns of a wide file such as `phq_pre`, which nothing names."""
    patterns = [name for name in raw.raw_names.values() if name and "{session}" in name]
    found: dict[str, list[str]] = {}
    for pattern in patterns:
        start, _, end = pattern.partition("{session}")
        for column in raw.found_columns:
            if not (column.startswith(start) and column.endswith(end)):
                continue
            label = column[len(start) : len(column) - len(end)]
            if _means(label) and not is_labelled(pd.Series([label]), named(rules)).any():
                found.setdefault(label, []).append(column)
    return [
        Problem(
            "note", raw.file, f"not read, since no session: {_listed(columns)}",
            f"A rating before the first session is named by `sessions: {{intake: [{label}]}}`."
            if _means(label) == "intake" else "Nothing to mend.",
            line=1, column=columns[0], why=reasons.INTAKE,
        )
        for label, columns in found.items()
    ]  # fmt: skip


def named(rules: SessionRules) -> tuple[str, ...]:
    """Return all labels that the cohort file names."""
    return (*rules.intake, *rules.leave_out)


def _means(label: str) -> str | None:
    word = label.strip().casefold()
    if word in BEFORE:
        return "intake"
    return "leave_out" if AFTER.fullmatch(word) else None


def _notes_of_labels(raw: RawTable, before: pd.Series, outside: pd.Series) -> list[Problem]:
    notes = []
    for rows, message in (
        (before, "before the first session (`intake`): no session; its symptom score is kept"),
        (outside, "of no session (`leave_out`): left out"),
    ):
        if n := int(rows.sum()):
            patients = counted(raw.table.loc[rows, "patient_id"].nunique(), "patient")
            message = f"{counted(n, 'rating')} of {patients} {message}"
            notes.append(Problem("note", raw.file, message, "Nothing to mend.", why=reasons.INTAKE))
    return notes


def _unnamed(label: str, rows: pd.DataFrame, raw: RawTable) -> Problem:
    columns = _columns_of(label, raw)
    where = _listed(columns) if columns else f"`{raw.raw_names.get('session')}`"
    found = counted(len(rows), "row" if not columns else "rating")
    key = _means(label) or "intake"
    when = "before the first" if key == "intake" else "after the last"
    remedy = f"If it is a rating {when} session, name it: `sessions: {{{key}: [{label}]}}`."
    if label == "0":
        remedy += " If the first session has the number 0, give `sessions: {numbers: from_first}`."
    remedy += " Otherwise correct the session number."
    patients = rows["patient_id"].dropna().unique()
    return Problem(
        "blocking",
        raw.file,
        f"{where} holds {found} of session `{label}`, which is no session number",
        remedy,
        line=1 if columns else int(rows["line"].min()),
        patient_id=str(patients[0]) if len(patients) == 1 else None,
        column=columns[0] if columns else raw.raw_names.get("session"),
        why=reasons.INTAKE,
    )


def _columns_of(label: str, raw: RawTable) -> list[str]:
    """Return the columns of a wide file that stand for a label."""
    place = "0+" if label == "0" else re.escape(label)
    patterns = [
        re.escape(name).replace(re.escape("{session}"), place)
        for name in raw.raw_names.values()
        if name and "{session}" in name
    ]
    return [c for c in raw.found_columns if any(re.fullmatch(p, c) for p in patterns)]


def _listed(names: Iterable[str]) -> str:
    names = list(dict.fromkeys(names))
    some = ", ".join(f"`{name}`" for name in names[:MAX_NAMED])
    return some + (f" and {len(names) - MAX_NAMED} more" if len(names) > MAX_NAMED else "")
