"""Columns that differ in numbers alone: `wai_1`, `wai_2`, …; what the numbers may count."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

Meaning = Literal["session", "item"]
MIN_NUMBERS = 3  # numbers that make a series
NUMBER = re.compile(r"\d+")
_SESSION = re.compile(
    r"(^|[\W_])(s|t|w|sess|session|sessions|sessie|sitzung|sitz|stunde|std|termin|kontakt|samtale|"
    r"møde|gang|zitting|week|woche|uge|uke|vecka|visit|besuch|besøg|time|zeit|tid|zp|mzp|tp|wave|"
    r"welle|event)[\W_]*$",
    re.IGNORECASE,
)
_ITEM = re.compile(
    r"(^|[\W_])(i|q|sq|it|item|items|frage|fr|question|quest|spm|sp|spørgsmål|vraag|nr|no)[\W_]*$",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Series:
    """One column, or several that differ in numbers.

    pieces : the name before, between and behind the numbers that vary, other numbers included;
    numbers : of each column, those that vary, as written.
    """

    pieces: tuple[str, ...]
    numbers: tuple[tuple[str, ...], ...]

    @property
    def slots(self) -> int:
        """How many numbers vary; none where the series is a single column."""
        return len(self.pieces) - 1

    @property
    def names(self) -> list[str]:
        """The columns as the file names them."""
        return [
            "".join(a + b for a, b in zip(self.pieces, [*row, ""], strict=True))
            for row in self.numbers
        ]

    def pattern(self, meanings: Iterable[Meaning]) -> str:
        """Return the name with `{session}` or `{item}` in the place of each number."""
        marks = ["{" + meaning + "}" for meaning in meanings]
        return "".join(a + b for a, b in zip(self.pieces, [*marks, ""], strict=True))

    def marked(self, slot: int) -> Meaning | None:
        """Return what the letters before a number say that it counts."""
        before = self.pieces[slot]
        if _SESSION.search(before):
            return "session"
        return "item" if _ITEM.search(before) else None

    @property
    def words(self) -> str:
        """The name without the numbers that vary and without the marks before them."""
        kept = []
        for slot, piece in enumerate(self.pieces):
            mark = slot < self.slots and (_SESSION.search(piece) or _ITEM.search(piece))
            kept.append(piece[: mark.start()] if mark else piece)
        return re.sub(r"[\W_]+", "_", "_".join(kept)).strip("_")


def series_of(columns: Iterable[str], known: frozenset[str] = frozenset()) -> list[Series]:
    """Return the columns in their order, those that differ in numbers alone as one series.

    known : names that end in a number, such as `phq9`, in small letters and digits alone.
    """
    groups: dict[str, list[str]] = {}
    for column in columns:
        groups.setdefault(NUMBER.sub("#", column), []).append(column)
    return [found for members in groups.values() for found in _split(members, known)]


def _split(members: list[str], known: frozenset[str]) -> list[Series]:
    """Return columns with the same letters as series, apart by the numbers that do not vary."""
    numbers = [NUMBER.findall(name) for name in members]
    places = list(zip(*numbers, strict=True))
    before = NUMBER.split(members[0])
    ahead = [_of_the_name(before[i], place, known) for i, place in enumerate(places)]
    varies = [
        _counts_up({int(text[n:]) for text in place})
        for place, n in zip(places, ahead, strict=True)
    ]
    if not any(varies):
        return [Series((name,), ((),)) for name in members]
    apart: dict[tuple[str, ...], list[tuple[str, ...]]] = {}
    for name, found in zip(members, numbers, strict=True):
        texts = NUMBER.split(name)
        pieces, values = [texts[0]], []
        for place, varying in enumerate(varies):
            if varying:
                pieces[-1] += found[place][: ahead[place]]
                values.append(found[place][ahead[place] :])
                pieces.append(texts[place + 1])
            else:
                pieces[-1] += found[place] + texts[place + 1]
        apart.setdefault(tuple(pieces), []).append(tuple(values))
    result = []
    for pieces_, rows in apart.items():
        if len(rows) >= MIN_NUMBERS:
            result.append(Series(pieces_, tuple(rows)))
        else:  # too few to be a series
            names = [
                "".join(a + b for a, b in zip(pieces_, [*row, ""], strict=True)) for row in rows
            ]
            result += [Series((name,), ((),)) for name in names]
    return result


def _counts_up(numbers: set[int]) -> bool:
    """Whether numbers are those of sessions or items: 1, 2, 3, …, with gaps; not 12, 32, 64."""
    enough = len(numbers) >= MIN_NUMBERS
    return enough and (min(numbers) <= 1 or max(numbers) - min(numbers) < 2 * len(numbers))


def _of_the_name(before: str, numbers: Iterable[str], known: frozenset[str]) -> int:
    """Return how many first digits belong to the name: one in `phq901` to `phq909`.

    Known names decide, such as `core10` in `core101`; else as many digits as all have in common.
    """
    found = set(numbers)
    if len(found) < MIN_NUMBERS or min(map(int, found)) <= 1:
        return 0
    shortest = min(found, key=len)
    possible = [
        n
        for n in range(1, len(shortest))
        if len({text[:n] for text in found}) == 1 and min(int(text[n:]) for text in found) <= 1
    ]
    letters = re.sub(r"[\W_]", "", before.lower())
    named = [n for n in possible if any((letters + shortest[:n]).endswith(name) for name in known)]
    return max(named or possible, default=0)
