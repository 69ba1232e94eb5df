"""Check the two raw files of a cohort as its configuration describes them."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from rupture_repair.cohort.raw import RawFileError, read_raw, rename_columns
from rupture_repair.cohort.tables import instruments_of
from rupture_repair.validation.checks import RawTable, Validated, validate
from rupture_repair.validation.problems import Problem


def check_files(patients: str, sessions: str, settings: Mapping[str, Any]) -> Validated:
    """Read and validate the files `patients` and `sessions`.

    settings : `columns`, `missing_codes`, `instruments`, `inclusion` of the cohort. A file that
    cannot be read is one blocking problem.
    """
    tables, unreadable = {}, []
    for kind, file in (("patients", patients), ("sessions", sessions)):
        names = settings["columns"][kind]
        try:
            raw = read_raw(Path(file))
        except RawFileError as error:
            unreadable.append(
                Problem("blocking", error.file, error.message, error.remedy, line=error.line)
            )
            continue
        table = rename_columns(raw, names, settings["missing_codes"])
        found = [column for column in raw.columns if column != "line"]
        tables[kind] = RawTable(file, table, dict(names), found)
    if unreadable:
        nothing = pd.DataFrame()
        return Validated(nothing, nothing, unreadable)
    tools = instruments_of(settings["instruments"])
    minimum = settings["inclusion"]["min_sessions"]
    return validate(tables["patients"], tables["sessions"], tools, minimum)


def counts_of(found: Validated) -> dict[str, int]:
    """Return what was read, for the report."""
    return {
        "Patients": len(found.patients),
        "Sessions": len(found.sessions),
        **{
            f"Missing {role} ratings": int(found.sessions[role].isna().sum())
            for role in ("alliance", "symptoms")
            if role in found.sessions
        },
    }
