"""Symptoms that are rated apart from the sessions, in a table with dates of their own."""

from collections.abc import Mapping

import pandas as pd

from rupture_repair.cohort.choices import Choice, best_of, choice_of, choices_of, columns_of
from rupture_repair.cohort.proposal import MIN_UNIQUE_SHARE, Proposal, share_unique, with_columns
from rupture_repair.config.instruments import Instrument

ROLES = ("patient_id", "date", "symptoms")
SHARED = 0.5  # of the patients of the smaller table


def with_separate_symptoms(
    proposal: Proposal,
    tables: Mapping[str, pd.DataFrame],
    own: pd.DataFrame,
    library: Mapping[str, Instrument],
) -> Proposal | None:
    """Return the proposal with symptoms from the table `own`, None where it holds none.

    Only where the session table holds no symptoms and has a date, by which they can be matched.
    tables : the raw tables of the proposal, `patients` and `sessions`.
    """
    rated = proposal.chosen["sessions"]
    ids = rated.get("patient_id")
    if (
        rated.get("symptoms")
        or not rated.get("date")
        or not ids
        or ids.pattern not in tables["sessions"]
    ):
        return None
    choices = choices_of(own, ROLES, library, wide=False)
    chosen = {role: best_of(choices[role]) for role in ROLES if choices.get(role)}
    chosen["patient_id"] = _same_patients(choices, own, set(tables["sessions"][ids.pattern]))
    chosen["date"] = _date(choices, own, chosen["patient_id"], library)
    if not all(chosen.get(role) for role in ROLES):
        return None
    sessions = {role: choice for role, choice in rated.items() if role != "symptoms"}
    kinds = {"patients": proposal.chosen["patients"], "sessions": sessions}
    return with_columns(
        kinds | {"symptoms": {role: chosen[role] for role in ROLES}},
        proposal.choices | {"symptoms": choices},
        {**tables, "symptoms": own},
        library,
    )


def _same_patients(
    choices: Mapping[str, list[Choice]], own: pd.DataFrame, known: set[str]
) -> Choice | None:
    """Return the column with most pseudonyms of the session table, if it has enough."""

    def shared(choice: Choice) -> float:
        here = set(own[choice.pattern]) - {""}
        return len(here & known) / max(min(len(here), len(known - {""})), 1)

    columns = [choice for choice in choices.get("patient_id", []) if choice.pattern in own]
    best = max(columns, key=shared, default=None)
    return best if best is not None and shared(best) >= SHARED else None


def _date(
    choices: Mapping[str, list[Choice]],
    own: pd.DataFrame,
    ids: Choice | None,
    library: Mapping[str, Instrument],
) -> Choice | None:
    """Return the column of dates that differ most between the rows of a patient.

    One that is called a date goes before others that hold dates.
    """
    called = choices.get("date", [])
    held = [choice_of(name, name, "date", own, library) for name in columns_of(own)]
    for columns in (called, held):
        shares = [(share_unique(own, ids.pattern if ids else None, c, "date"), c) for c in columns]
        share, best = max(shares, key=lambda pair: pair[0], default=(0.0, None))
        if share >= MIN_UNIQUE_SHARE:
            return best
    return None
