"""How the raw files of a clinic are written."""

from typing import Literal

from pydantic import Field

from rupture_repair.config.base import Strict

DATE_FORMATS = {
    "YYYY-MM-DD": "%Y-%m-%d",
    "DD.MM.YYYY": "%d.%m.%Y",
    "DD/MM/YYYY": "%d/%m/%Y",
    "MM/DD/YYYY": "%m/%d/%Y",
}


class Reading(Strict):
    """How one raw file is written; the ending of its name tells the kind of file."""

    delimiter: Literal["auto", "comma", "semicolon", "tab"] = Field(
        "auto", description="What separates the cells of a text file; `auto` reads the heading."
    )
    decimal: Literal["auto", "point", "comma"] = Field(
        "auto",
        description=(
            "Decimal mark of a text file; `auto`: either mark where semicolons or tabs separate "
            "the cells, the point where commas do."
        ),
    )
    encoding: Literal["auto", "utf-8", "windows-1252"] = Field(
        "auto",
        description="Encoding of a text file; `auto`: UTF-8, else Windows-1252 with a note.",
    )
    dates: Literal["YYYY-MM-DD", "DD.MM.YYYY", "DD/MM/YYYY", "MM/DD/YYYY"] = Field(
        "YYYY-MM-DD", description="How dates are written where cells are text."
    )
    sheet: str | None = Field(
        None, description="Sheet of an Excel file; needed where there are several."
    )
    value_labels: tuple[str, ...] = Field(
        (),
        description=(
            "Columns of an SPSS or Stata file read as labels (`female`) instead of codes (1)."
        ),
    )


class Readings(Strict):
    """How the two raw files are written."""

    patients: Reading = Field(Reading(), description="How the patient file is written.")
    sessions: Reading = Field(Reading(), description="How the session file is written.")
