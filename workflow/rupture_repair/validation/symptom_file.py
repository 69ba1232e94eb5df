"""Symptoms from a file of their own: checked, matched to sessions by date, and reported."""

from dataclasses import replace

import pandas as pd

from rupture_repair.cohort.matching import nearest_ratings
from rupture_repair.config.instruments import Instrument
from rupture_repair.validation import reasons
from rupture_repair.validation.cells import typed
from rupture_repair.validation.problems import Problem, Severity, counted
from rupture_repair.validation.raw_table import RawTable
from rupture_repair.validation.schema_problems import schema_problems
from rupture_repair.validation.schemas import symptoms_schema

FEW = 0.5  # of the sessions with a date


def with_symptoms(
    sessions: RawTable, own: RawTable, patients: RawTable, tool: Instrument, window_days: int
) -> tuple[RawTable, list[Problem]]:
    """Return the session table with `symptoms` (text) and `symptoms_days`, and the problems.

    own : the file of symptom ratings, `patient_id`, `date`, `symptoms`.
    """
    absent = [name for tidy, name in own.raw_names.items() if tidy not in own.table]
    names = sessions.raw_names | {"symptoms": own.raw_names["symptoms"]}
    empty = pd.Series(None, index=sessions.table.index, dtype="str")
    blank = replace(sessions, table=sessions.table.assign(symptoms=empty), raw_names=names)
    if absent:
        return blank, [_no_column(str(name), own) for name in absent]
    # a rating without date cannot be assigned, like a session that is numbered by its date
    unnumbered = own.table.assign(session=None)
    table, problems, places = typed(unnumbered, "sessions", own.file, own.raw_names)
    problems = [
        replace(p, remedy=p.remedy.replace("`reading: sessions:`", "`reading: symptoms:`"))
        for p in problems
    ]
    problems += schema_problems(table, own, symptoms_schema(tool), places)
    table = table.dropna(subset=["symptoms"]).drop_duplicates(["patient_id", "date", "symptoms"])
    problems += _twice(table, own)
    if problems or not {"patient_id", "date"} <= set(sessions.table):
        return blank, problems
    dates = pd.to_datetime(sessions.table["date"], format="%Y-%m-%d", errors="coerce")
    held = sessions.table.assign(date=dates)
    pairs = nearest_ratings(held, table, window_days)
    text = own.table["symptoms"].reindex(pairs["rating"])
    days = pairs["days"].astype("Float64")
    filled = blank.table.assign(
        symptoms=pd.Series(text.to_numpy(), pairs.index, dtype="str").reindex(held.index),
        symptoms_days=days.reindex(held.index).astype(float),
    )
    known = set(patients.table["patient_id"]) if "patient_id" in patients.table else set()
    problems += _report(held, table, pairs, own, known, window_days)
    return replace(blank, table=filled), problems


def _no_column(name: str, own: RawTable) -> Problem:
    remedy = f"Correct `columns.symptoms`; the file has {', '.join(own.found_columns[:10])}."
    message = f"there is no column `{name}`"
    return Problem("blocking", own.file, message, remedy, 1, column=name, why=reasons.COLUMN)


def _twice(table: pd.DataFrame, own: RawTable) -> list[Problem]:
    dated = table.dropna(subset=["date"])
    twice = dated[dated.duplicated(["patient_id", "date"])]
    return [
        Problem(
            "blocking",
            own.file,
            f"a second, other rating of the patient on {row.date:%Y-%m-%d}",
            "Keep one of the rows.",
            line=int(row.line),
            patient_id=str(row.patient_id),
            column=own.raw_names["symptoms"],
            why=reasons.TWICE["session"],
        )
        for row in twice.itertuples()
    ]


def _report(
    held: pd.DataFrame,
    table: pd.DataFrame,
    pairs: pd.DataFrame,
    own: RawTable,
    known: set[str],
    window_days: int,
) -> list[Problem]:
    """Return how many sessions have a rating, how far from it, and which ratings have none."""
    column = own.raw_names["symptoms"]
    dated = int(held["date"].notna().sum())
    window = f"at most {counted(window_days, 'day')} before or after"
    widen = "`sessions: {symptom_days: …}` in the cohort file states the window."
    problems = []
    strangers = table[~table["patient_id"].isin(known)]
    if len(strangers):
        message = (
            f"{counted(len(strangers), 'rating')} of "
            f"{counted(strangers['patient_id'].nunique(), 'patient')} who "
            "are not in the patient file: not used"
        )
        remedy = "Check that both files write the pseudonyms in the same way."
        problems.append(Problem("warning", own.file, message, remedy, why=reasons.UNKNOWN_PATIENT))
    if pairs.empty:
        message = f"no rating lies near a session ({window})"
        remedy = f"Check pseudonyms and dates of both files; {widen}"
        return [*problems, Problem("blocking", own.file, message, remedy, why=reasons.UNMATCHED)]
    distance = pairs["days"].abs()
    own_rows = table[table["patient_id"].isin(known)]
    spare = own_rows[~own_rows.index.isin(pairs["rating"])]
    first, last = (
        spare["patient_id"].map(held.groupby("patient_id")["date"].agg(how))
        for how in ("min", "max")
    )
    before, after = int((spare["date"] < first).sum()), int((spare["date"] > last).sum())
    message = (
        f"{len(pairs)} of {counted(len(held), 'session')} have a rating of {column}, {window} "
        f"(median distance {counted_days(distance.median())}, largest "
        f"{counted_days(distance.max())}; "
        f"{int((pairs['days'] > 0).sum())} after the session); "
        f"{len(held) - dated} sessions have no date; {counted(len(spare), 'rating')} not used: "
        f"{before} before the first session, {after} after the last, "
        f"{len(spare) - before - after} between"
    )
    few = len(pairs) < FEW * dated
    severity: Severity = "warning" if few else "note"
    remedy = widen if few else "Nothing to mend."
    return [*problems, Problem(severity, own.file, message, remedy, column=column,
                               why=reasons.UNMATCHED)]  # fmt: skip


def counted_days(days: float) -> str:
    """Return `1 day`, `1.5 days`."""
    return f"{days:g} day" if days == 1 else f"{days:g} days"
