"""The words of the table of answers: its questions, notes and methods."""

from dataclasses import dataclass
from typing import Literal

from rupture_repair.config.criteria import Pattern
from rupture_repair.words.templates import Claim

Contrast = Literal["unrepaired - none", "repaired - none", "repaired - unrepaired"]


@dataclass(frozen=True)
class Fixed(
    Claim,
    at="answers",
    blocks=(
        *("patients", "therapists", "improved", "variance", "points", "sds"),
        *("masked", "no_model", "no_therapists", "no_criterion", "nobody_twice"),
        *("wilson", "standardised", "reml"),
    ),
):
    """Questions, notes and methods that are always the same."""


@dataclass(frozen=True)
class ShareQuestion(Claim, at="answers/share"):
    """The share of a pattern."""

    pattern: Pattern


@dataclass(frozen=True)
class Reliable(Claim, at="answers/reliable"):
    """The smallest reliable change in points, and what it is from."""

    points: float
    basis: str


@dataclass(frozen=True)
class CourseQuestion(Claim, at="answers/course"):
    """Change, or by how much it differs in a contrast; until: none where it is not counted."""

    until: int | None
    contrast: Contrast | None


@dataclass(frozen=True)
class ModerationQuestion(Claim, at="answers/moderation"):
    """The moderation; length: in sessions, where it is at one."""

    until: int | None
    where: Literal["average", "doubled", "at length"]
    length: float


@dataclass(frozen=True)
class SizeQuestion(Claim, at="answers/size"):
    """The moderation as an effect size, at a length in sessions."""

    length: float


@dataclass(frozen=True)
class Method(Claim, at="answers/tested"):
    """How a slope was tested; clusters: of the robust standard error, or none."""

    clusters: str | None


@dataclass(frozen=True)
class NotEstimated(Claim, at="answers/not_estimated"):
    """Why there is no estimate, where that is known."""

    why: str


def fixed(block: str) -> str:
    """Return a question, note or method that is always the same."""
    return Fixed().text(block)
