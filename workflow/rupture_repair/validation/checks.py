"""Validate a cohort: every problem once, in words, before any model sees the data."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

import pandas as pd
import pandera.pandas as pa

from rupture_repair.config.columns import OtherColumn
from rupture_repair.config.errors import did_you_mean
from rupture_repair.config.instruments import Instrument
from rupture_repair.config.sessions import SessionRules
from rupture_repair.validation import reasons
from rupture_repair.validation.cells import typed
from rupture_repair.validation.intake import intake_scores
from rupture_repair.validation.names import pseudonym_problems, unknown_patients
from rupture_repair.validation.problems import Problem, Severity
from rupture_repair.validation.quality import oddities
from rupture_repair.validation.raw_table import RawTable
from rupture_repair.validation.schema_problems import schema_problems, shown
from rupture_repair.validation.schemas import patients_schema, sessions_schema
from rupture_repair.validation.session_labels import without_labelled
from rupture_repair.validation.session_rules import Arranged, arranged, with_further_treatments
from rupture_repair.validation.therapists import with_therapists

DEFAULT_RULES = SessionRules()
LEFT_OUT = "the patient is left out of the analysis"


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
    rules: SessionRules = DEFAULT_RULES,
    other: Mapping[str, OtherColumn] = MappingProxyType({}),
) -> Validated:
    """Check both raw tables and how they fit together.

    rules : which rows are sessions, and of which treatment. other : further columns of patients.
    therapist_change : what a therapist who changes within a treatment means, see `Inclusion`.

    A missing column ends the checks of that table, since all else would follow from it.
    """
    schemas = {
        "patients": patients_schema(instruments, other),
        "sessions": sessions_schema(instruments),
    }
    # named at each session in some files, and then the patient's
    therapist = schemas["patients"].columns["therapist_id"]
    schemas["sessions"] = schemas["sessions"].add_columns({"therapist_id": therapist})
    sessions, before, unnamed, problems = without_labelled(sessions, rules)
    order: Arranged | None = None
    tables = {}
    for kind, raw in (("patients", patients), ("sessions", sessions)):
        absent = _absent_columns(raw, schemas[kind])
        problems += absent
        table, unreadable, places = typed(raw.table, kind, raw.file, raw.raw_names)
        problems += unreadable
        problems += pseudonym_problems(table, raw.raw_names, raw.file, kind == "patients")
        if kind == "sessions" and not absent:
            order = arranged(table, raw, rules)
            table = order.table
            problems += order.problems
            places |= order.undecided | unnamed
        if not absent:
            problems += schema_problems(table, raw, schemas[kind], places)
            if table.empty:
                remedy = "Export the file again, with a row per patient or session."
                problems.append(
                    Problem(
                        "blocking", raw.file, "the table has no rows", remedy, why=reasons.NO_ROWS
                    )
                )
        tables[kind] = table
    if order is not None:
        tables["sessions"] = order.table[~order.left_out].reset_index(drop=True)
        if "patient_id" in tables["patients"]:
            tables["patients"] = with_further_treatments(tables["patients"], order.again)
    if rules.intake and "patient_id" in tables["patients"]:
        intake, more = intake_scores(before, sessions, instruments)
        own = tables["patients"]["patient_id"].map(intake)
        tables["patients"] = tables["patients"].assign(intake_symptoms=own.astype(float))
        problems += more
    if all("patient_id" in table and len(table) for table in tables.values()):
        problems += unknown_patients(
            tables["patients"], tables["sessions"], patients.file, sessions.file
        )
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
            shown(row.session),
            why=why,
        )
        for rows, message, why in found
        for row in ordered[rows].itertuples()
    ]


def _to_know(
    patients: pd.DataFrame, sessions: pd.DataFrame, raw: RawTable, min_sessions: int
) -> list[Problem]:
    """Return notes on patients who will be left out, each with the reason."""
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
