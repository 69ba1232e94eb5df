"""Deliveries of made-up clinics in every shape, with every way of numbering columns."""

from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from rupture_repair.cohort.scores import score_items
from rupture_repair.config.instruments import Instrument

# how items or sessions are numbered behind the name of a questionnaire
NUMBERED = {
    "plain": "{name}_{n}",
    "padded": "{name}_{n:02d}",
    "point": "{name}.{n}",
    "bracket": "{name}[{n}]",
    "blank": "{name} {n}",
    "dash": "{name}-{n}",
}
ITEMS = NUMBERED | {
    "LimeSurvey": "{name}[SQ{n:03d}]",
    "flat LimeSurvey": "{name}_SQ{n}",
    "item": "{name}_item{n}",
    "question": "{name}_q{n:02d}",
    "joined": "{name}{n:02d}",
    "before": "i{n}_{name}",
}
SESSIONS = NUMBERED | {
    "s": "{name}_s{n}",
    "t": "{name}_t{n:02d}",
    "T": "{name}.T{n}",
    "before": "s{n}_{name}",
    "number first": "{n}_{name}",
    "week": "week{n}_{name}",
    "Sitzung": "{name} Sitzung {n}",
    "joined": "{name}{n:02d}",
}
SHAPES = ("two long", "one long", "two wide", "one wide")


@dataclass(frozen=True)
class Scale:
    """What a clinic calls one questionnaire, and whether it delivers scores or answers."""

    key: str
    name: str
    items: str | None = None  # how the items are numbered, None for scores


@dataclass(frozen=True)
class Delivery:
    """Tables as a clinic has them, and what is in them: score by role, patient and session."""

    tables: dict[str, pd.DataFrame]
    truth: dict[str, pd.Series]
    sessions: int = 0
    scales: dict[str, Scale] = field(default_factory=dict)


def delivery(
    shape: str,
    scales: dict[str, Scale],
    library: dict[str, Instrument],
    *,
    sessions: str = "s",
    patients: int = 14,
    length: int = 9,
    dates: str | None = None,
    code: str | None = None,
    seed: int = 0,
) -> Delivery:
    """Return a delivery of whole-number answers or scores of every size.

    sessions : how the sessions are numbered in a wide file; dates : format, None for no dates;
    code : what stands in two cells without an answer.
    """
    rng = np.random.default_rng(seed)
    ids = [f"P{i:03d}" for i in range(1, patients + 1)]
    people = pd.DataFrame({"Patient": ids, "Therapeut": [f"T{i % 3}" for i in range(patients)]})
    index = pd.MultiIndex.from_product([ids, range(1, length + 1)], names=["Patient", "Sitzung"])
    truth, parts = {}, {}
    for role, scale in scales.items():
        rows = pd.Index(ids, name="Patient") if role == "iip" else index
        cells, score = _cells(library[scale.key], scale, rows, rng)
        if code is not None and role == "alliance" and not _possible(code, library[scale.key]):
            cells.iloc[[3, 5]] = code
            score.iloc[[3, 5]] = np.nan
        parts[role], truth[role] = cells, score
    people = people.merge(parts["iip"].reset_index(), on="Patient")
    rated = parts["alliance"].join(parts["symptoms"])
    if dates:
        day = pd.Timestamp("2024-01-13") + pd.to_timedelta(7 * index.get_level_values(1), unit="D")
        rated["Datum"] = day.strftime(dates)
    rated = _wide(rated, SESSIONS[sessions]) if "wide" in shape else rated.reset_index()
    tables = {"patients": people, "sessions": rated}
    if shape.startswith("one"):
        tables = {"patients": people.merge(rated, on="Patient")}
    return Delivery(tables, truth, length, scales)


def _possible(code: str, tool: Instrument) -> bool:
    """Whether a code is a score like any other, so that nobody can tell."""
    number = pd.to_numeric(code or "none", errors="coerce")
    return bool(tool.minimum <= number <= tool.maximum)


def _cells(
    tool: Instrument, scale: Scale, rows: pd.Index, rng: np.random.Generator
) -> tuple[pd.DataFrame, pd.Series]:
    """Return what the clinic's columns hold for a questionnaire, and the score that is meant."""
    if scale.items is None:
        step = tool.step or 0.1
        steps = round((tool.maximum - tool.minimum) / step)
        drawn = rng.integers(0, steps + 1, len(rows))
        drawn[:2] = (0, steps)  # both ends occur
        score = pd.Series((tool.minimum + step * drawn).round(4), index=rows)
        return pd.DataFrame({scale.name: score.map(lambda v: f"{v:g}").astype(object)}), score
    scoring = tool.scoring
    low, high = int(scoring.item_minimum), int(scoring.item_maximum)
    answers = pd.DataFrame(
        rng.integers(low, high + 1, (len(rows), scoring.items)),
        index=rows,
        columns=[ITEMS[scale.items].format(name=scale.name, n=i + 1) for i in range(scoring.items)],
    )
    answers.iloc[0], answers.iloc[1] = low, high
    return answers.astype(str).astype(object), score_items(answers, scoring)


def _wide(rated: pd.DataFrame, form: str) -> pd.DataFrame:
    table = rated.unstack("Sitzung")  # noqa: PD010
    table.columns = [form.format(name=name, n=n) for name, n in table.columns]
    return table.reset_index()
