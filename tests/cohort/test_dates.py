"""Dates in the ways clinics write them, alone and mixed within a column."""

import datetime

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rupture_repair.cohort.dates import iso_dates, order_of, possible

# fmt: off
DAY_FIRST = ("{d:02d}.{m:02d}.{y}", "{d}.{m}.{y}", "{d:02d}.{m:02d}.{s:02d}", "{d}. {m}. {y}",
             "{d:02d}-{m:02d}-{y}", "{d}/{m}/{y}", "{d:02d}/{m:02d}/{s:02d}", "{d} {m} {y}")
# fmt: on
MONTH_FIRST = ("{m:02d}/{d:02d}/{y}", "{m}/{d}/{y}", "{m}-{d}-{s:02d}")
EITHER = ("{y}-{m:02d}-{d:02d}", "{y}/{m}/{d}", "{y}{m:02d}{d:02d}", "{y}.{m:02d}.{d:02d}")
BEHIND = ("", " 14:30", " 14:30:05", ", 14:30", " 14.30", " 2:30 PM", " 14:30 Uhr")
BEFORE = ("", "Mi, ", "Wed ", "Mittwoch, ", "ons. ")
days = st.dates(datetime.date(1990, 1, 1), datetime.date(2049, 12, 31))


def written(day, form):
    return form.format(d=day.day, m=day.month, y=day.year, s=day.year % 100)


@given(
    dates=st.lists(days, min_size=1, max_size=30),
    order=st.sampled_from(["dmy", "mdy"]),
    draw=st.data(),
)
def test_every_date_is_read_in_a_column_whose_order_is_named(dates, order, draw):
    """Different forms, times and days of the week within one column."""
    forms = EITHER + (DAY_FIRST if order == "dmy" else MONTH_FIRST)
    cells = [
        draw.draw(st.sampled_from(BEFORE))
        + written(day, draw.draw(st.sampled_from(forms)))
        + draw.draw(st.sampled_from(BEHIND))
        for day in dates
    ]
    name = {"dmy": "DD/MM/YYYY", "mdy": "MM/DD/YYYY"}[order]
    assert iso_dates(pd.Series(cells), name).tolist() == [day.isoformat() for day in dates]


@given(dates=st.lists(days, min_size=1, max_size=30), order=st.sampled_from(["dmy", "mdy"]))
def test_dates_of_ambiguous_order_stay_unchanged(dates, order):
    """With slashes alone: read rightly, or not at all, and never with the months as days."""
    cells = [written(day, "{d}/{m}/{y}" if order == "dmy" else "{m}/{d}/{y}") for day in dates]
    tells = any(day.day > 12 for day in dates) or all(day.day == day.month for day in dates)
    found = iso_dates(pd.Series(cells), "auto").tolist()
    if tells:
        assert found == [day.isoformat() for day in dates]
    else:
        same = {cell: day for cell, day in zip(cells, dates, strict=True) if day.day == day.month}
        assert found == [same[cell].isoformat() if cell in same else cell for cell in cells]


@pytest.mark.parametrize(
    "text",
    ["15-MAR-2023", "15. März 2023", "15 mars 2023", "March 15, 2023", "15 maart 2023",
     "Wednesday, March 15, 2023", "2023-03-15T14:30:00Z", "2023-03-15 14:30:00.5", "15.Mrz.23"],
)  # fmt: skip
def test_names_of_months_and_times(text):
    assert set(possible(text).values()) == {datetime.date(2023, 3, 15)}


@pytest.mark.parametrize(
    "text",
    ["", "31.02.2023", "2023-02-29", "45000", "03/2023", "14:30", "week 3", "1.2.3", "x.y.2023",
     "12345678901", "15.13.2023", "99999999", "+1.2.2023", "1.5"],
)  # fmt: skip
def test_text_that_is_not_a_date_stays_unchanged(text):
    assert possible(text) == {}


def test_a_few_slips_do_not_change_the_order_of_all_dates():
    cells = [f"{day}/3/2024" for day in range(10, 31)] * 2
    assert order_of([*cells, "3/30/2024"]) == "dmy"
    assert order_of([*cells, *["3/30/2024"] * 10]) is None


def test_two_orders_in_one_column_are_never_guessed():
    cells = ["30/03/2024", "03/30/2024", "2024-03-01", "04/03/2024"]
    found = iso_dates(pd.Series(cells), "auto")
    # what only one order allows is that date; the last cell may be March or April
    assert found.tolist() == ["2024-03-30", "2024-03-30", "2024-03-01", "04/03/2024"]
