"""Check the raw files of a cohort as its configuration describes them."""

import re
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd

from rupture_repair.cohort.raw import read_raw, rename_columns
from rupture_repair.cohort.raw_file import RawFile, RawFileError
from rupture_repair.cohort.shapes import is_wide, item_names, patient_rows, session_rows
from rupture_repair.cohort.tables import instruments_of
from rupture_repair.config.instruments import Instrument
from rupture_repair.config.reading import Reading
from rupture_repair.validation import reasons
from rupture_repair.validation.checks import LEFT_OUT, RawTable, Validated, validate
from rupture_repair.validation.items import with_score
from rupture_repair.validation.problems import Problem
from rupture_repair.validation.quality import hidden_scores

KINDS = ("patients", "sessions")
MISSING = {"alliance": "Sessions without alliance", "symptoms": "Sessions without symptoms"}


def check_files(patients: str, sessions: str, settings: Mapping[str, Any]) -> Validated:
    """Read and validate the files `patients` and `sessions`, which may be one and the same.

    settings : `columns`, `reading`, `missing_codes`, `instruments`, `inclusion` of the cohort. A
    file that cannot be read is one blocking problem.
    """
    files = {"patients": patients, "sessions": sessions}
    raws: dict[str, RawFile] = {}
    problems: list[Problem] = []
    for kind in KINDS:
        if kind == "sessions" and sessions == patients and settings_agree(settings):
            if "patients" in raws:
                raws[kind] = replace(raws["patients"], notes=())
            continue
        try:
            raws[kind] = read_raw(Path(files[kind]), _reading(settings, kind))
            problems += [Problem("note", files[kind], note, "") for note in raws[kind].notes]
        except RawFileError as error:
            problems.append(_unreadable(error))
    if len(raws) < len(KINDS):
        nothing = pd.DataFrame()
        return Validated(nothing, nothing, problems)
    tools = instruments_of(settings["instruments"])
    try:
        tables, found = _tidy(raws, files, settings, tools)
    except RawFileError as error:
        nothing = pd.DataFrame()
        return Validated(nothing, nothing, [*problems, _unreadable(error)])
    inclusion = settings["inclusion"]
    checked = validate(
        tables["patients"],
        tables["sessions"],
        tools,
        inclusion["min_sessions"],
        inclusion.get("therapist_change", "refuse"),
    )
    everything = [_at_its_column(p) for p in [*problems, *found, *checked.problems]]
    return replace(checked, problems=everything)


def settings_agree(settings: Mapping[str, Any]) -> bool:
    """Whether both roles of one file are read alike."""
    return _reading(settings, "patients") == _reading(settings, "sessions")


def counts_of(found: Validated) -> dict[str, int]:
    """Return what was read, for the report; who is left out, once nothing blocks."""
    left_out = {p.patient_id for p in found.problems if p.message.endswith(LEFT_OUT)}
    blocked = any(p.severity == "blocking" for p in found.problems)
    left = {} if blocked else {"Patients left out": len(left_out | found.changed_therapist)}
    return {
        "Patients": len(found.patients),
        "Sessions": len(found.sessions),
        **{
            MISSING[role]: int(found.sessions[role].isna().sum())
            for role in ("alliance", "symptoms")
            if role in found.sessions
        },
        **left,
    }


def _tidy(
    raws: Mapping[str, RawFile],
    files: Mapping[str, str],
    settings: Mapping[str, Any],
    tools: Mapping[str, Instrument],
) -> tuple[dict[str, RawTable], list[Problem]]:
    """Return both raw tables under tidy names, a row per patient and session, and item problems."""
    codes = settings["missing_codes"]
    columns = {kind: dict(settings["columns"][kind]) for kind in KINDS}
    n_items = {role: tool.scoring.items for role, tool in tools.items() if tool.scoring}
    names = {kind: item_names(columns[kind], n_items) for kind in KINDS}
    one_long_file = files["patients"] == files["sessions"] and not is_wide(names["sessions"])
    if one_long_file and names["sessions"].get("therapist_id") is None:
        # named at each session, so it may change from one to the next
        names["sessions"]["therapist_id"] = names["patients"].pop("therapist_id", None)
    patients = rename_columns(raws["patients"].table, names["patients"], codes)
    if one_long_file and "patient_id" in patients:
        patients = patient_rows(patients)
    dates = _reading(settings, "sessions").dates
    sessions = session_rows(
        raws["sessions"].table, names["sessions"], codes, dates, files["sessions"]
    )
    tables, problems = {}, []
    for kind, table in (("patients", patients), ("sessions", sessions)):
        found = [column for column in raws[kind].table.columns if column != "line"]
        for role, column in columns[kind].items():
            if role in tools and isinstance(column, str):
                raw = raws[kind].table
                pattern = re.escape(column).replace(re.escape("{session}"), r"\d+")
                for name in [c for c in found if re.fullmatch(pattern, c)]:
                    problems += hidden_scores(raw, name, codes, tools[role], files[kind])
            elif isinstance(column, Mapping):
                table, more = with_score(
                    table, names[kind], role, tools[role], column["missing_share"], files[kind],
                    found,
                )  # fmt: skip
                problems += more
                names[kind][role] = tools[role].short
        plain = {tidy: name for tidy, name in names[kind].items() if "." not in tidy}
        tables[kind] = RawTable(files[kind], table, plain, found)
    return tables, problems


def _reading(settings: Mapping[str, Any], kind: str) -> Reading:
    return Reading(**settings.get("reading", {}).get(kind, {}))


def _unreadable(error: RawFileError) -> Problem:
    return Problem(
        "blocking", error.file, error.message, error.remedy, error.line, why=reasons.UNREADABLE
    )


def _at_its_column(problem: Problem) -> Problem:
    """Name the column of a wide file instead of the pattern; `…` stands for all sessions."""
    if "{session}" not in f"{problem.column}{problem.message}":
        return problem
    if problem.message.startswith("there is no column"):
        return problem

    def filled(text: str | None) -> str | None:
        return text and text.replace("{session}", str(problem.session or "…"))

    return replace(problem, column=filled(problem.column), message=filled(problem.message) or "")
