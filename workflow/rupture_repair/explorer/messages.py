"""Results as plain values for the page: what is missing is null."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from rupture_repair.config.catalogue import TABLES
from rupture_repair.config.criteria import PATTERNS
from rupture_repair.detection.courses import axis
from rupture_repair.detection.detector import Detection
from rupture_repair.disclosure.wording import worded
from rupture_repair.explorer.choice import differences, named_rule, to_query
from rupture_repair.explorer.data import Explored
from rupture_repair.explorer.names import CHOICES as WORDS
from rupture_repair.explorer.recompute import NAMES
from rupture_repair.explorer.sharing import Sharing
from rupture_repair.explorer.words import controls, fixed_words, value_words
from rupture_repair.multiverse.specifications import CHOICES, DETECTION, FIXED, Specification

HAZARD = ("session", "n_at_risk", "n_first_ruptures", "hazard", "hazard_low", "hazard_high")
CHANCE = ("kind", "pattern", "expected_percent", "low", "high")


def page_data(sharing: Sharing) -> dict[str, Any]:
    """Return what the page knows from the start."""
    explored = sharing.explored
    settings = explored.settings
    own = explored.own.content()
    rule = (*DETECTION, *FIXED)
    return {
        "own": own,
        "ownName": settings.cohort.criterion,
        "criteria": {
            name: {part: value for part, value in criterion.model_dump(mode="json").items()
                   if part in rule}
            for name, criterion in settings.criteria.items()
        },
        "groups": controls(explored, sharing.varied),
        "studies": explored.shares,
        "curve": _columns(explored.curve),
        "atSession": explored.multiverse.multiverse.at_session,
        "outcome": settings.named_instruments.symptoms.short,
        "private": not sharing.shareable,
        "masked": sharing.masked,
        "alliance": axis(settings.instruments["alliance"]),
        "symptoms": axis(settings.instruments["symptoms"]),
        "names": WORDS,
    }  # fmt: skip


def choice_message(choice: Specification, explored: Explored) -> dict[str, Any]:
    """Return a choice as it was understood: its content, link, name and differences in words."""
    content = choice.content()
    changed = differences(choice, explored.own)
    own = explored.own.content()
    return {
        "id": choice.id,
        "content": content,
        "query": to_query(choice),
        "named": named_rule(choice, explored),
        "also": fixed_words(content),
        "changed": [
            f"{WORDS[name]}: {value_words(name, value)} (own: {value_words(name, own[name])})"
            for name, value in changed.items()
            if name in CHOICES
        ],
    }


def breakdown_message(row: pd.DataFrame, moves: pd.DataFrame | None) -> dict[str, Any]:
    """Return the breakdown, and who changes class: None where that is not shown."""
    first = row.iloc[0]
    message: dict[str, Any] = {
        "n": {name: _plain(first[f"n_{name}"]) for name in NAMES},
        "percent": {name: _plain(first[f"percent_{name}"]) for name in PATTERNS},
        "moves": None,
    }
    if moves is not None:
        rows = [name for name in moves.index if moves.loc[name].any()]
        columns = [name for name in moves.columns if moves[name].any()]
        stay = sum(int(moves.loc[name, name]) for name in moves.index)
        message["moves"] = {
            "rows": rows,
            "columns": columns,
            "n": moves.loc[rows, columns].to_numpy().tolist(),
            "changed": int(moves.to_numpy().sum()) - stay,
            "of": int(moves.to_numpy().sum()),
        }
    return message


def hazard_message(table: pd.DataFrame) -> dict[str, list[Any]]:
    """Return first ruptures by session, column by column."""
    return _columns(table[list(HAZARD)])


def moderation_message(row: pd.DataFrame, at: Mapping[str, float] | None) -> dict[str, Any]:
    """Return the moderation with its evidence; at : its place on the curve."""
    shown = worded(row, TABLES["multiverse"], masked=True)
    values = {name: _plain(value) for name, value in shown.iloc[0].items()}
    return {**values, "place": dict(at) if at else None}


def chance_message(table: pd.DataFrame, replicates: int) -> dict[str, Any]:
    """Return the shares expected by chance, of each kind and pattern."""
    return {"rows": _columns(table[list(CHANCE)]), "replicates": replicates}


def patients_message(classes: pd.DataFrame, found: Detection) -> dict[str, list[Any]]:
    """Return a row per patient of the sample: `id, own, now, drop, ratio, sessions`.

    drop : the largest, in points; ratio : the smallest of drop by threshold, 1 is just a rupture.
    """
    events = found.events
    ratio = (events["drop"] / events["threshold"]).groupby(events["patient_id"]).min()
    people = classes[classes["now"] != "left out"].set_index("patient_id")
    largest = events.groupby("patient_id")["drop"].max()
    people = people.assign(drop=largest.round(4), ratio=ratio.round(4))
    return _columns(people.rename_axis("id").reset_index())


def _columns(table: pd.DataFrame) -> dict[str, list[Any]]:
    return {str(name): [_plain(value) for value in table[name]] for name in table}


def _plain(value: Any) -> Any:  # noqa: ANN401 - a cell of a table
    if isinstance(value, np.generic):
        value = value.item()
    return None if value is None or pd.isna(value) else value
