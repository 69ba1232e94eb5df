"""The validation report: what was found, where, and how to mend it."""

from collections.abc import Mapping
from dataclasses import dataclass

from rupture_repair.config.errors import one_line
from rupture_repair.validation.problems import (
    MAX_EXAMPLES,
    SEVERITIES,
    Problem,
    Severity,
    by_cause,
)
from rupture_repair.words.pages import Page

MAX_CAUSES = 100  # of one severity


@dataclass(frozen=True)
class Cause:
    """The first problems of one cause, and how many more there are."""

    shown: tuple[Problem, ...]
    more: int


@dataclass(frozen=True)
class Group:
    """The problems of one severity, and how many there are of causes that are not shown."""

    severity: Severity
    count: int
    causes: tuple[Cause, ...]
    more: int


@dataclass(frozen=True)
class Count:
    """How many there are of something that was read."""

    name: str
    n: int


@dataclass(frozen=True)
class Report(Page, at="validation"):
    """The validation report; blocking : problems that must be mended."""

    title: str
    synthetic: bool
    blocking: int
    counts: tuple[Count, ...]
    groups: tuple[Group, ...]


def render_report(
    title: str, synthetic: bool, problems: list[Problem], counts: Mapping[str, int]
) -> str:
    """Return the report as one self-contained HTML page (text is escaped)."""
    return Report(
        title=one_line(title),
        synthetic=synthetic,
        blocking=sum(problem.severity == "blocking" for problem in problems),
        counts=tuple(Count(name, n) for name, n in counts.items()),
        groups=tuple(_group(severity, problems) for severity in SEVERITIES),
    ).html


def _group(severity: Severity, problems: list[Problem]) -> Group:
    rows = [problem for problem in problems if problem.severity == severity]
    causes = by_cause(rows)
    return Group(
        severity=severity,
        count=len(rows),
        causes=tuple(
            Cause(
                tuple(problem.shortened() for problem in cause[:MAX_EXAMPLES]),
                max(len(cause) - MAX_EXAMPLES, 0),
            )
            for cause in causes[:MAX_CAUSES]
        ),
        more=sum(map(len, causes[MAX_CAUSES:])),
    )
