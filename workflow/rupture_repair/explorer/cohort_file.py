"""A criterion written into a cohort file: comments and order stay, and the file is never broken."""

import re
import shutil
from pathlib import Path
from typing import Any

from rupture_repair.config.base import key_problem
from rupture_repair.config.cohort import Cohort
from rupture_repair.config.errors import ConfigProblem, one_line
from rupture_repair.config.yaml_files import checked, read_keys
from rupture_repair.explorer.choice import ChoiceError, criterion_entry, criterion_yaml
from rupture_repair.multiverse.specifications import Specification

SECTION = re.compile(r"own_criteria:[ \t]*(\{[ \t]*\})?[ \t]*(#.*)?$")
ANY_SECTION = re.compile(r"own_criteria[ \t]*:")
USED = re.compile(r"(criterion:[ \t]*)([^#\n]*?)([ \t]*#.*)?$")


def write_criterion(
    file: Path, choice: Specification, name: str, known: set[str], *, use: bool
) -> str:
    """Add the rule of `choice` to the `own_criteria` of a cohort file; return what was done.

    known : names of criteria that are taken. use : make it the criterion of the cohort as well.

    The new text is written beside the file, read back and compared with what it should say, and
    takes the place of the file only then. Raises `ChoiceError`, and the file is as it was.
    """
    if why := key_problem(name):
        raise ChoiceError(f"`{one_line(name, 40)}`: {why}.")
    if name in known:
        raise ChoiceError(f"There is a criterion `{name}` already: choose another name.")
    place = file.resolve()  # a link stays a link
    try:
        text = place.read_bytes().decode("utf-8-sig")
        old = _read(place, file)
        wanted = {**old, "own_criteria": {**(old.get("own_criteria") or {})}}
        wanted["own_criteria"][name] = criterion_entry(choice)
        if use:
            wanted["criterion"] = name
        beside = place.with_name(f".{place.name}.new")
        beside.write_bytes(with_criterion(text, choice, name, use=use).encode())
        try:
            if _read(beside, file) != wanted:
                raise ChoiceError(_BY_HAND.format(file=file))
            shutil.copymode(place, beside)
            beside.replace(place)
        finally:
            beside.unlink(missing_ok=True)
    except (OSError, UnicodeDecodeError) as error:
        raise ChoiceError(f"{file} cannot be written ({type(error).__name__}): {_COPY}") from error
    used = f" and made it the cohort's criterion (before: {old_criterion(old)})" if use else ""
    return f"Added `{name}` to `own_criteria` of {file}{used}. Now run `make reproduce` again."


_COPY = "copy the YAML and put it there by hand."
_BY_HAND = "{file} is written in a way that cannot be added to: " + _COPY


def old_criterion(content: dict[str, Any]) -> str:
    """Return the criterion that a cohort file names, or the default."""
    return str(content.get("criterion", Cohort.model_fields["criterion"].default))


def with_criterion(text: str, choice: Specification, name: str, *, use: bool) -> str:
    """Return the text of a cohort file with the rule of `choice` among its own criteria."""
    end = "\r\n" if "\r\n" in text else "\n"
    lines = text.splitlines()
    entry = criterion_yaml(choice, name).splitlines()
    if use:
        lines = [USED.sub(rf"\g<1>{_scalar(entry)}\g<3>", line) for line in lines]
        if not any(USED.match(line) for line in lines):
            lines.append(f"criterion: {_scalar(entry)}")
    at = next((n for n, line in enumerate(lines) if ANY_SECTION.match(line)), None)
    if at is None:
        lines += ["", "own_criteria:", *(f"  {line}" for line in entry)]
    else:
        if SECTION.match(lines[at]):
            lines[at] = re.sub(r"\{[ \t]*\}", "", lines[at]).rstrip()
        indent = _indent(lines[at + 1 :])
        lines[at + 1 : at + 1] = [f"{indent}{line}" for line in entry]
    return end.join(lines) + end


def _scalar(entry: list[str]) -> str:
    """Return the name of an entry as YAML writes it."""
    return entry[0].rpartition(":")[0]


def _indent(following: list[str]) -> str:
    """Return the blanks before the first entry of a section."""
    for line in following:
        if line.strip() and not line.lstrip().startswith("#"):
            return line[: len(line) - len(line.lstrip())] or "  "
    return "  "


def _read(place: Path, shown: Path) -> dict[str, Any]:
    problems: list[ConfigProblem] = []
    content = read_keys(place, problems)
    if content is None or checked(Cohort, content, str(shown), problems) is None:
        raise ChoiceError(f"{problems[0]}: {_COPY}" if problems else _BY_HAND.format(file=shown))
    return dict(content)
