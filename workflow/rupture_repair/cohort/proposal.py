"""A first cohort file from the files of a clinic: what the columns seem to mean, to be checked.

Nothing here is trusted: `check` and every run validate what the file finally says.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

import pandas as pd

from rupture_repair.cohort.choices import Choice, best_of, choices_of, columns_of, is_wide, shown
from rupture_repair.cohort.column_patterns import matching
from rupture_repair.cohort.dates import possible
from rupture_repair.cohort.recognition import date_formats, missing_codes, outside
from rupture_repair.cohort.series import series_of
from rupture_repair.config.instruments import Instrument

FILL_IN = "FILL_IN"
PATIENT_ROLES = ("patient_id", "therapist_id", "iip", "age", "gender", "diagnosis", "orientation")
SESSION_ROLES = ("patient_id", "session", "alliance", "symptoms", "date", "therapist_id")
SCORES = ("alliance", "symptoms", "iip")
KINDS = ("patients", "sessions")
MIN_UNIQUE_SHARE = 0.5


@dataclass(frozen=True)
class Proposal:
    """What the files seem to hold.

    chosen : by kind and role the column, None where a person has to name it; choices : by kind
    and role all columns that may be meant; instruments : by role; codes : missing code → where
    it was found; clashes : contents that can be no score in one column and are one in another;
    dates : by kind, formats to choose from; unused : columns without a role, by kind; intake :
    whether there are sessions 0, taken for ratings before the first session. Kinds: `patients`,
    `sessions`, and `symptoms` where these are rated apart.
    """

    chosen: dict[str, dict[str, Choice | None]]
    choices: dict[str, dict[str, list[Choice]]]
    instruments: dict[str, str]
    codes: dict[str, str] = field(default_factory=dict)
    clashes: dict[str, str] = field(default_factory=dict)
    dates: dict[str, list[str]] = field(default_factory=dict)
    unused: dict[str, list[str]] = field(default_factory=dict)
    intake: bool = False

    @property
    def unknown(self) -> list[str]:
        """What a person has to fill in."""
        places = [
            f"columns.{kind}.{role}"
            for kind, roles in self.chosen.items()
            for role, choice in roles.items()
            if choice is None
        ]
        places += [f"instruments.{r}" for r, k in self.instruments.items() if k == FILL_IN]
        unclear = [kind for kind, formats in self.dates.items() if len(formats) > 1]
        return places + [f"reading.{kind}.dates" for kind in unclear]


def propose(
    patients: pd.DataFrame, sessions: pd.DataFrame, library: Mapping[str, Instrument]
) -> Proposal:
    """Return what the columns of two raw tables (or one, given twice) seem to mean."""
    tables = {"patients": patients, "sessions": sessions}
    wide = is_wide(sessions, library)
    choices = {
        "patients": choices_of(patients, PATIENT_ROLES, library, wide=None),
        "sessions": choices_of(sessions, SESSION_ROLES, library, wide=wide),
    }
    needed = {"patients": ["patient_id", "iip"], "sessions": ["patient_id", "alliance", "symptoms"]}
    if wide:
        choices["sessions"].pop("session", None)
    chosen: dict[str, dict[str, Choice | None]] = {}
    for kind in KINDS:
        best = {role: best_of(found) for role, found in choices[kind].items()}
        chosen[kind] = {**dict.fromkeys(needed[kind]), **best}
    _same_pseudonyms(chosen, choices, tables)
    if not wide:
        _one_for_each_session(chosen["sessions"], choices["sessions"], sessions)
    if chosen["patients"].get("therapist_id"):
        chosen["sessions"].pop("therapist_id", None)
    return with_columns(chosen, choices, tables, library)


def with_columns(
    chosen: dict[str, dict[str, Choice | None]],
    choices: dict[str, dict[str, list[Choice]]],
    tables: Mapping[str, pd.DataFrame],
    library: Mapping[str, Instrument],
) -> Proposal:
    """Return instruments, missing codes and dates that go with the columns."""
    instruments = {}
    for role, choice in measured(chosen).items():
        clear = choice is not None and choice.tools.clear
        instruments[role] = choice.tools.fitting[0] if choice and clear else FILL_IN
    dates = {kind: date for kind, roles in chosen.items() if (date := roles.get("date"))}
    codes, clashes = codes_of(chosen, instruments, library)
    return Proposal(
        chosen,
        choices,
        instruments,
        codes,
        clashes,
        {kind: date_formats(tables[kind], date.pattern) for kind, date in dates.items()},
        _unused(chosen, tables),
        _has_session_0(chosen["sessions"], tables["sessions"]),
    )


def measured(chosen: Mapping[str, Mapping[str, Choice | None]]) -> dict[str, Choice | None]:
    """Return the columns of the scores by role, from whichever table holds them."""
    held = {role: roles[role] for roles in chosen.values() for role in SCORES if role in roles}
    return {role: held.get(role) for role in SCORES}


def codes_of(
    chosen: Mapping[str, Mapping[str, Choice | None]],
    instruments: Mapping[str, str],
    library: Mapping[str, Instrument],
) -> tuple[dict[str, str], dict[str, str]]:
    """Return codes that mean `no answer`, each with where it was found, and those that clash.

    A number that is a possible answer in another role is no code of the whole cohort.
    """
    tools = {
        role: (choice, library[instruments[role]])
        for role, choice in measured(chosen).items()
        if instruments[role] != FILL_IN and choice
    }
    places: dict[str, list[str]] = {}
    for choice, tool in tools.values():
        for code, n in missing_codes(choice.found, tool).items():
            places.setdefault(code, []).append(f"{n}× in {choice.pattern}")
    codes, clashes = {}, {}
    for code, words in places.items():
        number = pd.to_numeric(code, errors="coerce")
        answers = [
            other.pattern
            for other, its in tools.values()
            if number in other.found.tally and number not in outside(its, other.found)
        ]
        where = ", ".join(words)
        if answers:
            clashes[code] = f"{where}, but a possible answer in {', '.join(answers)}"
        else:
            codes[code] = where
    return codes, clashes


def _same_pseudonyms(
    chosen: dict[str, dict[str, Choice | None]],
    choices: Mapping[str, Mapping[str, list[Choice]]],
    tables: Mapping[str, pd.DataFrame],
) -> None:
    """Take those columns of pseudonyms that have most in common in both tables."""
    sets = {
        kind: [
            (choice, set(tables[kind][choice.pattern]) - {""})
            for choice in choices[kind].get("patient_id", [])
            if choice.pattern in tables[kind]
        ]
        for kind in KINDS
    }
    pairs = [
        (len(a & b) / max(len(a | b), 1), first, second)
        for first, a in sets["patients"]
        for second, b in sets["sessions"]
    ]
    if pairs:
        _, chosen["patients"]["patient_id"], chosen["sessions"]["patient_id"] = max(
            pairs, key=lambda pair: pair[0]
        )


def _one_for_each_session(
    chosen: dict[str, Choice | None], choices: Mapping[str, list[Choice]], table: pd.DataFrame
) -> None:
    """Take the session number and the date that differ most between the rows of a patient.

    A date of birth, or how many sessions there were in all, is the same in every row.
    """
    ids = chosen.get("patient_id")
    for role in ("session", "date"):
        shares = [
            (share_unique(table, ids.pattern if ids else None, choice, role), choice)
            for choice in choices.get(role, [])
        ]
        share, best = max(shares, key=lambda pair: pair[0], default=(0.0, None))
        if share >= MIN_UNIQUE_SHARE:
            chosen[role] = best
        else:
            chosen.pop(role, None)
    if not chosen.get("session") and not chosen.get("date"):
        chosen["session"] = None


def share_unique(table: pd.DataFrame, ids: str | None, choice: Choice, role: str) -> float:
    """Return the share of rows whose session number or date no other row of the patient has."""
    rows = table[table[choice.pattern] != ""]
    if rows.empty:
        return 0.0
    share = 1.0 if ids is None else 1 - rows.duplicated([ids, choice.pattern]).mean()
    if role == "date":
        share *= float(rows[choice.pattern].map(lambda cell: bool(possible(cell))).mean())
    return float(share)


def _unused(
    chosen: Mapping[str, Mapping[str, Choice | None]], tables: Mapping[str, pd.DataFrame]
) -> dict[str, list[str]]:
    """Return by kind the columns that no role takes, series as one name."""
    unused = {}
    one = tables["patients"] is tables["sessions"]
    for kind in chosen:
        kinds = KINDS if one and kind in KINDS else (kind,)
        used = {c.pattern for k in kinds for c in chosen[k].values() if c}
        taken = {name for pattern in used for name in _named(pattern, tables[kind])}
        left = [column for column in columns_of(tables[kind]) if column not in taken]
        unused[kind] = [] if one and kind == "sessions" else [shown(s) for s in series_of(left)]
    return unused


def _has_session_0(chosen: Mapping[str, Choice | None], table: pd.DataFrame) -> bool:
    if session := chosen.get("session"):
        return 0.0 in session.found.tally
    patterns = [choice.pattern for choice in chosen.values() if choice and choice.found.sessions]
    columns = [match for pattern in patterns for match in matching(pattern, columns_of(table))]
    return any(int(match["session"]) == 0 for match in columns)


def _named(pattern: str, table: pd.DataFrame) -> list[str]:
    return [match[0] for match in matching(pattern, columns_of(table))]
