"""The project file, `config/config.yaml`."""

import os
import re
from pathlib import Path
from typing import Literal

from pydantic import Field, field_validator

from rupture_repair.config.base import Replicates, Strict
from rupture_repair.config.errors import one_line

# folders and files beside those of the cohorts
TAKEN = ("comparison", "summary", "benchmarks", "recovery")
# names of devices on Windows, where results may be looked at
DEVICES = ("con", "prn", "aux", "nul", *(f"{d}{n}" for d in ("com", "lpt") for n in range(1, 10)))
MAX_NAME_LENGTH = 64
FOLDER_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]*")
# folders of the project, in which results would overwrite what they are made from
OF_THE_PROJECT = (
    *(".git", ".snakemake", ".venv"),
    *("benchmarks", "config", "data", "reports", "tests", "workflow"),
)


def name_problem(name: str) -> str | None:
    """Return why a cohort cannot have this name, for a results folder is named after it."""
    if not FOLDER_NAME.fullmatch(name):
        return (
            f"`{one_line(name, MAX_NAME_LENGTH)}`: a cohort name has only letters, digits, - and _ "
            "and begins with a letter or digit, because a results folder is named after it"
        )
    if len(name) > MAX_NAME_LENGTH:
        return f"`{name[:20]}…`: a cohort name has at most {MAX_NAME_LENGTH} characters"
    if name.lower() in TAKEN:
        return f"`{name}`: this name is taken by a folder of the results"
    if name.lower() in DEVICES:
        return f"`{name}`: this name means a device on Windows; choose another"
    return None


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
    resampling: Replicates = Field(
        50,
        ge=0,
        description=(
            "Cohorts without ruptures, and as many with permuted interpersonal problems, through "
            "which specifications of the multiverse are run again, for the joint inference of its "
            "curve. 0: none, and nothing is said of the curve as a whole; `make multiverse` takes "
            "100."
        ),
    )
    resampled_specifications: int = Field(
        12,
        ge=0,
        description=(
            "How many specifications are run again in these cohorts: the cohort's own and the "
            "first of the draw. 0: all, as `make multiverse` does; with 500 that takes minutes for "
            "each ten cohorts."
        ),
    )
    posterior_draws: Replicates = Field(
        0,
        ge=0,
        description=(
            "Draws of each of four chains from the posterior of the headline, after as many for "
            "tuning (docs/bayes.md). 0: nothing is sampled, and PyMC is not needed; a posterior "
            "that was sampled before stays as long as it fits the data. `make bayes` takes 1000."
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
            if why := name_problem(name):
                raise ValueError(why)
        # a and A are one folder where case does not count
        if len({name.lower() for name in names}) < len(names):
            raise ValueError("a cohort is named twice")
        return names

    @field_validator("cohort_folder")
    @classmethod
    def _a_brace_is_a_wildcard(cls, folder: str) -> str:
        if set(folder) & set("{}"):
            raise ValueError(
                f"`{one_line(folder, 60)}`: the name of this folder may have no braces"
            )
        return folder

    @field_validator("results")
    @classmethod
    def _results_have_a_folder_of_their_own(cls, folder: str) -> str:
        parts = [part for part in Path(os.path.normpath(folder)).parts if part != os.sep]
        if not folder.isprintable() or set(folder) & set("{}*?\"'\\:|<>") or len(folder) > 500:
            raise ValueError(
                f"`{one_line(folder, 60)}`: the name of the folder has a character that programs "
                "read otherwise, or is too long"
            )
        if set(parts) <= {".", ".."} or parts[0].lower() in OF_THE_PROJECT:
            raise ValueError(
                f"`{folder}`: name a folder of its own for the results: not the project's folder, "
                f"one above it, or one of {', '.join(OF_THE_PROJECT)}"
            )
        return folder
