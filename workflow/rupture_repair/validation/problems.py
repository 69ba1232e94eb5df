"""A problem in a data file: where it is, what is allowed, how to mend it."""

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict, dataclass, fields, replace
from os import PathLike
from pathlib import Path
from typing import Any, Literal

import pandas as pd

from rupture_repair.cohort.csv_tables import read_csv
from rupture_repair.config.errors import MAX_SHOWN, one_line

MAX_VALUE_LENGTH = 40  # characters of a name or a value in the terminal
MAX_MESSAGE_LENGTH = 1000
MAX_EXAMPLES = 5  # of one cause
Severity = Literal["blocking", "warning", "note"]
SEVERITIES: tuple[Severity, ...] = ("blocking", "warning", "note")


@dataclass(frozen=True)
class Problem:
    """One thing to mend or to know in a raw file.

    line : counts the heading as line 1; why : what it would do to the analysis.
    """

    severity: Severity
    file: str
    message: str
    remedy: str
    line: int | None = None
    patient_id: str | None = None
    session: str | None = None
    column: str | None = None
    value: str | None = None
    allowed: str | None = None
    why: str = ""

    def __str__(self) -> str:
        where = one_line(self.file)
        if self.line is not None:
            where += f", line {self.line}"
        if self.patient_id:
            where += f", patient {one_line(self.patient_id, MAX_VALUE_LENGTH)}"
        if self.session:
            where += f", session {one_line(self.session, MAX_VALUE_LENGTH)}"
        what = one_line(self.message, MAX_MESSAGE_LENGTH)
        if self.value is not None:
            what += f" (found `{one_line(self.value, MAX_VALUE_LENGTH)}`)"
        if self.allowed:
            what += f"; allowed: {one_line(self.allowed)}"
        return f"{where}: {what}. {one_line(self.remedy, MAX_MESSAGE_LENGTH)}".rstrip()

    @property
    def place(self) -> str:
        """Where it is, without anything that tells of a patient: file, line and column."""
        line = f", line {self.line}" if self.line is not None else ""
        column = f", column `{one_line(self.column, MAX_VALUE_LENGTH)}`" if self.column else ""
        return f"{one_line(Path(self.file).name)}{line}{column}"

    def shortened(self) -> "Problem":
        """Return the problem as report and table have it: on one line, long names and values cut.

        What it names is still found: the line says where.
        """
        texts: dict[str, Any] = {
            name: one_line(text, MAX_MESSAGE_LENGTH if name in {"message", "remedy"} else MAX_SHOWN)
            for name, text in asdict(self).items()
            if isinstance(text, str)
        }
        return replace(self, **texts)


def problem_table(problems: Iterable[Problem]) -> pd.DataFrame:
    """Return a row per problem, the severest first."""
    columns = [field.name for field in fields(Problem)]
    table = pd.DataFrame([asdict(problem.shortened()) for problem in problems], columns=columns)
    rank = table["severity"].map({severity: i for i, severity in enumerate(SEVERITIES)})
    table["line"] = table["line"].astype("Int64")
    keys = pd.DataFrame({"rank": rank, "file": table["file"], "line": table["line"]})
    order = keys.sort_values(["rank", "file", "line"], kind="stable", na_position="first").index
    return table.loc[order].reset_index(drop=True)


def problems_from_table(table: pd.DataFrame) -> list[Problem]:
    """Inverse of `problem_table`."""
    rows = table.astype(object).where(table.notna(), None).to_dict("records")
    # empty texts are missing in a file: a note has no remedy
    return [Problem(**row | {key: row[key] or "" for key in ("why", "remedy")}) for row in rows]


def read_problems(file: str | PathLike[str]) -> list[Problem]:
    """Return the problems of a file that has a `problem_table`."""
    text = dict.fromkeys(("patient_id", "session", "value"), str)
    return problems_from_table(read_csv(file, dtype={**text, "line": "Int64"}))


def counted(n: int, what: str) -> str:
    """Return `1 patient`, `2 patients`."""
    return f"{n} {what}" if n == 1 else f"{n} {what}s"


def cause_of(problem: Problem) -> tuple[str, ...]:
    """Return what problems have in common that differ in place and numbers alone."""
    message = problem.message.replace(problem.column or "\n", "…")
    message = re.sub(r"`[^`]*`|\([^)]*\)|\d+", "…", message)
    return (problem.severity, problem.file, message, re.sub(r"`[^`]*`", "…", problem.remedy))


def by_cause(problems: Iterable[Problem]) -> list[list[Problem]]:
    """Return the problems in groups of one cause, in the order in which causes appear."""
    groups: dict[tuple[str, ...], list[Problem]] = {}
    for problem in problems:
        groups.setdefault(cause_of(problem), []).append(problem)
    return list(groups.values())


def listing(problems: list[Problem], most: int = 20, place: str = "problems.csv") -> str:
    """Return the problems as lines for a terminal; all are in `place`.

    Of each cause at most five are listed and the others counted; of causes, at most `most`.
    """
    groups = by_cause(problems)
    lines = []
    for group in groups[:most]:
        lines += [f"  * {problem}" for problem in group[:MAX_EXAMPLES]]
        if len(group) > MAX_EXAMPLES:
            lines.append(f"    … and {len(group) - MAX_EXAMPLES} more like this in {place}")
    if len(groups) > most:
        rest = sum(map(len, groups[most:]))
        lines.append(f"  … and {rest} more of {len(groups) - most} other kinds in {place}")
    return "\n".join(lines)


def places(problems: list[Problem], most: int = 20) -> str:
    """Return where the problems are, as lines for a terminal that strangers may read.

    Messages name patients and values; they stand in the private report alone.
    """
    counts = Counter(problem.place for problem in problems)
    lines = [f"  * {place}" + (f" ({n} times)" if n > 1 else "") for place, n in counts.items()]
    if len(lines) > most:
        lines = [*lines[:most], f"  … and {len(lines) - most} more places"]
    return "\n".join([*lines, "What is wrong there, and how to mend it, is in the private report."])
