"""What is the authors' own in a cohort's paper: who they are, statements, sections."""

import re
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, field_validator

from rupture_repair.config.base import Strict
from rupture_repair.config.errors import ConfigProblem, did_you_mean
from rupture_repair.config.yaml_files import checked, read_keys

AUTHORS = "authors.yaml"
SECTIONS = (
    *("abstract", "summary", "introduction", "method", "results", "discussion", "closing"),
    "supplement",
)
PLACES = ("before", "after", "instead-of")
# the Contributor Roles Taxonomy, ANSI/NISO Z39.104-2022
Role = Literal[
    "Conceptualization",
    "Data curation",
    "Formal analysis",
    "Funding acquisition",
    "Investigation",
    "Methodology",
    "Project administration",
    "Resources",
    "Software",
    "Supervision",
    "Validation",
    "Visualization",
    "Writing – original draft",
    "Writing – review & editing",
]
MAX_BYTES = 200_000
Line = Annotated[str, Field(min_length=1, max_length=300)]


class Author(Strict):
    """One author."""

    name: Line = Field(description="Given names and family name, as they are to be printed.")
    affiliations: tuple[Line, ...] = Field(
        default=(), description="Departments with institution, town and country."
    )
    orcid: str | None = Field(default=None, description="Such as `0000-0002-1825-0097`.")
    email: Line | None = Field(
        default=None, description="Of the author to whom readers write; printed in the paper."
    )
    roles: tuple[Role, ...] = Field(default=(), description="Contributions by CRediT.")

    @field_validator("orcid")
    @classmethod
    def _is_an_orcid(cls, value: str | None) -> str | None:
        """ISO 7064 MOD 11-2, https://support.orcid.org/hc/en-us/articles/360006897674."""
        if value is None:
            return None
        value = value.removeprefix("https://orcid.org/").upper()
        if not re.fullmatch(r"(\d{4}-){3}\d{3}[\dX]", value):
            raise ValueError("an ORCID iD has four groups of four, such as 0000-0002-1825-0097")
        total = 0
        for digit in value.replace("-", "")[:-1]:
            total = (total + int(digit)) * 2
        check = (12 - total % 11) % 11
        if value[-1] != ("X" if check == 10 else str(check)):
            raise ValueError(f"{value} is no ORCID iD: its last digit does not fit the others")
        return value


class Authors(Strict):
    """`authors.yaml`: authors and statements. Statements are Markdown."""

    authors: tuple[Author, ...] = Field(min_length=1, description="In the order of the title page.")
    date: Line | None = Field(
        default=None, description="As printed below the title; else that of the workflow's commit."
    )
    ethics: str | None = Field(default=None, description="Approval and consent.")
    registration: str | None = Field(
        default=None, description="Where and when, or that there is none."
    )
    funding: str | None = Field(default=None, description="Who paid, grant numbers.")
    conflicts: str | None = Field(default=None, description="Conflicts of interest.")
    data: str | None = Field(
        default=None, description="Whether, where and to whom the data are available."
    )
    acknowledgements: str | None = Field(default=None, description="Whom the authors thank.")


def read_authors(file: Path) -> Authors:
    """Return the content of `authors.yaml`, which was checked when the workflow was loaded."""
    return Authors.model_validate(read_keys(file, []))


def own_text_problems(folder: Path) -> list[ConfigProblem]:
    """Return what is wrong with the files of a folder of own texts; a misspelt name above all."""
    problems: list[ConfigProblem] = []
    known = [AUTHORS, *(f"{place}-{name}.md" for name in SECTIONS for place in PLACES)]
    for file in sorted(path for path in folder.rglob("*") if path.is_file()):
        name = file.relative_to(folder).as_posix()
        if name.startswith(".") or name.endswith("~"):
            continue  # of the system or of an editor
        if name not in known:
            hint = did_you_mean(name, known)
            problems.append(ConfigProblem(str(file), "", f"no part of a paper; {hint}"))
        elif name == AUTHORS:
            content = read_keys(file, problems)
            if content is not None:
                checked(Authors, content, str(file), problems)
        elif problem := _unreadable(file):
            problems.append(ConfigProblem(str(file), "", problem))
    for name in SECTIONS:
        there = [p for p in ("before", "after") if (folder / f"{p}-{name}.md").is_file()]
        if there and (folder / f"instead-of-{name}.md").is_file():
            message = f"there is {there[0]}-{name}.md as well: put both texts in one file"
            problems.append(ConfigProblem(str(folder / f"instead-of-{name}.md"), "", message))
    return problems


def _unreadable(file: Path) -> str | None:
    if file.stat().st_size > MAX_BYTES:
        return f"has more than {MAX_BYTES // 1000} kB: a section of a paper is text alone"
    try:
        text = file.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        return "is no UTF-8 text: save it as UTF-8"
    return None if text.strip() else "is empty: write in it, or delete it"
