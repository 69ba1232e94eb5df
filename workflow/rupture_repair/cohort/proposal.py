"""A first cohort file from the files of a clinic: what the columns seem to mean, to be checked.

Nothing here is trusted: `check` and every run validate what the file finally says.
"""

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field

import pandas as pd

from rupture_repair.cohort.recognition import (
    Evidence,
    candidates,
    date_formats,
    evidence,
    missing_codes,
    outside,
)
from rupture_repair.config.instruments import Instrument

FILL_IN = "FILL_IN"
# the first that fits a column's name counts
ROLES = {
    "therapist_id": r"therap|clinician|counsel|provider|behandler|terap|behandelaar",
    "date": r"date|datum|dato|fecha",
    "iip": r"iip|lpfs|interpers",
    "alliance": r"\bsai|wai|haq|srs|allian",
    "symptoms": r"core|oq.?45|phq|gad|bdi|bsi|scl|gsi|\bors|sympt|distress|severity",
    "age": r"^age|^alter$|^alder|leeftijd",
    "gender": r"gender|^sex|geschlecht|\bkøn|kjønn|geslacht",
    "diagnosis": r"diag|icd|dsm|störung|stoerung|disorder",
    "orientation": r"orientation|modality|ausrichtung|verfahren",
    "session": r"^(session|sess|sitzung|visit|week|wave)",
    "patient_id": r"^(patient|pat|client|klient|case|subject|participant|pid|id|code|chiffre)",
}
PATIENT_ROLES = ("patient_id", "therapist_id", "iip", "age", "gender", "diagnosis", "orientation")
SESSION_ROLES = ("patient_id", "session", "alliance", "symptoms", "date", "therapist_id")
MEASURED = (("sessions", "alliance"), ("sessions", "symptoms"), ("patients", "iip"))
NUMBER = re.compile(r"(?<=[A-Za-z_. -])\d+")
SESSION_MARK = re.compile(
    r"(^|[_. -])(s|t|w|sess|session|sitzung|week|visit|time)[_. -]?$", re.IGNORECASE
)
Columns = dict[str, dict[str, str | dict[str, str]]]


@dataclass(frozen=True)
class Proposal:
    """What the files seem to hold.

    columns : by kind and role a name, a pattern, or `{"items": pattern}`; instruments : by role;
    fitting : by role all instruments that fit; codes : missing code → where it was found;
    dates : formats that fit, by kind; found : by kind and role what the cells hold; unused :
    columns without a role, by kind.
    """

    columns: Columns
    instruments: dict[str, str]
    fitting: dict[str, list[str]] = field(default_factory=dict)
    codes: dict[str, str] = field(default_factory=dict)
    dates: list[str] = field(default_factory=list)
    found: dict[str, dict[str, Evidence]] = field(default_factory=dict)
    unused: dict[str, list[str]] = field(default_factory=dict)

    @property
    def unknown(self) -> list[str]:
        """What a person has to fill in."""
        places = [
            f"columns.{kind}.{role}"
            for kind, roles in self.columns.items()
            for role, name in roles.items()
            if name == FILL_IN
        ]
        places += [f"instruments.{r}" for r, k in self.instruments.items() if k == FILL_IN]
        return places + ["reading.sessions.dates"] * (len(self.dates) > 1)


def propose(
    patients: pd.DataFrame, sessions: pd.DataFrame, library: Mapping[str, Instrument]
) -> Proposal:
    """Return what the columns of two raw tables (or one, given twice) seem to mean."""
    tables = {"patients": patients, "sessions": sessions}
    columns: Columns = {}
    unused: dict[str, list[str]] = {}
    for kind, roles in (("patients", PATIENT_ROLES), ("sessions", SESSION_ROLES)):
        columns[kind], unused[kind] = _roles(tables[kind], roles)
    if "therapist_id" in columns["patients"]:
        columns["sessions"].pop("therapist_id", None)
    wide = any("{session}" in str(name) for name in columns["sessions"].values())
    needed = {"patients": ["patient_id", "iip"], "sessions": ["patient_id", "alliance", "symptoms"]}
    if wide:
        columns["sessions"].pop("session", None)
    elif "date" not in columns["sessions"]:
        needed["sessions"].append("session")
    for kind, required in needed.items():
        columns[kind] = {**dict.fromkeys(required, FILL_IN), **columns[kind]}
    return with_columns(columns, tables, library, unused)


def with_columns(
    columns: Columns,
    tables: Mapping[str, pd.DataFrame],
    library: Mapping[str, Instrument],
    unused: dict[str, list[str]],
) -> Proposal:
    """Return instruments, missing codes and dates that go with the columns."""
    found = {
        kind: {role: evidence(tables[kind], pattern_of(name)) for role, name in roles.items()}
        for kind, roles in columns.items()
    }
    instruments, fitting = {}, {}
    for kind, role in MEASURED:
        seen = found[kind][role]
        fitting[role], clear = candidates(pattern_of(columns[kind][role]), role, seen, library)
        instruments[role] = fitting[role][0] if clear else FILL_IN
    date = columns["sessions"].get("date", FILL_IN)
    return Proposal(
        columns,
        instruments,
        fitting,
        _codes(columns, found, instruments, library),
        [] if date == FILL_IN else date_formats(tables["sessions"], pattern_of(date)),
        found,
        unused,
    )


def pattern_of(column: str | dict[str, str]) -> str:
    """Return the name or the pattern of a column."""
    return column["items"] if isinstance(column, dict) else column


def _roles(
    table: pd.DataFrame, roles: Collection[str]
) -> tuple[dict[str, str | dict[str, str]], list[str]]:
    """Return the column of each role that a name resembles, and the columns that are left."""
    found: dict[str, str | dict[str, str]] = {}
    unused = []
    for name in patterns([column for column in table if column != "line"]):
        role = role_of(name)
        if role in roles and role not in found:
            found[str(role)] = {"items": name} if "{item}" in name else name
        else:
            unused.append(name)
    return {role: found[role] for role in roles if role in found}, unused


def _codes(
    columns: Columns,
    found: Mapping[str, Mapping[str, Evidence]],
    instruments: Mapping[str, str],
    library: Mapping[str, Instrument],
) -> dict[str, str]:
    """Return codes that mean `no answer` wherever they occur, each with where it was found.

    A number that is a possible answer in another role is no code of the whole cohort.
    """
    tools = {
        role: (found[kind][role], library[instruments[role]], pattern_of(columns[kind][role]))
        for kind, role in MEASURED
        if instruments[role] != FILL_IN
    }
    places: dict[str, list[str]] = {}
    for seen, tool, name in tools.values():
        for code, n in missing_codes(seen, tool).items():
            number = float(code) if re.fullmatch(r"-?\d+", code) else None
            elsewhere = number is not None and any(
                number in other.tally and number not in outside(its, other)
                for other, its, _ in tools.values()
            )
            if not elsewhere:
                places.setdefault(code, []).append(f"{n}× in {name}")
    return {code: ", ".join(words) for code, words in places.items()}


def role_of(column: str) -> str | None:
    """Return the role whose usual names the column resembles."""
    plain = column.replace("_", " ").strip().lower()
    return next((role for role, words in ROLES.items() if re.search(words, plain)), None)


def patterns(columns: Iterable[str]) -> list[str]:
    """Return the columns, with series such as `a_s1`, `a_s2`, `a_s3` as one pattern `a_s{session}`.

    A number behind a mark such as `s`, `t` or `session` counts sessions, any other counts items.
    """
    series: dict[str, list[str]] = {}
    for column in columns:
        series.setdefault(NUMBER.sub("#", column), []).append(column)
    found = []
    for template, members in series.items():
        numbers = [NUMBER.findall(member) for member in members]
        varied = [len(set(values)) >= 3 for values in zip(*numbers, strict=True)]
        if not any(varied):
            found += members
            continue
        pieces = template.split("#")
        name = pieces[0]
        for place, varies in enumerate(varied):
            counted = "{session}" if SESSION_MARK.search(name) else "{item}"
            name += (counted if varies else numbers[0][place]) + pieces[place + 1]
        found.append(name)
    return found
