"""A patient's course with its ruptures, as plain values for a drawing. Patient-level."""

from collections.abc import Mapping
from typing import Any

import pandas as pd

from rupture_repair.config.instruments import Instrument

DIGITS = 4  # decimals of values that are drawn and shown with two; events.parquet is unrounded
RUPTURE = ("session", "last_session", "reference", "rating", "drop", "threshold", "repair_level")


def course_record(
    patient: str, course: pd.DataFrame, events: pd.DataFrame, pattern: str
) -> dict[str, Any]:
    """Return the record of one patient, which courses.js draws.

    course, events : the patient's rows of `sessions` and of `events`.

    It holds `id`, `pattern`, the lists `sessions`, `alliance` and `symptoms` (points, None where
    missing) in session order, and `ruptures`: their sessions, levels and threshold (points), the
    session `repaired_at` or None, and whether a later rating makes a repair `observable`.
    """
    ordered = course.sort_values("session")
    return {
        "id": str(patient),
        "pattern": str(pattern),
        "sessions": [int(number) for number in ordered["session"]],
        **{role: [_number(value) for value in ordered[role]] for role in ("alliance", "symptoms")},
        "ruptures": [_rupture(row) for row in events.to_dict("records")],
    }


def axis(tool: Instrument) -> dict[str, str | float]:
    """Return what courses.js has to know of a questionnaire."""
    return {
        "short": tool.short,
        "minimum": tool.minimum,
        "maximum": tool.maximum,
        "higher_is": tool.higher_is,
    }


def _rupture(row: Mapping[str, Any]) -> dict[str, Any]:
    repaired = row["repaired_at"]
    return {
        **{name: _number(row[name]) for name in RUPTURE},
        "repaired_at": None if pd.isna(repaired) else int(repaired),
        "observable": bool(row["repair_observable"]),
    }


def _number(value: Any) -> float | int | None:  # noqa: ANN401 - a cell of a table
    if pd.isna(value):
        return None
    rounded = round(float(value), DIGITS)
    return int(rounded) if rounded.is_integer() else rounded
