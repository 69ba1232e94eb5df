"""A page that shows every patient with a rupture. Patient-level: it stays private."""

import base64
import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from rupture_repair.config.criteria import PATTERNS, Criterion, Pattern
from rupture_repair.config.steps.detection import AuditSettings
from rupture_repair.detection.courses import axis, course_record
from rupture_repair.words.pages import Page, data_of


@dataclass(frozen=True)
class Parameter:
    """A parameter of a criterion."""

    name: str
    value: str
    meaning: str


@dataclass(frozen=True)
class Audit(Page, at="audit"):
    """The page; data, style and script are HTML as they are, with the hashes of the latter.

    n_flagged : patients with a rupture; n_unclassifiable : those that cannot be classified.
    """

    title: str
    synthetic: bool
    criterion: str
    parameters: tuple[Parameter, ...]
    n_flagged: int
    n_patients: int
    n_unclassifiable: int
    patterns: tuple[Pattern, ...]
    data: str
    style: str
    script: str
    style_hash: str
    script_hash: str


def audit_records(
    sessions: pd.DataFrame, events: pd.DataFrame, patterns: pd.DataFrame
) -> list[dict[str, Any]]:
    """Return a record per patient with a rupture, the largest drop first.

    sessions, events, patterns : the tidy tables of one cohort.

    Each is a `course_record`.
    """
    pattern_of = patterns.set_index("patient_id")["pattern"]
    course_of = dict(iter(sessions.groupby("patient_id")))
    largest = events.groupby("patient_id")["drop"].max()
    order = largest.sort_values(ascending=False, kind="stable").index  # ties by patient
    ruptures_of = dict(iter(events.groupby("patient_id")))
    return [
        course_record(patient, course_of[patient], ruptures_of[patient], pattern_of[patient])
        for patient in order
    ]


def render_audit(
    sessions: pd.DataFrame,
    events: pd.DataFrame,
    patterns: pd.DataFrame,
    settings: AuditSettings,
) -> str:
    """Return the page: self-contained, without any address to load from."""
    style, script = (
        "".join(read_asset(module, ending) for module in ("courses", "audit"))
        for ending in (".css", ".js")
    )
    records = audit_records(sessions, events, patterns)
    counts = patterns["pattern"].value_counts()
    return Audit(
        title=settings.title,
        synthetic=settings.synthetic,
        criterion=settings.criterion.printed,
        parameters=tuple(_parameters(settings.criterion)),
        n_flagged=len(records),
        n_patients=len(patterns),
        n_unclassifiable=int(counts.get("unclassifiable", 0)),
        patterns=tuple(pattern for pattern in PATTERNS if pattern != "none"),
        data=data_of(
            {
                "patients": records,
                "window": settings.criterion.repair_window,
                "alliance": axis(settings.alliance),
                "symptoms": axis(settings.symptoms),
            }
        ),
        style=style,
        script=script,
        style_hash=source_hash(style),
        script_hash=source_hash(script),
    ).html


def _parameters(criterion: Criterion) -> list[Parameter]:
    """Return the parameters of a criterion; the words are the configuration's."""
    values = dict(criterion)
    return [
        Parameter(
            name,
            "–" if values[name] in (None, "") else str(values[name]),
            (field.description or "").replace("`", ""),
        )
        for name, field in Criterion.model_fields.items()
    ]


def read_asset(module: str, ending: str) -> str:
    """Return the style or the script of a module of this room."""
    return Path(__file__).with_name(module + ending).read_text(encoding="utf-8")


def source_hash(text: str) -> str:
    """Return the source's hash for the content security policy: only it may run on the page."""
    digest = hashlib.sha256(text.encode("utf-8")).digest()
    return f"sha256-{base64.b64encode(digest).decode('ascii')}"
