"""Which columns of a raw table may have which role, by their names and their cells."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import product

import pandas as pd

from rupture_repair.cohort.headings import numbered_names, role_of
from rupture_repair.cohort.recognition import Evidence, Recognised, evidence, recognised
from rupture_repair.cohort.series import Meaning, Series, series_of
from rupture_repair.config.instruments import Instrument

MAX_AGE = 120
NUMBERS_SHARE = 0.95
# pseudonyms occur again where a row is a session
REPEATED = 0.9
NOTHING = Recognised()


@dataclass(frozen=True)
class Choice:
    """A column, or a pattern of several, that may have a role.

    pattern : with `{session}` and `{item}`; words : its name without those numbers; doubtful :
    whether the numbers may as well count items as sessions.
    """

    pattern: str
    words: str
    found: Evidence
    tools: Recognised = NOTHING
    doubtful: bool = False

    @property
    def items(self) -> bool:
        """Whether the columns are answers to items."""
        return "{item}" in self.pattern


def is_wide(table: pd.DataFrame, library: Mapping[str, Instrument]) -> bool:
    """Whether a row seems to hold all sessions of a patient.

    Pseudonyms that occur again, or a column of session numbers, say that a row is a session.
    """
    found = series_of(columns_of(table), numbered_names(library))
    roles = {role_of(s.words, library) for s in found if not s.slots}
    ids = [s.pieces[0] for s in found if not s.slots and role_of(s.words, library) == "patient_id"]
    for name in ids:
        cells = table.loc[table[name] != "", name]
        if len(cells) and cells.nunique() < REPEATED * len(cells):
            return False
    if "session" in roles:
        return False
    rated = [s for s in found if s.slots and role_of(s.words, library) in {"alliance", "symptoms"}]
    marked = any(s.marked(slot) == "session" for s in rated for slot in range(s.slots))
    return bool(rated) and (bool(ids) or marked)


def choice_of(
    pattern: str, words: str, role: str, table: pd.DataFrame, library: Mapping[str, Instrument]
) -> Choice:
    """Return a column as a choice for a role, with what its cells hold."""
    found = evidence(table, pattern)
    measured = role in {"alliance", "symptoms", "iip"}
    tools = recognised(words, role, found, library) if measured else NOTHING
    return Choice(pattern, words, found, tools)


MEANINGS: tuple[Meaning, Meaning] = ("session", "item")


def patterns(table: pd.DataFrame, library: Mapping[str, Instrument]) -> dict[str, str]:
    """Return every column or pattern that a person may name → its words without numbers."""
    return {
        series.pattern(meanings): series.words
        for series in series_of(columns_of(table), numbered_names(library))
        for meanings in product(MEANINGS, repeat=series.slots)
        if len(set(meanings)) == len(meanings)
    } | {column: column for column in columns_of(table)}


def choices_of(
    table: pd.DataFrame,
    roles: tuple[str, ...],
    library: Mapping[str, Instrument],
    *,
    wide: bool | None,
) -> dict[str, list[Choice]]:
    """Return by role the columns that may be meant. wide : None for what is asked once."""
    found: dict[str, list[Choice]] = {}
    for series in series_of(columns_of(table), numbered_names(library)):
        role = role_of(series.words, library)
        if role not in roles:
            continue
        per_session = bool(wide) and role not in {"patient_id", "therapist_id"}
        for meanings in _meanings(series, role, per_session=per_session):
            pattern = series.pattern(meanings)
            choice = choice_of(pattern, series.words, str(role), table, library)
            if meanings == ("session",) and series.marked(0) is None:
                items = series.pattern(("item",))
                other = choice_of(items, series.words, str(role), table, library)
                choice = replace(choice, doubtful=bool(other.tools.fitting))
            if _plausible(choice, str(role)):
                found.setdefault(str(role), []).append(choice)
    return {role: found[role] for role in roles if role in found}


def _meanings(
    series: Series, role: str | None, *, per_session: bool
) -> Iterator[tuple[Meaning, ...]]:
    """Yield what the numbers of a series may count: sessions where a row holds several."""
    wanted: dict[int, list[tuple[Meaning, ...]]] = {
        0: [] if per_session else [()],
        1: [("session",)] if per_session else [("item",)],
        2: [("session", "item"), ("item", "session")] if per_session else [],
    }
    measured = role in {"alliance", "symptoms", "iip"}
    marks = [series.marked(slot) for slot in range(series.slots)]
    for meanings in wanted.get(series.slots, []):
        if "item" in meanings and not measured:
            continue
        if any(mark and mark != m for mark, m in zip(marks, meanings, strict=True)):
            continue
        yield meanings


def _plausible(choice: Choice, role: str) -> bool:
    """Leave out columns of impossible ages; they are listed among the unused ones."""
    if role == "age":
        years = sum(n for v, n in choice.found.tally.items() if 0 < v <= MAX_AGE)
        words = sum(choice.found.words.values())
        return years >= NUMBERS_SHARE * max(choice.found.n + words, 1)
    if role == "session" and "redcap" not in choice.pattern.lower():
        return choice.found.n > sum(choice.found.words.values())
    return True


def best_of(choices: list[Choice]) -> Choice | None:
    """Return the likeliest of several columns, None where the same cells may be two things.

    A score is preferred to its items: the clinic has already reversed the items in it.
    """

    def rank(choice: Choice) -> tuple[bool, bool, bool, bool]:
        known = choice.tools
        return (known.clear, bool(known.fitting), choice.found.n > 0, not choice.items)

    best = max(choices, key=rank)
    rivals = [c for c in choices if c.words == best.words and c != best and rank(c) == rank(best)]
    return None if best.doubtful or (rivals and "{" in best.pattern) else best


def columns_of(table: pd.DataFrame) -> list[str]:
    """Return the columns of a raw table as the file names them."""
    return [str(column) for column in table if column != "line"]


def shown(series: Series) -> str:
    """Return a series as people write it: `wai_01 to wai_12`."""
    names = series.names
    return names[0] if len(names) == 1 else f"{names[0]} to {names[-1]}"
