"""Dates as clinics write them: any marks, short years, names of months, times behind them."""

import datetime
import re
from collections.abc import Iterable

import pandas as pd

from rupture_repair.config.reading import DATE_ORDERS

# by their first three letters in English, German, Danish, Norwegian, Swedish and Dutch
MONTHS = {
    name: number
    for number, names in enumerate(
        ("jan", "feb", "mar mär mrz mae mrt maa", "apr", "may mai maj mei", "jun", "jul", "aug",
         "sep", "oct okt", "nov", "dec dez des"),
        start=1,
    )
    for name in names.split()
}  # fmt: skip
_WEEKDAY = re.compile(r"([^\W\d_]{2,10})\.?,?\s+(?=\w)")
_TIME = re.compile(
    r"(,?\s+|T)\d{1,2}[:.]\d\d([:.]\d\d)?([.,]\d+)?"
    r"\s*([ap]\.?m\.?|uhr|h|Z|[+-]\d\d:?\d\d)?$",
    re.IGNORECASE,
)
_PARTS = re.compile(r"(\w+)(\s*[-/.,]\s*|\s+)(\w+)\.?(?:\s*[-/.,]\s*|\s+)(\d{4}|\d{1,2})\.?")
_COMPACT = re.compile(r"((?:19|20)\d\d)([01]\d)([0-3]\d)")
# seconds since the calendar of Gregory: how SPSS stores a date, where it was not declared as one
_SECONDS = re.compile(r"1[34]\d{9}")  # 1994 to 2057
_GREGORY = datetime.datetime(1582, 10, 14)
# fewer dates than this share may be slips and do not decide the order of the others
SLIPS_SHARE = 0.05


def possible(text: str) -> dict[str, datetime.date]:
    """Return the dates that a cell may be, by the order of its parts: `dmy`, `mdy`.

    A date that can be read in one way alone, such as 2024-03-15, is the same in both orders.
    """
    text = text.strip()
    weekday = _WEEKDAY.match(text)
    if weekday and weekday[1][:3].casefold() not in MONTHS:
        text = text[weekday.end() :]
    text = _TIME.sub("", text)
    if compact := _COMPACT.fullmatch(text):
        return _both(_date(*compact.groups()))
    if _SECONDS.fullmatch(text):
        return _both((_GREGORY + datetime.timedelta(seconds=int(text))).date())
    match = _PARTS.fullmatch(text)
    if match is None:
        return {}
    first, mark, second, last = match.groups()
    if len(first) == 4 and first.isdecimal():
        return _both(_date(first, second, last))
    if not first.isdecimal():
        return _both(_date(last, first, second))
    if not second.isdecimal():
        return _both(_date(last, second, first))
    orders = {"dmy": _date(last, second, first)}
    if "." not in mark:  # with points the day goes first everywhere
        orders["mdy"] = _date(last, first, second)
    return {order: date for order, date in orders.items() if date}


def order_of(cells: Iterable[str]) -> str | None:
    """Return the order of a column's dates, `dmy` or `mdy`; None where the cells fit both.

    Cells that fit neither order do not count. A few that fit only the other one are slips.
    """
    found = [possible(cell) for cell in cells]
    telling = [next(iter(dates)) for dates in found if len(dates) == 1]
    doubtful = any(len(set(dates.values())) > 1 for dates in found)
    if not telling:
        return None if doubtful else "dmy"
    for order in ("dmy", "mdy"):
        if telling.count(order) >= (1 - SLIPS_SHARE) * len(telling):
            return order
    return None


def iso_dates(dates: pd.Series, written: str) -> pd.Series:
    """Return dates as YYYY-MM-DD; a cell that is no date, or may be two, stays as it is.

    dates : text. written : a key of `DATE_ORDERS`, for `auto` the column tells its order.
    """
    texts = dates.dropna().unique()
    order = DATE_ORDERS[written] or order_of(texts)
    new = {}
    for text in texts:
        found = possible(text)
        if order is None and len(set(found.values())) == 1:
            new[text] = next(iter(found.values())).isoformat()
        elif order in found:
            new[text] = found[order].isoformat()
    return dates.map(lambda text: new.get(text, text), na_action="ignore").astype(dates.dtype)


def _both(date: datetime.date | None) -> dict[str, datetime.date]:
    return {"dmy": date, "mdy": date} if date else {}


def _date(year: str, month: str, day: str) -> datetime.date | None:
    number = MONTHS.get(month[:3].casefold()) if not month.isdecimal() else int(month)
    if number is None or not day.isdecimal() or len(year) not in {2, 4}:
        return None
    years = int(year) if len(year) == 4 else 2000 + int(year) - 100 * (int(year) > 68)
    try:
        return datetime.date(years, number, int(day))
    except ValueError:
        return None
