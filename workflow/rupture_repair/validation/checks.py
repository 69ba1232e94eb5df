"""Validate a cohort: every problem once, in words, before any model sees the data."""

from dataclasses import dataclass, field
from typing import Any

import pandas as pd
import pandera.pandas as pa

from rupture_repair.config.errors import did_you_mean
from rupture_repair.config.instruments import Instrument
from rupture_repair.validation import reasons
from rupture_repair.validation.cells import typed
from rupture_repair.validation.problems import Problem, Severity, counted
from rupture_repair.validation.quality import oddities
from rupture_repair.validation.schemas import patients_schema, sessions_schema
from rupture_repair.validation.therapists import with_therapists

LEFT_OUT = "the patient is left out of the analysis"
MENDING = {
    "out_of_range": "Correct the value, or leave the cell empty if the answer is unknown.",
    "empty": "Fill in the cell or remove the row.",
    "twice": "Keep one of the rows.",
}


@dataclass
class RawTable:
    """A raw file under tidy names: text cells, `line`, and how the file calls its columns."""

    file: str
    table: pd.DataFrame
    raw_names: dict[str, str | None]
    found_columns: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Validated:
    """Typed tables (with `line`) and the problems found in them.

    changed_therapist : patients to leave out because their therapist changed.
    """

    patients: pd.DataFrame
    sessions: pd.DataFrame
    problems: list[Problem]
    changed_therapist: frozenset[str] = frozenset()


def validate(
    patients: RawTable,
    sessions: RawTable,
    instruments: dict[str, Instrument],
    min_sessions: int,
    therapist_change: str = "refuse",
) -> Validated:
    """Check both raw tables and how they fit together.

    therapist_change : what a therapist who changes within a treatment means, see `Inclusion`.

    A missing column ends the checks of that table, since all else would follow from it.
    """
    schemas = {
        "patients": patients_schema(instruments),
        "sessions": sessions_schema(instruments),
    }
    # named at each session in some files, and then the patient's
    therapist = schemas["patients"].columns["therapist_id"]
    schemas["sessions"] = schemas["sessions"].add_columns({"therapist_id": therapist})
    problems: list[Problem] = []
    tables = {}
    for kind, raw in (("patients", patients), ("sessions", sessions)):
        absent = _absent_columns(raw, schemas[kind])
        problems += absent
        table, unreadable, places = typed(raw.table, kind, raw.file, raw.raw_names)
        problems += unreadable
        if not absent:
            problems += _schema_problems(table, raw, schemas[kind], places)
            if table.empty:
                remedy = "Export the file again, with a row per patient or session."
                problems.append(
                    Problem(
                        "blocking", raw.file, "the table has no rows", remedy, why=reasons.NO_ROWS
                    )
                )
        tables[kind] = table
    if all("patient_id" in table and len(table) for table in tables.values()):
        problems += _strangers(tables["patients"], tables["sessions"], patients, sessions)
    changed: frozenset[str] = frozenset()
    if not any(problem.severity == "blocking" for problem in problems):
        tables["patients"], more, changed = with_therapists(
            tables["patients"], tables["sessions"], patients.file, sessions.file, therapist_change
        )
        tables["sessions"] = tables["sessions"].drop(columns="therapist_id", errors="ignore")
        problems += more
    if not any(problem.severity == "blocking" for problem in problems):
        problems += _out_of_order(tables["sessions"], sessions)
        problems += _to_know(tables["patients"], tables["sessions"], patients, min_sessions)
        problems += _off_grid(tables["sessions"], sessions, instruments)
        problems += oddities(tables["sessions"], sessions.file, sessions.raw_names, instruments)
    return Validated(tables["patients"], tables["sessions"], problems, changed)


def _absent_columns(raw: RawTable, schema: pa.DataFrameSchema) -> list[Problem]:
    problems = []
    for tidy, name in raw.raw_names.items():
        if name is not None and tidy not in raw.table:
            what = schema.columns[tidy].description if tidy in schema.columns else "Therapist"
            remedy = (
                f"In the cohort file, name the column that holds “{what}”; "
                f"{did_you_mean(name, raw.found_columns)}"
            )
            message = f"there is no column `{name}`"
            problems.append(
                Problem(
                    "blocking", raw.file, message, remedy, line=1, column=name, why=reasons.COLUMN
                )
            )
    return problems


def _schema_problems(
    table: pd.DataFrame, raw: RawTable, schema: pa.DataFrameSchema, places: set[tuple[int, str]]
) -> list[Problem]:
    """Run pandera and keep one cause per cell; cells that could not be read are known already."""
    checked = table[[column for column in table if column in schema.columns]]
    try:
        schema.validate(checked, lazy=True)
        return []
    except pa.errors.SchemaErrors as errors:
        cases = errors.failure_cases
    known = set(places)
    problems = []
    for case in cases.dropna(subset=["index"]).to_dict("records"):
        row = table.loc[int(case["index"])]
        column = case["column"]
        if case["check"] == "multiple_fields_uniqueness":
            if row[["patient_id", "session"]].isna().any():  # empty is the cause, not twice
                continue
            column = "session"
        place = (int(case["index"]), column)
        if place in known:
            continue
        known.add(place)
        problems.append(_schema_problem(case, column, row, raw))
    return problems


def _schema_problem(case: dict[str, Any], column: str, row: pd.Series, raw: RawTable) -> Problem:
    name = raw.raw_names.get(column) or column
    value, allowed, why = _shown(row[column]), None, reasons.OF_A_VALUE.get(column, "")
    if case["check"] == "not_nullable":
        message, remedy, value = f"{name} is empty", MENDING["empty"], None
    elif case["check"] == "field_uniqueness":
        message, remedy = f"{name} occurs in several rows", MENDING["twice"]
        why = reasons.TWICE[column]
    elif case["check"] == "multiple_fields_uniqueness":
        message, remedy = "this session occurs twice for the patient", MENDING["twice"]
        why = reasons.TWICE[column]
    else:
        message, remedy = f"{name} is not a possible value", MENDING["out_of_range"]
        allowed = str(case["check"])
    return Problem(
        "blocking",
        raw.file,
        message,
        remedy,
        line=int(row["line"]),
        patient_id=_shown(row.get("patient_id")),
        session=_shown(row.get("session")),
        column=name,
        value=value,
        allowed=allowed,
        why=why,
    )


def _strangers(
    patients: pd.DataFrame, sessions: pd.DataFrame, raw: RawTable, raw_sessions: RawTable
) -> list[Problem]:
    """Sessions of patients whom the patient file does not know."""
    orphans = sessions[~sessions["patient_id"].isin(patients["patient_id"])]
    remedy = f"Add the patient to {raw.file}, correct the pseudonym, or remove the sessions."
    return [
        Problem(
            "blocking",
            raw_sessions.file,
            f"{counted(len(rows), 'session')} of a patient who is not in {raw.file}",
            remedy,
            line=int(rows["line"].min()),
            patient_id=str(patient),
            why=reasons.STRANGER,
        )
        for patient, rows in orphans.groupby("patient_id")
    ]


def _out_of_order(sessions: pd.DataFrame, raw: RawTable) -> list[Problem]:
    """Return sessions whose date does not lie after that of the session before."""
    if "date" not in sessions:
        return []
    ordered = sessions.sort_values(["patient_id", "session"])
    step = ordered.groupby("patient_id")["date"].diff()
    found = (
        (step < pd.Timedelta(0), "the date lies before that of the session before",
         reasons.BACKWARDS),
        (step == pd.Timedelta(0), "the date is that of the session before", reasons.SAME_DAY),
    )  # fmt: skip
    return [
        Problem(
            "warning",
            raw.file,
            message,
            "Check the session number and the date.",
            int(row.line),
            row.patient_id,
            _shown(row.session),
            why=why,
        )
        for rows, message, why in found
        for row in ordered[rows].itertuples()
    ]


def _to_know(
    patients: pd.DataFrame, sessions: pd.DataFrame, raw: RawTable, min_sessions: int
) -> list[Problem]:
    """Patients who will be left out, each named once with the reason."""
    length = patients["patient_id"].map(sessions.groupby("patient_id")["session"].max())
    rules: list[tuple[Severity, pd.Series, str, str, str]] = [
        (
            "warning",
            length.isna(),
            "no sessions for this patient",
            "Check the session file.",
            reasons.NO_SESSIONS,
        ),
        (
            "warning",
            patients["iip"].isna(),
            f"{raw.raw_names['iip']} is empty",
            "Fill it in if it is known.",
            reasons.NO_BASELINE,
        ),
        (
            "warning",
            patients["therapist_id"].isna(),
            f"{raw.raw_names.get('therapist_id') or 'the therapist'} is empty",
            "Fill it in if it is known.",
            reasons.OF_A_VALUE["therapist_id"],
        ),
        (
            "note",
            length < min_sessions,
            f"fewer than {min_sessions} sessions",
            "Nothing to mend.",
            reasons.SHORT,
        ),
    ]
    problems = [
        Problem(
            severity,
            raw.file,
            f"{message}; {LEFT_OUT}",
            remedy,
            line=int(row.line),
            patient_id=row.patient_id,
            why=why,
        )
        for severity, rows, message, remedy, why in rules
        for row in patients[rows].itertuples()
    ]
    if len({problem.patient_id for problem in problems}) == len(patients):
        message, remedy = "every patient is left out of the analysis", "See the reason of each."
        problems.append(Problem("blocking", raw.file, message, remedy, why=reasons.NOBODY))
    return problems


def _off_grid(
    sessions: pd.DataFrame, raw: RawTable, instruments: dict[str, Instrument]
) -> list[Problem]:
    """Scores between the instrument's steps: possible after proration, so counted, not refused."""
    problems = []
    for role in ("alliance", "symptoms"):
        tool = instruments[role]
        if not tool.step:
            continue
        steps = (sessions[role] - tool.minimum) / tool.step
        # two decimals are a usual export of a mean score
        off = ((steps - steps.round()).abs() * tool.step > 0.0051).sum()
        if off:
            message = f"{off} values of {raw.raw_names[role]} lie between the {tool.short}'s steps"
            remedy = (
                "Expected if missing items were replaced by means; otherwise check the scoring."
            )
            column, why = raw.raw_names[role], reasons.OFF_GRID
            problems.append(Problem("note", raw.file, message, remedy, column=column, why=why))
    return problems


def _shown(value: object) -> str | None:
    if value is None or pd.isna(value):
        return None
    return f"{value:.12g}" if isinstance(value, float) else str(value)
