"""The project file, `config/config.yaml`."""

from typing import Literal

from pydantic import Field, field_validator

from rupture_repair.config.base import Strict


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
        ("igra2025",), description="Cohorts to run: names of files in `cohort_folder`."
    )
    cohort_folder: str = Field("config/cohorts", description="Folder of the cohort files.")
    results: str = Field("results", description="Folder for everything the workflow makes.")
    manuscript: Manuscript = Field(Manuscript(), description="How the paper is rendered.")

    @field_validator("cohorts", mode="before")
    @classmethod
    def _one_name_is_a_list_of_one(cls, value: object) -> object:
        return [name.strip() for name in value.split(",")] if isinstance(value, str) else value

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
        if len(set(names)) < len(names):
            raise ValueError("a cohort is named twice")
        return names
