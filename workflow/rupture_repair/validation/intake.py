"""Ratings before the first session: checked like those of sessions, and kept apart."""

import pandas as pd

from rupture_repair.config.instruments import Instrument
from rupture_repair.validation.cells import typed
from rupture_repair.validation.problems import Problem
from rupture_repair.validation.raw_table import RawTable
from rupture_repair.validation.schema_problems import schema_problems
from rupture_repair.validation.schemas import intake_schema


def intake_scores(
    before: pd.DataFrame, raw: RawTable, instruments: dict[str, Instrument]
) -> tuple[pd.Series, list[Problem]]:
    """Return the last symptom score before the first session, by patient, and its problems."""
    schema = intake_schema(instruments)
    rows = before.drop(columns="session", errors="ignore")
    table, problems, places = typed(rows, "sessions", raw.file, raw.raw_names)
    if not {"patient_id", "symptoms"} <= set(table):
        return pd.Series(dtype=float), problems
    table = table.assign(session=before["session"])
    problems += schema_problems(table, raw, schema, places)
    return table.groupby("patient_id")["symptoms"].last(), problems
