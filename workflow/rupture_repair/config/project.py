"""The project file, `config/config.yaml`."""

import re
from typing import Literal

from pydantic import Field, field_validator

from rupture_repair.config.base import Strict

# folders and files beside those of the cohorts
TAKEN = ("comparison", "summary", "benchmarks")


class Manuscript(Strict):
    """How the paper is rendered."""

    engine: Literal["auto", "quarto", "pandoc"] = Field(
        "auto",
        description=(
            "`auto` takes Quarto when it is found ($QUARTO, the environment, PATH), else pandoc."
        ),
    )


class Project(Strict):
    """Which cohorts are run, and where things are."""

    cohorts: tuple[str, ...] = Field(
        ("igra2025",),
        description="Cohorts to run: files in `cohort_folder`. Two or more are also compared.",
    )
    cohort_folder: str = Field("config/cohorts", description="Folder of the cohort files.")
    results: str = Field("results", description="Folder for everything the workflow makes.")
    left_out: dict[str, str] = Field(
        {},
        description=(
            "Cohorts that the comparison names as not compared, each with the reason; the workflow "
            "fills this in itself when one of several cohorts stops."
        ),
    )
    resampling: int = Field(
        0,
        ge=0,
        description=(
            "Cohorts without ruptures, and as many with permuted interpersonal problems, through "
            "which the whole multiverse is run again, for its joint inference. 0: none; "
            "`make multiverse` takes 100. Set it here to keep it in every run."
        ),
    )
    manuscript: Manuscript = Field(Manuscript(), description="How the paper is rendered.")

    @field_validator("cohorts", mode="before")
    @classmethod
    def _one_name_is_a_list_of_one(cls, value: object) -> object:
        return re.split(r"[,\s]+", value.strip(", \t\n")) if isinstance(value, str) else value

    @field_validator("cohorts")
    @classmethod
    def _names_are_folder_names(cls, names: tuple[str, ...]) -> tuple[str, ...]:
        if not names:
            raise ValueError("name at least one cohort")
        for name in names:
            if not name.isascii() or not name.replace("_", "").replace("-", "").isalnum():
                raise ValueError(
                    f"`{name}`: a cohort name has only letters, digits, - and _, "
                    "because a results folder is named after it"
                )
            if name.lower() in TAKEN:
                raise ValueError(f"`{name}`: this name is taken by a folder of the results")
        if len(set(names)) < len(names):
            raise ValueError("a cohort is named twice")
        return names
