"""What raw columns contain: numbers and their range, missing codes, questionnaires."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

import pandas as pd

from rupture_repair.cohort.column_patterns import matching
from rupture_repair.cohort.dates import order_of
from rupture_repair.cohort.headings import family_of, named_tools, numbered_otherwise
from rupture_repair.config.instruments import Instrument

# numbers and words that clinics type where there is no answer
NUMBER_CODES = frozenset(
    {-1, -8, -9, -66, -77, -88, -99, -999, -9999}
    | {7, 8, 9, 66, 77, 88, 97, 98, 99, 777, 888, 998, 999, 9999}
)
WORD_CODES = ("NA", "NaN", "N/A", "n/a", "n.a.", ".", "-", "--", "?", "k.A.", "k. A.", "missing")
# how survey programs write the third of the options
OPTION = re.compile(r"AO?0*(\d{1,2})")
# a share of wrong entries with which a questionnaire is still recognised
FITTING_SHARE = 0.95
SLIPS_SHARE = 0.01
FEW_SLIPS = 3  # a 7, 8 or 9 that occurs less often may be a slip
OFF_GRID_SHARE = 0.2  # a larger share of scores between the steps cannot come from proration
# with at least this many ratings, all below this share of a range, the range is ruled out
ENOUGH, REACHED = 100, 0.7


@dataclass(frozen=True)
class Evidence:
    """What the columns of one role hold.

    columns : number of columns; items : different item numbers, 0 where a column is a score;
    sessions : different session numbers in a wide file; different : contents; n : numbers found;
    tally : number → count; words : contents that are no numbers → count.
    """

    columns: int = 0
    items: int = 0
    sessions: int = 0
    different: int = 0
    n: int = 0
    tally: dict[float, int] = field(default_factory=dict)
    words: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Recognised:
    """Questionnaires that a column may hold.

    fitting : all that are possible, likelier ones first; clear : whether the first can be taken;
    misfit : one that the column is named after and whose range is not that of the cells.
    """

    fitting: tuple[str, ...] = ()
    clear: bool = False
    misfit: str | None = None


def evidence(table: pd.DataFrame, pattern: str) -> Evidence:
    """Return what the columns of `pattern` hold in a raw table (text cells)."""
    matches = matching(pattern, [column for column in table if column != "line"])
    if not matches:
        return Evidence()
    cells = pd.concat([table[match[0]] for match in matches], ignore_index=True)
    cells = cells[cells != ""]
    items = {int(m["item"]) for m in matches} if "{item}" in pattern else set()
    if items and cells.str.fullmatch(OPTION).mean() >= FITTING_SHARE:
        cells = cells.str.replace(OPTION, r"\1", regex=True)
    numbers = pd.to_numeric(cells, errors="coerce")
    return Evidence(
        columns=len(matches),
        items=len(items),
        sessions=len({int(m["session"]) for m in matches}) if "{session}" in pattern else 0,
        different=int(cells.nunique()),
        n=int(numbers.notna().sum()),
        tally={float(v): int(n) for v, n in numbers.value_counts().items()},
        words={str(w): int(n) for w, n in cells[numbers.isna()].value_counts().items()},
    )


def answer_range(tool: Instrument, found: Evidence) -> tuple[float, float]:
    """Return lowest and highest possible cell: of an item where the columns are items."""
    if found.items and tool.scoring:
        return tool.scoring.item_minimum, tool.scoring.item_maximum
    return tool.minimum, tool.maximum


def outside(tool: Instrument, found: Evidence) -> dict[float, int]:
    """Return the numbers that the questionnaire cannot give, with their count."""
    low, high = answer_range(tool, found)
    return {v: n for v, n in found.tally.items() if not low - 1e-6 <= v <= high + 1e-6}


def fits(tool: Instrument, found: Evidence) -> bool:
    """Whether number of items, range and steps of the cells are those of the questionnaire."""
    if found.items and (tool.scoring is None or tool.scoring.items != found.items):
        return False
    strange = sum(n for v, n in outside(tool, found).items() if v not in NUMBER_CODES)
    if found.n == 0 or strange > (1 - FITTING_SHARE) * found.n:
        return False
    return _off_grid(tool, found) <= OFF_GRID_SHARE * found.n


def _off_grid(tool: Instrument, found: Evidence) -> int:
    """Return how many cells lie between possible scores, beyond rounding as the column rounds."""
    low, high = answer_range(tool, found)
    step = 1.0 if found.items and tool.step else tool.step
    if not step:
        return 0
    inside = {value: n for value, n in found.tally.items() if low <= value <= high}
    whole = all(value.is_integer() for value in inside)
    slack = (0.5 if whole and not found.items else 0.05) + 1e-3
    return sum(
        n
        for value, n in inside.items()
        if abs(value - low - step * round((value - low) / step)) > slack
    )


def missing_codes(found: Evidence, tool: Instrument | None) -> dict[str, int]:
    """Return what can only mean `no answer`: words, and usual codes outside of the range."""
    words = {w: n for w, n in found.words.items() if w in WORD_CODES or not re.search(r"\d", w)}
    impossible = outside(tool, found) if tool else {}
    codes = {
        f"{v:g}": n
        for v, n in impossible.items()
        if v in NUMBER_CODES and n >= (FEW_SLIPS if 0 <= v < 10 else 1)
    }
    return words | codes


def date_formats(table: pd.DataFrame, pattern: str) -> list[str]:
    """Return both ways in which the dates may be read where no cell tells, else nothing."""
    cells = pd.concat([table[m[0]] for m in matching(pattern, table.columns)], ignore_index=True)
    texts = cells[~cells.isin(["", *WORD_CODES])].unique()
    return [] if order_of(texts) else ["DD/MM/YYYY", "MM/DD/YYYY"]


def recognised(
    words: str, role: str, found: Evidence, library: Mapping[str, Instrument]
) -> Recognised:
    """Return the questionnaires that a column may hold, by its name and its cells together.

    words : the name of the column without numbers of sessions and items. One that the column is
    named after counts only where its range is that of the cells; where another version of it
    fits, that one is offered. A range alone, without a name, says too little where several fit.
    """
    known = {key: tool for key, tool in library.items() if tool.measures == role}
    named = named_tools(words, known)
    family = family_of(words, known)
    fitting = [key for key in named if fits(known[key], found)]
    misfit = named[0] if named and not fitting else None
    if not fitting:
        fitting = [key for key in family or known if fits(known[key], found)]
    few_slips = [key for key in fitting if _outside(known[key], found) <= SLIPS_SHARE * found.n]
    fitting = sorted(few_slips or fitting, key=lambda key: _width(known[key], found))
    likely = _likely(fitting, known, found)
    clear = len(likely) == 1 and misfit is None and not known[likely[0]].turned_round
    if not named:
        clear = clear and not numbered_otherwise(words, known)
        clear = clear and (bool(family) or len(fitting) == 1)
    ordered = [*likely, *(key for key in fitting if key not in likely)]
    return Recognised(tuple(ordered), clear, misfit)


def _likely(fitting: list[str], known: Mapping[str, Instrument], found: Evidence) -> list[str]:
    """Leave out questionnaires whose wider range the ratings do not nearly reach."""
    if not fitting or found.n < ENOUGH:
        return fitting
    narrow = known[fitting[0]]
    inside = [v for v in found.tally if v not in outside(narrow, found)]

    def stays(key: str) -> bool:
        low, high = answer_range(known[key], found)
        explains = _outside(known[key], found) < _outside(narrow, found)
        return explains or (max(inside) - low) >= REACHED * (high - low)

    likely = [key for key in fitting if stays(key)]
    return likely or fitting


def _outside(tool: Instrument, found: Evidence) -> int:
    return sum(n for v, n in outside(tool, found).items() if v not in NUMBER_CODES)


def _width(tool: Instrument, found: Evidence) -> float:
    low, high = answer_range(tool, found)
    return high - low
