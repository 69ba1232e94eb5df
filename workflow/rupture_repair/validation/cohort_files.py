"""Check the raw files of a cohort as its configuration describes them."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from math import inf
from pathlib import Path

import pandas as pd

from rupture_repair.cohort.column_patterns import matching
from rupture_repair.cohort.dates import iso_dates
from rupture_repair.cohort.numbers import holds_numbers, in_points
from rupture_repair.cohort.raw import read_raw, rename_columns
from rupture_repair.cohort.raw_file import RawFile, RawFileError
from rupture_repair.cohort.shapes import (
    is_wide,
    item_names,
    numbered_events,
    patient_rows,
    session_rows,
    without_patient_rows,
)
from rupture_repair.cohort.survey_exports import is_redcap
from rupture_repair.config.columns import Column, Items
from rupture_repair.config.instruments import Instrument
from rupture_repair.config.steps.validation import ValidationSettings
from rupture_repair.validation import reasons
from rupture_repair.validation.admission import admitted
from rupture_repair.validation.checks import Validated, validate
from rupture_repair.validation.codes import code_problems
from rupture_repair.validation.items import with_score
from rupture_repair.validation.labels import label_notes
from rupture_repair.validation.plausibility import implausible
from rupture_repair.validation.problems import Problem, counted
from rupture_repair.validation.raw_table import RawTable
from rupture_repair.validation.session_labels import named, unread_labels
from rupture_repair.validation.symptom_file import with_symptoms

KINDS = ("patients", "sessions")
WIDEST = {"session": (1, 2000), "age": (0, 120)}
MISSING = {"alliance": "Sessions without alliance", "symptoms": "Sessions without symptoms"}


def check_files(
    patients: str, sessions: str, settings: ValidationSettings, symptoms: str | None = None
) -> Validated:
    """Read and validate the files `patients` and `sessions`, which may be one and the same.

    symptoms : a file of symptom ratings with dates of their own, if there is one. A file that
    cannot be read is one blocking problem.
    """
    files = {"patients": patients, "sessions": sessions}
    if symptoms is not None:
        files["symptoms"] = symptoms
    reading = dict(settings.reading)
    one_file = patients == sessions and reading["patients"] == reading["sessions"]
    raws: dict[str, RawFile] = {}
    problems: list[Problem] = []
    for kind in files:
        if kind == "sessions" and one_file:
            if "patients" in raws:
                raws[kind] = replace(raws["patients"], notes=())
            continue
        try:
            raws[kind] = read_raw(Path(files[kind]), reading[kind])
            problems += [Problem("note", files[kind], note, "") for note in raws[kind].notes]
        except RawFileError as error:
            problems.append(_unreadable(error))
    for kind, raw in raws.items():
        problems += _formulas(raw, files[kind], dict(getattr(settings.columns, kind)))
    if len(raws) < len(files) or any(p.severity == "blocking" for p in problems):
        nothing = pd.DataFrame()
        return Validated(nothing, nothing, problems)
    try:
        tables, found = _tidy(raws, files, settings)
    except RawFileError as error:
        nothing = pd.DataFrame()
        return Validated(nothing, nothing, [*problems, _unreadable(error)])
    found += unread_labels(tables["sessions"], settings.sessions)
    checked = validate(
        tables["patients"],
        tables["sessions"],
        settings.instruments,
        settings.inclusion.min_sessions,
        settings.inclusion.therapist_change,
        settings.sessions,
        settings.columns.patients.other,
    )
    problems += [*found, *checked.problems]
    if not any(problem.severity == "blocking" for problem in problems):
        names = tables["patients"].raw_names | tables["sessions"].raw_names
        minimum = settings.inclusion.min_sessions
        problems += implausible(
            checked.patients, checked.sessions, files, names, settings.instruments, minimum
        )
        problems += label_notes(checked.patients, settings.labels, names, files["patients"])
    everything = [_at_its_column(problem) for problem in problems]
    return replace(checked, problems=everything)


def counts_of(found: Validated, settings: ValidationSettings) -> dict[str, int]:
    """Return what was read, for the report; who is left out, once nothing blocks."""
    left = {}
    if not any(p.severity == "blocking" for p in found.problems):
        left["Patients left out"] = len(found.patients) - len(admitted(found, settings)[0])
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
    raws: Mapping[str, RawFile], files: Mapping[str, str], settings: ValidationSettings
) -> tuple[dict[str, RawTable], list[Problem]]:
    """Return both raw tables under tidy names, a row per patient and session, and item problems."""
    tools, codes = settings.instruments, settings.missing_codes
    columns: dict[str, dict[str, Column | None]] = {
        "patients": dict(settings.columns.patients),
        "sessions": dict(settings.columns.sessions),
    }
    if settings.columns.symptoms:
        columns["symptoms"] = dict(settings.columns.symptoms)
    n_items = {role: tool.scoring.items for role, tool in tools.items() if tool.scoring}
    labels = named(settings.sessions)
    names = {kind: item_names(columns[kind], n_items, raws[kind].table.columns) for kind in columns}
    raws = {
        kind: in_points(raw, files[kind], _ranges(raw, names[kind], tools, labels), codes)
        for kind, raw in raws.items()
    }
    # a workbook may hold patients and sessions on two sheets
    one_table = settings.reading.patients.sheet == settings.reading.sessions.sheet
    one_file = files["patients"] == files["sessions"] and one_table
    one_long_file = one_file and not is_wide(names["sessions"])
    if one_long_file and names["sessions"].get("therapist_id") is None:
        # named at each session, so it may change from one to the next
        names["sessions"]["therapist_id"] = names["patients"].pop("therapist_id", None)
    redcap = {kind: is_redcap(raws[kind].table.columns) for kind in KINDS}
    patients = rename_columns(raws["patients"].table, names["patients"], codes)
    if (one_long_file or redcap["patients"]) and "patient_id" in patients:
        patients = patient_rows(patients)
    dates = settings.reading.sessions.dates
    sessions = session_rows(
        raws["sessions"].table,
        names["sessions"],
        codes,
        dates,
        files["sessions"],
        labels,
    )
    once = 0
    if redcap["sessions"]:
        sessions = numbered_events(sessions)
    if one_long_file or redcap["sessions"]:
        sessions, once = without_patient_rows(sessions, redcap["sessions"])
    tables, problems = {}, []
    if once:
        whose = " of REDCap" if redcap["sessions"] else ""
        message = f"{counted(once, 'row')}{whose} without session, date and ratings: read for the "
        message += f"patients alone; {len(sessions)} rows are sessions"
        problems.append(Problem("note", files["sessions"], message, "Nothing to mend."))
    tidy = {"patients": patients, "sessions": sessions}
    if "symptoms" in names:
        own = rename_columns(raws["symptoms"].table, names["symptoms"], codes)
        if "date" in own:
            own["date"] = iso_dates(own["date"], settings.reading.symptoms.dates)
        tidy["symptoms"] = own
    for kind, table in tidy.items():
        raw, file = raws[kind].table, files[kind]
        found = [column for column in raw.columns if column != "line"]
        seen = {t: n for t, n in names[kind].items() if kind == "patients" or t != "patient_id"}
        problems += code_problems(raw, seen, codes, tools, file)
        for role, column in columns[kind].items():
            if isinstance(column, Items):
                table, more = with_score(
                    table, names[kind], role, tools[role], column.missing_share, file, found
                )
                problems += more
                names[kind][role] = tools[role].short
        score_names = {tidy: name for tidy, name in names[kind].items() if "." not in tidy}
        tables[kind] = RawTable(files[kind], table, score_names, found)
    if "symptoms" in tables:
        tables["sessions"], more = with_symptoms(
            tables["sessions"], tables["symptoms"], tables["patients"], tools["symptoms"],
            settings.sessions.symptom_days,
        )  # fmt: skip
        problems += more
    return tables, problems


def _ranges(
    raw: RawFile,
    names: Mapping[str, str | None],
    tools: Mapping[str, Instrument],
    labels: Sequence[str],
) -> dict[str, tuple[float, float]]:
    """Return the columns of numbers, each with the least and the largest that can be meant."""
    ranges: dict[str, tuple[float, float]] = {}
    for tidy, name in names.items():
        if name is None or not holds_numbers(tidy):
            continue
        low, high = WIDEST.get(tidy, (-inf, inf))
        if tool := tools.get(tidy.partition(".")[0]):
            low, high = tool.minimum, tool.maximum
            if "." in tidy and tool.scoring:
                low, high = tool.scoring.item_minimum, tool.scoring.item_maximum
        ranges |= {match[0]: (low, high) for match in matching(name, raw.table.columns, labels)}
    return ranges


def _formulas(raw: RawFile, file: str, columns: Mapping[str, Column | None]) -> list[Problem]:
    """Return the columns in use whose formulas have no stored value."""
    used = [name for column in columns.values() for name in _names_in(column)]
    found = {match[0] for name in used for match in matching(name, raw.formulas)}
    return [
        Problem(
            "blocking",
            file,
            f"the column {name} holds {n} formulas without a stored value",
            "Open the file in Excel or LibreOffice, save it, and try again.",
            column=name,
            why=reasons.FORMULAS,
        )
        for name, n in raw.formulas.items()
        if name in found
    ]


def _names_in(column: Column | None) -> list[str]:
    if isinstance(column, Items):
        return list(column.items)
    return [] if column is None else [column]


def _unreadable(error: RawFileError) -> Problem:
    return Problem(
        "blocking", error.file, error.message, error.remedy, error.line, why=reasons.UNREADABLE
    )


def _at_its_column(problem: Problem) -> Problem:
    """Name the column of a wide file instead of its pattern; `…` means all sessions."""
    if "{session}" not in f"{problem.column}{problem.message}":
        return problem
    if problem.message.startswith("there is no column"):
        return problem

    def filled(text: str | None) -> str | None:
        return text and text.replace("{session}", str(problem.session or "…"))

    return replace(problem, column=filled(problem.column), message=filled(problem.message) or "")
