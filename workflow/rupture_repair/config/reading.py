"""How the raw files of a clinic are written."""

from typing import Literal

from pydantic import Field, PositiveInt

from rupture_repair.config.base import Strict

# how a date is written → which of day and month goes first; None: the column tells
DATE_ORDERS = {
    "auto": None,
    "YYYY-MM-DD": None,
    "DD.MM.YYYY": "dmy",
    "DD/MM/YYYY": "dmy",
    "MM/DD/YYYY": "mdy",
}


class Reading(Strict):
    """How one raw file is written; the ending of its name tells the kind of file."""

    delimiter: Literal["auto", "comma", "semicolon", "tab"] = Field(
        "auto", description="What separates the cells of a text file; `auto` reads the heading."
    )
    decimal: Literal["auto", "point", "comma"] = Field(
        "auto",
        description=(
            "Decimal mark of a text file, the other one then groups thousands. `auto`: the point "
            "where commas separate the cells; else the cells and the range of the questionnaire "
            "tell, and where `8.000` may be 8 or 8000 the file is refused with that question."
        ),
    )
    encoding: Literal["auto", "utf-8", "windows-1252"] = Field(
        "auto",
        description=(
            "Encoding of a text file, or of the texts in an SPSS or Stata file that states a "
            "wrong one; `auto`: UTF-8, or what the file states, else Windows-1252 with a note."
        ),
    )
    dates: Literal["auto", "YYYY-MM-DD", "DD.MM.YYYY", "DD/MM/YYYY", "MM/DD/YYYY"] = Field(
        "auto",
        description=(
            "How dates are written where cells are text: which of day and month goes first, with "
            "any marks, two or four digits of the year, names of months, times behind them. "
            "`auto`: as the column tells; where 03/04/2024 may be March or April and no other "
            "cell tells, the format must be named."
        ),
    )
    sheet: str | None = Field(
        None, description="Sheet of an Excel file; needed where there are several."
    )
    skip_rows: tuple[PositiveInt, ...] = Field(
        (),
        description=(
            "Rows that are neither heading nor data, by their number in the file: a title above "
            "the heading, labels or units below it, such as `[1, 3]`."
        ),
    )
    value_labels: tuple[str, ...] = Field(
        (),
        description=(
            "Columns of an SPSS or Stata file read as labels (`female`) instead of codes (1)."
        ),
    )


class Readings(Strict):
    """How the raw files are written."""

    patients: Reading = Field(Reading(), description="How the patient file is written.")
    sessions: Reading = Field(Reading(), description="How the session file is written.")
    symptoms: Reading = Field(Reading(), description="How the symptom file is written.")
