"""Names of columns that hold the numbers of sessions and items: `wai_{item}_s{session}`.

A number may have zeros before it: `wai_{item}` stands for `wai_01`, `wai[SQ{item}]` for
`wai[SQ001]`.
"""

import re
from collections.abc import Iterable

ITEM = "{item}"


def expression(pattern: str, labels: Iterable[str] = ()) -> str:
    """Return the regular expression of a pattern, with groups `session` and `item`.

    labels : what may stand for the number of a session: `pre`.
    """
    places = {"session": "|".join([r"\d+", *map(re.escape, labels)]), "item": r"\d+"}
    words = re.escape(pattern)
    for mark, place in places.items():
        words = words.replace(re.escape("{" + mark + "}"), f"(?P<{mark}>{place})", 1)
    return words


def matching(
    pattern: str, columns: Iterable[str], labels: Iterable[str] = ()
) -> list[re.Match[str]]:
    """Return the columns that a name or a pattern with `{session}` and `{item}` stands for."""
    compiled = re.compile(expression(pattern, labels))
    found = (compiled.fullmatch(str(column)) for column in columns)
    return [match for match in found if match]


def items_of(pattern: str, n_items: int, columns: Iterable[str]) -> list[str]:
    """Return the names of the items that a pattern stands for, as the columns write the numbers.

    With `{session}` in the pattern, so have the names. An item without a column is written
    without zeros.
    """
    written: dict[int, str] = {}
    for match in matching(pattern, columns):
        written.setdefault(int(match["item"]), match["item"])
    return [
        pattern.replace(ITEM, written.get(number, str(number)), 1)
        for number in range(1, n_items + 1)
    ]
