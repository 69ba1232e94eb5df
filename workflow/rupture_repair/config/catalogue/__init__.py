"""The one catalogue of tables: rules, disclosure, manuscript, figures and documentation read it.

A new table is an entry here, in the file of its room, and a line in the function that makes the
tables of its step. Nothing here imports pandas, so that the workflow starts fast.
"""

from rupture_repair.config.catalogue import (
    answers,
    checks,
    compatibility,
    detection,
    modelling,
    multiverse,
)
from rupture_repair.config.catalogue.table import Table

PARTS = {
    "Answers": answers.ANSWERS,
    "Validation": detection.VALIDATION,
    "Detection": detection.DETECTION,
    "Rules and published shares": compatibility.COMPATIBILITY,
    "Description": modelling.DESCRIPTION,
    "Models": modelling.MODELS,
    "Checks of the models, and change": checks.CHECKS,
    "Multiverse": multiverse.MULTIVERSE,
    "Verification": detection.PROVENANCE,
    "Comparison of cohorts": multiverse.COMPARISON,
}
TABLES: dict[str, Table] = {name: table for part in PARTS.values() for name, table in part.items()}
# the tidy tables have schemas of their own, see `validation.schemas`
TIDY = {
    "patients": "data/patients.parquet",
    "sessions": "data/sessions.parquet",
    "events": "ruptures/events.parquet",
    "patterns": "ruptures/patterns.parquet",
    "analysis": "data/analysis.parquet",
}
COUNTED = tuple(name for name, table in TABLES.items() if table.counted)
# the verification lies beside the tables and is read apart: its figures are text
IN_PAPER = tuple(
    name for name, table in TABLES.items() if table.place != "none" and table.folder == "tables"
)


def made_by(step: str) -> list[str]:
    """Return the names of the tables that a step writes."""
    return [name for name, table in TABLES.items() if table.step == step]


def full_file(name: str) -> str:
    """Return where its step writes a table with all counts; relative to the cohort's results."""
    return csv_in(TABLES[name].full_folder, name)


def shared_file(name: str) -> str:
    """Return where a table, or a tidy table, can be read; relative to the cohort's results."""
    return TIDY[name] if name in TIDY else csv_in(TABLES[name].folder, name)


def csv_in(folder: str, name: str) -> str:
    """Return the path of a table in a folder of the results; an empty folder is the results."""
    return f"{folder}/{name}.csv" if folder else f"{name}.csv"
