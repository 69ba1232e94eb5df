"""A page to leaf through every patient with a rupture. Patient-level: it stays private."""

import base64
import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd
from jinja2 import Environment, PackageLoader, select_autoescape

from rupture_repair.config.criteria import PATTERNS, Criterion

DIGITS = 4  # of what the page draws and rounds to two; events.parquet has all of them
RUPTURE = ("session", "last_session", "reference", "rating", "drop", "threshold", "repair_level")


def audit_records(
    sessions: pd.DataFrame, events: pd.DataFrame, patterns: pd.DataFrame
) -> list[dict[str, Any]]:
    """Return a record per patient with a rupture, the largest drop first.

    sessions, events, patterns : the tidy tables of one cohort.

    Each holds `id`, `pattern`, the lists `sessions`, `alliance` and `symptoms` (points, None where
    missing) in session order, and `ruptures`: their sessions, levels and threshold (points), the
    session `repaired_at` or None, and whether a later rating makes a repair `observable`.
    """
    pattern_of = patterns.set_index("patient_id")["pattern"]
    course_of = dict(iter(sessions.sort_values("session").groupby("patient_id")))
    largest = events.groupby("patient_id")["drop"].max()
    order = largest.sort_values(ascending=False, kind="stable").index  # ties by patient
    ruptures_of = dict(iter(events.groupby("patient_id")))
    return [
        {
            "id": str(patient),
            "pattern": str(pattern_of[patient]),
            "sessions": [int(number) for number in course_of[patient]["session"]],
            **{
                role: [_number(value) for value in course_of[patient][role]]
                for role in ("alliance", "symptoms")
            },
            "ruptures": [_rupture(row) for row in ruptures_of[patient].to_dict("records")],
        }
        for patient in order
    ]


def render_audit(
    sessions: pd.DataFrame,
    events: pd.DataFrame,
    patterns: pd.DataFrame,
    settings: Mapping[str, Any],
) -> str:
    """Return the page: self-contained, without any address to load from.

    settings : `title`, `synthetic`, `criterion` and the `instruments` of alliance and symptoms.
    """
    environment = Environment(
        loader=PackageLoader("rupture_repair.detection", "."), autoescape=select_autoescape()
    )
    environment.policies["json.dumps_kwargs"] = {"separators": (",", ":"), "allow_nan": False}
    style, script = (_beside(ending) for ending in (".css", ".js"))
    records = audit_records(sessions, events, patterns)
    counts = patterns["pattern"].value_counts()
    return environment.get_template("audit.html").render(
        title=settings["title"],
        synthetic=settings["synthetic"],
        criterion=settings["criterion"]["name"],
        parameters=_parameters(settings["criterion"]),
        n_flagged=len(records),
        n_patients=len(patterns),
        n_unclassifiable=int(counts.get("unclassifiable", 0)),
        patterns=[pattern for pattern in PATTERNS if pattern != "none"],
        data={
            "patients": records,
            "window": settings["criterion"]["repair_window"],
            **{
                role: {
                    key: settings["instruments"][role][key]
                    for key in ("short", "minimum", "maximum", "higher_is")
                }
                for role in ("alliance", "symptoms")
            },
        },
        style=style,
        script=script,
        style_hash=_source_hash(style),
        script_hash=_source_hash(script),
    )


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


def _parameters(criterion: Mapping[str, Any]) -> list[tuple[str, str, str]]:
    """Return name, value and meaning of each parameter; the words are the configuration's."""
    return [
        (
            name,
            "–" if criterion[name] in (None, "") else str(criterion[name]),
            (field.description or "").replace("`", ""),
        )
        for name, field in Criterion.model_fields.items()
    ]


def _beside(ending: str) -> str:
    return Path(__file__).with_suffix(ending).read_text(encoding="utf-8")


def _source_hash(text: str) -> str:
    """Return what a content security policy calls the source: nothing else may run on the page."""
    digest = hashlib.sha256(text.encode("utf-8")).digest()
    return f"sha256-{base64.b64encode(digest).decode('ascii')}"
