"""What templates of words may do with a number or a list: `{{ share | percent(1) }}`."""

import re
from collections.abc import Callable, Iterable
from typing import Any, Protocol

from rupture_repair.words import apa

# white space before a comma, a closing bracket or a full stop, and after an opening bracket
BEFORE = re.compile(r"[ \t\n]+(?=[,;:)\]]|[.?!](?:\s|$))")
AFTER = re.compile(r"(?<=[(\[])[ \t\n]+")
SPACE = re.compile(r"[ \t\n]+")


class Loop(Protocol):
    """What a template knows of its loop."""

    first: bool
    last: bool


def in_one_line(text: str) -> str:
    """Return text with one space where its template has any, and none before punctuation."""
    return SPACE.sub(" ", AFTER.sub("", BEFORE.sub("", text))).strip(" ")


def capital(text: str) -> str:
    """Return text with a capital at its beginning, the rest as it is."""
    text = in_one_line(text)
    return text[:1].upper() + text[1:]


def between(loop: Loop, mark: str, last: str | None = None) -> str:
    """Return what stands before an item of a list: a mark, or another before the last one.

    `{{ loop | between(", ", " and ") }}` in the body of a loop gives `a, b and c`.
    """
    if loop.first:
        return ""
    return last if loop.last and last is not None else mark


def joined(items: Iterable[str], last: str) -> str:
    """Return `a, b and c` of three items, for `last` = ` and `."""
    *front, end = [in_one_line(item) for item in items] or [""]
    return last.join([", ".join(front), end]) if front else end


def percent(share: float, decimals: int = 0) -> str:
    """Return a share of 1 as `12.3%`."""
    return f"{apa.number(100 * share, decimals)}%"


def interval(value: Any, decimals: int = 2) -> str:  # noqa: ANN401 - all that has both limits
    """Return the limits of an estimate as `[low, high]`."""
    return apa.interval(value.ci_low, value.ci_high, decimals)


def digits(value: float) -> str:
    """Return a number with the digits that it has: `5`, `0.25`."""
    return f"{value:g}"


FILTERS: dict[str, Callable[..., Any]] = {
    "between": between,
    "capital": capital,
    "count": apa.count,
    "degrees": apa.degrees,
    "digits": digits,
    "interval": interval,
    "joined": joined,
    "number": apa.number,
    "p": apa.p_statement,
    "percent": percent,
    "plural": apa.plural,
    "proportion": apa.proportion,
    "size": apa.size,
}

# German: decimal comma, point between thousands, no number without its zero, a blank before %
_MARKS = str.maketrans(",.", ".,")
_BLANK = "\N{NO-BREAK SPACE}"


def _german(written: Callable[..., str]) -> Callable[..., str]:
    """Return a filter that writes with a comma what `written` writes with a point."""

    def with_comma(value: Any, *options: Any) -> str:  # noqa: ANN401 - as the filter has them
        return written(value, *options).translate(_MARKS)

    return with_comma


def _with_zero(value: float, decimals: int = 2) -> str:
    return apa.number(value, decimals)


def _p_with_zero(value: float) -> str:
    return apa.p_statement(value).replace(" .", " 0.")


def _german_percent(share: float, decimals: int = 0) -> str:
    return f"{_german(apa.number)(100 * share, decimals)}{_BLANK}%"


def _german_interval(value: Any, decimals: int = 2) -> str:  # noqa: ANN401 - has both limits
    low, high = (_german(apa.number)(limit, decimals) for limit in (value.ci_low, value.ci_high))
    return f"[{low}; {high}]"


GERMAN: dict[str, Callable[..., Any]] = {
    "count": _german(apa.count),
    "degrees": _german(apa.degrees),
    "digits": _german(digits),
    "interval": _german_interval,
    "number": _german(apa.number),
    "p": _german(_p_with_zero),
    "percent": _german_percent,
    "proportion": _german(_with_zero),
    "size": _german(apa.size),
}
# what is written otherwise than in English, by the name of the folder of templates
OF_LANGUAGES: dict[str, dict[str, Callable[..., Any]]] = {"de": GERMAN}
