"""A problem in a data file: where it is, what is allowed, how to mend it."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass, fields
from typing import Literal

import pandas as pd

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
        where = self.file
        if self.line is not None:
            where += f", line {self.line}"
        if self.patient_id:
            where += f", patient {self.patient_id}"
        if self.session:
            where += f", session {self.session}"
        what = self.message
        if self.value is not None:
            what += f" (found `{self.value[:40]}`)"
        if self.allowed:
            what += f"; allowed: {self.allowed}"
        return f"{where}: {what}. {self.remedy}"


def problem_table(problems: Iterable[Problem]) -> pd.DataFrame:
    """Return a row per problem, the severest first."""
    columns = [field.name for field in fields(Problem)]
    table = pd.DataFrame([asdict(problem) for problem in problems], columns=columns)
    rank = table["severity"].map({severity: i for i, severity in enumerate(SEVERITIES)})
    table["line"] = table["line"].astype("Int64")
    keys = pd.DataFrame({"rank": rank, "file": table["file"], "line": table["line"]})
    order = keys.sort_values(["rank", "file", "line"], kind="stable", na_position="first").index
    return table.loc[order].reset_index(drop=True)


def problems_from_table(table: pd.DataFrame) -> list[Problem]:
    """Inverse of `problem_table`."""
    rows = table.astype(object).where(table.notna(), None).to_dict("records")
    return [Problem(**row | {"why": row["why"] or ""}) for row in rows]


def counted(n: int, what: str) -> str:
    """Return `1 patient`, `2 patients`."""
    return f"{n} {what}" if n == 1 else f"{n} {what}s"


def listing(problems: list[Problem], most: int = 20, place: str = "problems.csv") -> str:
    """Return the problems as lines for a terminal; longer lists are cut, and name `place`."""
    lines = [f"  * {problem}" for problem in problems[:most]]
    if len(problems) > most:
        lines.append(f"  … and {len(problems) - most} more of this kind in {place}")
    return "\n".join(lines)
