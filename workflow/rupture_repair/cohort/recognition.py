"""What the cells of raw columns tell: numbers and their range, missing codes, formats of dates."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import pandas as pd

from rupture_repair.config.instruments import Instrument
from rupture_repair.config.reading import DATE_FORMATS

# numbers and words that clinics type where there is no answer
NUMBER_CODES = (
    "-1", "-8", "-9", "-66", "-77", "-88", "-99", "-999", "-9999",
    "7", "8", "9", "66", "77", "88", "97", "98", "99", "777", "888", "998", "999", "9999",
)  # fmt: skip
WORD_CODES = ("NA", "NaN", "N/A", "n/a", "n.a.", ".", "-", "--", "?", "k.A.", "k. A.", "missing")
# a few slips of the pen must not hide what a column holds
FITTING_SHARE = 0.95
SLIPS_SHARE = 0.01
FEW_SLIPS = 3  # a 7, 8 or 9 that occurs less often may be a slip


@dataclass(frozen=True)
class Evidence:
    """What the columns of one role hold.

    columns : number of columns; items : different item numbers, 0 where a column is a score;
    sessions : different session numbers in a wide file; n : numbers found; low, high : the
    smallest and largest of them that are no missing code; tally : number → count; codes : possible
    missing codes → count.
    """

    columns: int = 0
    items: int = 0
    sessions: int = 0
    different: int = 0
    n: int = 0
    low: float = float("nan")
    high: float = float("nan")
    tally: dict[float, int] = field(default_factory=dict)
    codes: dict[str, int] = field(default_factory=dict)


def matching(pattern: str, columns: Iterable[str]) -> list[re.Match[str]]:
    """Return the columns that a name or a pattern with `{session}` and `{item}` stands for."""
    expression = re.escape(pattern)
    for mark in ("session", "item"):
        expression = expression.replace(re.escape("{" + mark + "}"), rf"(?P<{mark}>\d+)", 1)
    found = (re.fullmatch(expression, str(column)) for column in columns)
    return [match for match in found if match]


def evidence(table: pd.DataFrame, pattern: str) -> Evidence:
    """Return what the columns of `pattern` hold in a raw table (text cells)."""
    matches = matching(pattern, table.columns)
    if not matches:
        return Evidence()
    cells = pd.concat([table[match[0]] for match in matches], ignore_index=True)
    cells = cells[cells != ""]
    numbers = pd.to_numeric(cells, errors="coerce")
    codes = cells[cells.isin(NUMBER_CODES) | cells.isin(WORD_CODES)].value_counts()
    plain = numbers[~cells.isin(NUMBER_CODES)].dropna()
    return Evidence(
        columns=len(matches),
        items=len({m["item"] for m in matches}) if "{item}" in pattern else 0,
        sessions=len({int(m["session"]) for m in matches}) if "{session}" in pattern else 0,
        different=int(cells.nunique()),
        n=int(numbers.notna().sum()),
        low=float(plain.min()),
        high=float(plain.max()),
        tally={float(v): int(n) for v, n in numbers.value_counts().items()},
        codes={str(code): int(n) for code, n in codes.items()},
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
    """Whether number of items and range of the cells are those of the questionnaire."""
    if found.items and (tool.scoring is None or tool.scoring.items != found.items):
        return False
    codes = {float(code) for code in found.codes if code in NUMBER_CODES}
    strange = sum(n for v, n in outside(tool, found).items() if v not in codes)
    return found.n > 0 and strange <= (1 - FITTING_SHARE) * found.n


def missing_codes(found: Evidence, tool: Instrument | None) -> dict[str, int]:
    """Return the codes that can only mean `no answer`: words, and numbers outside of the range."""
    impossible = outside(tool, found) if tool else {}
    return {
        code: n
        for code, n in found.codes.items()
        if code in WORD_CODES
        or (float(code) in impossible and n >= (1 if len(code) > 1 else FEW_SLIPS))
    }


def date_formats(table: pd.DataFrame, pattern: str) -> list[str]:
    """Return the formats in which every cell is a date; two where days and months look alike."""
    cells = pd.concat([table[m[0]] for m in matching(pattern, table.columns)], ignore_index=True)
    cells = cells[~cells.isin(["", *WORD_CODES])].str.replace(r"[ T]\d\d:\d\d.*$", "", regex=True)
    if cells.empty:
        return []
    return [
        name
        for name, form in DATE_FORMATS.items()
        if pd.to_datetime(cells, format=form, errors="coerce").notna().mean() >= FITTING_SHARE
    ]


def candidates(
    column: str, role: str, found: Evidence, library: Mapping[str, Instrument]
) -> tuple[list[str], bool]:
    """Return the questionnaires that a column may hold, and whether the first can be proposed.

    One whose full name begins the column's goes first. Else those that fit by range and number of
    items, of the family that the column is named after (`wai_1`: WAI-SR, WAI-S) if there is one;
    likelier is one without more than slips outside of its range, then one with a narrower range.
    A range alone, without name or items, says too little where several fit.
    """
    name = _bare(column)
    keys = [key for key, tool in library.items() if tool.measures == role]
    named = [key for key in keys if re.match(_as_written(key), name)]
    if named:
        return [max(named, key=len)], True
    fitting = [key for key in keys if fits(library[key], found)]
    family = [key for key in fitting if name.startswith(re.split(r"[-\d]", key.lower())[0])]
    ranks = {
        key: (
            sum(outside(library[key], found).values()) > SLIPS_SHARE * found.n,
            library[key].maximum - library[key].minimum,
        )
        for key in family or fitting
    }
    ordered = sorted(ranks, key=lambda key: ranks[key])
    alone = len(ordered) == 1
    clear = alone or (len(ordered) > 1 and ranks[ordered[0]] < ranks[ordered[1]])
    return ordered, clear and (alone or bool(family) or found.items > 0)


def _bare(column: str) -> str:
    """Return the name without the numbers of sessions and items and their marks."""
    name = re.sub(
        r"(^|[_. -])(s|t|w|sess|session|sitzung|week|visit|time)[_. -]?\{session\}", "_",
        column.lower(),
    )  # fmt: skip
    return re.sub(r"(item|i|q|nr)?[_. -]?\{item\}|\{session\}", "_", name).lstrip("_. -")


def _as_written(key: str) -> str:
    """Return a pattern for `WAI-S`, `wai_s`, `WAIS`, but not for `wai_sum`."""
    return r"[^a-z0-9]*".join(re.sub(r"[^a-z0-9]", "", key.lower())) + r"(?![a-z0-9])"
