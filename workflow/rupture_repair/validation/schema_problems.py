"""Violations of a schema as problems, one cause for each cell."""

from typing import Any

import pandas as pd
import pandera.pandas as pa

from rupture_repair.validation import reasons
from rupture_repair.validation.problems import Problem
from rupture_repair.validation.raw_table import RawTable

MENDING = {
    "out_of_range": "Correct the value, or leave the cell empty if the answer is unknown.",
    "empty": "Fill in the cell or remove the row.",
    "twice": "Keep one of the rows.",
}


def schema_problems(
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
            if (
                row[["patient_id", "session"]].isna().any()
            ):  # an empty cell is missing, not a duplicate
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
    value, allowed, why = shown(row[column]), None, reasons.OF_A_VALUE.get(column, "")
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
        patient_id=shown(row.get("patient_id")),
        session=shown(row.get("session")),
        column=name,
        value=value,
        allowed=allowed,
        why=why,
    )


def shown(value: object) -> str | None:
    """Return a value as a problem has it; nothing where it is missing."""
    if value is None or pd.isna(value):
        return None
    return f"{value:.12g}" if isinstance(value, float) else str(value)
