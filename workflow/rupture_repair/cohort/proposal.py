"""A first cohort file from the files of a clinic: what the columns seem to mean, to be checked.

Nothing here is trusted: `check` and every run validate what the file finally says.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import pandas as pd

from rupture_repair.config.instruments import Instrument

FILL_IN = "FILL_IN"
# the first that fits a column's name counts
ROLES = {
    "therapist_id": r"therap|clinician|counsel|provider|behandler",
    "date": r"date|datum|dato",
    "iip": r"iip|lpfs|interpers",
    "alliance": r"\bsai|wai|haq|srs|allian",
    "symptoms": r"core|oq.?45|phq|gad|bdi|bsi|scl|gsi|\bors|sympt",
    "age": r"^age|alter$",
    "gender": r"gender|^sex|geschlecht",
    "diagnosis": r"diag|icd|dsm",
    "orientation": r"orientation|modality",
    "session": r"^(session|sess|sitzung|visit|week|wave)",
    "patient_id": r"^(patient|pat|client|case|subject|participant|pid|id)",
}
PATIENT_ROLES = ("patient_id", "therapist_id", "iip", "age", "gender", "diagnosis", "orientation")
SESSION_ROLES = ("patient_id", "session", "alliance", "symptoms", "date")
NUMBER = re.compile(r"(?<=[A-Za-z_. -])\d+")
SESSION_MARK = re.compile(r"(^|[_. -])(s|t|w|sess|session|week|visit|time)[_. -]?$", re.IGNORECASE)


@dataclass(frozen=True)
class Proposal:
    """Proposed columns by kind (a name, a pattern, or `{"items": pattern}`), and instruments."""

    columns: dict[str, dict[str, str | dict[str, str]]]
    instruments: dict[str, str]

    @property
    def unknown(self) -> list[str]:
        """What a person has to fill in."""
        places = [
            f"columns.{kind}.{role}"
            for kind, roles in self.columns.items()
            for role, name in roles.items()
            if name == FILL_IN
        ]
        return places + [f"instruments.{r}" for r, k in self.instruments.items() if k == FILL_IN]


def propose(
    patients: pd.DataFrame, sessions: pd.DataFrame, library: Mapping[str, Instrument]
) -> Proposal:
    """Return what the columns of two raw tables (or one, given twice) seem to mean."""
    columns: dict[str, dict[str, str | dict[str, str]]] = {}
    for kind, table, roles in (
        ("patients", patients, PATIENT_ROLES),
        ("sessions", sessions, SESSION_ROLES),
    ):
        found: dict[str, str | dict[str, str]] = {}
        for name in patterns([column for column in table if column != "line"]):
            role = role_of(name)
            if role in roles and role not in found:
                found[role] = {"items": name} if "{item}" in name else name
        columns[kind] = {role: found[role] for role in roles if role in found}
    wide = any("{session}" in str(name) for name in columns["sessions"].values())
    needed = {"patients": ["patient_id", "iip"], "sessions": ["patient_id", "alliance", "symptoms"]}
    if wide:
        columns["sessions"].pop("session", None)
    elif "date" not in columns["sessions"]:
        needed["sessions"].append("session")
    for kind, roles in needed.items():
        columns[kind] = {**dict.fromkeys(roles, FILL_IN), **columns[kind]}
    instruments = {
        role: instrument_of(str(columns[kind][role]), role, library)
        for kind, role in (("sessions", "alliance"), ("sessions", "symptoms"), ("patients", "iip"))
    }
    return Proposal(columns, instruments)


def role_of(column: str) -> str | None:
    """Return the role whose usual names the column resembles."""
    plain = column.replace("_", " ").strip().lower()
    return next((role for role, words in ROLES.items() if re.search(words, plain)), None)


def instrument_of(column: str, role: str, library: Mapping[str, Instrument]) -> str:
    """Return the key of the questionnaire whose name begins the column's, else `FILL_IN`."""
    bare = re.sub(r"\{.*?\}|[^a-z0-9]", "", column.lower().replace("items", ""))
    keys = sorted((k for k, t in library.items() if t.measures == role), key=len, reverse=True)
    for key in keys:
        if bare.startswith(re.sub(r"[^a-z0-9]", "", key.lower())):
            return key
    return FILL_IN


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
