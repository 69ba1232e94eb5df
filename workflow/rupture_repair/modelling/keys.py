"""What tables say of their rows without words: why there is no estimate, what was analysed.

A cell holds a key, which is its name and its parts: `few_patients {"pattern": "repaired", "n": 2}`.
Whoever writes the tables that people read puts the words in their place (`disclosure.wording`).
"""

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from typing import Any, ClassVar, Literal

from rupture_repair.config.criteria import Pattern

CAPITAL = re.compile(r"(?<!^)(?=[A-Z])")
PASSED = "passed"

Component = Literal[
    "patient",
    "patient_covariance",
    "patient_slope",
    "therapist",
    "therapist_covariance",
    "therapist_slope",
    "residual",
]
Because = Literal["one_rating", "one_time", "two_ratings", "one_patient"]
Cause = Literal["no_sessions", "infinite", "constant", "formula", "no_residual", "dependent"]
Quantity = Literal["slope", "contrast", "moderation"]
Third = Literal["short", "medium", "long"]
Name = Literal[
    "headline",
    "length_adjusted",
    "averaged_over_lengths",
    "time_linear",
    "time_log",
    "baseline_adjusted",
    "first_sessions",
    "winsorised",
    "landmark",
    "slopes_by_pattern",
    "slopes_by_problems",
    "autocorrelation",
    "time_square_root",
    "within_patients",
    "time_spline",
    "away_from_floor",
    "pattern_mixture",
    "without_each_therapist",
    "rupture_state",
    "rupture_state_next",
    "repair_event",
    "alliance_to_symptoms",
    "symptoms_to_alliance",
]


@dataclass(frozen=True)
class Key:
    """What is said of a row; `str` is how a cell holds it.

    nested : names of the parts that are cells of their own.
    """

    nested: ClassVar[tuple[str, ...]] = ()

    def __str__(self) -> str:
        """Return name and parts."""
        parts = {field.name: getattr(self, field.name) for field in fields(self)}
        return f"{name_of(type(self))} {json.dumps(parts, ensure_ascii=False)}"


def name_of(kind: type[Key]) -> str:
    """Return the name of a kind of key: `few_patients` for `FewPatients`."""
    return CAPITAL.sub("_", kind.__name__).lower()


@dataclass(frozen=True)
class Analysis(Key):
    """An analysis of the table `sensitivity`.

    session : the last one that counts, or after which it begins. model : that it is.
    """

    name: Name
    session: int = 0
    model: str = ""


@dataclass(frozen=True)
class Unit(Key):
    """The unit of an estimate: points of an outcome, for each point of what; whether per SD."""

    outcome: Literal["symptoms", "alliance"]
    by: Literal["", "then", "symptoms", "alliance"]
    per_sd: bool


@dataclass(frozen=True)
class WholeModel(Key):
    """Nothing of a model is estimated."""


@dataclass(frozen=True)
class Variance(Key):
    """A variance or covariance is not estimated."""

    component: Component


@dataclass(frozen=True)
class Coefficient(Key):
    """A fixed effect is not estimated."""


@dataclass(frozen=True)
class Combination(Key):
    """A combination of fixed effects is not estimated, at `missing` of `levels` that are shown."""

    quantity: Quantity
    missing: int
    levels: int


@dataclass(frozen=True)
class AllEqual(Key):
    """A moderator is the same for all patients."""

    moderator: Literal["iip_z", "length_c"]


@dataclass(frozen=True)
class Refused(Key):
    """The engine cannot fit a model to these data."""

    cause: Cause


@dataclass(frozen=True)
class NotCertified(Key):
    """A fit is no optimum; `failures` are keys of the failures below."""

    failures: tuple[str, ...]
    nested: ClassVar[tuple[str, ...]] = ("failures",)


@dataclass(frozen=True)
class Doubted(Key):
    """What is wrong with a fit that is shown; the parts as in `NotCertified`."""

    failures: tuple[str, ...]
    nested: ClassVar[tuple[str, ...]] = ("failures",)


@dataclass(frozen=True)
class Starts(Key):
    """Too few of the starting values reached the best deviance."""

    agreeing: int
    starts: int


@dataclass(frozen=True)
class Gradient(Key):
    """The scaled gradient at the optimum, in standard errors."""

    size: float


@dataclass(frozen=True)
class Curvature(Key):
    """The lowest curvature at the optimum, as a share of the largest."""

    share: float


@dataclass(frozen=True)
class Flat(Key):
    """The deviance is flat."""


@dataclass(frozen=True)
class Undetermined(Key):
    """Components of the covariance that the design does not tell apart, and why."""

    components: tuple[Component, ...]
    because: tuple[Because, ...]


@dataclass(frozen=True)
class NoSecondEngine(Key):
    """The second engine gave no opinion; message : its own."""

    message: str


@dataclass(frozen=True)
class OfOthers(Key):
    """A component is not told apart from others, or nothing shows it; and why."""

    others: tuple[Component, ...]
    because: tuple[Because, ...]


@dataclass(frozen=True)
class Therapists(Key):
    """There is one therapist, or none recorded."""

    n: int


@dataclass(frozen=True)
class FewPatients(Key):
    """A pattern has too few patients; n : how many, None where that must not be told."""

    pattern: Pattern
    n: int | None


@dataclass(frozen=True)
class FewOfPattern(Key):
    """A pattern has fewer than `least` patients."""

    pattern: Pattern
    least: int


@dataclass(frozen=True)
class Aliased(Key):
    """An estimate cannot be told apart from other coefficients."""


@dataclass(frozen=True)
class NotDetermined(Key):
    """The data do not determine an estimate."""


@dataclass(frozen=True)
class TooFewUnits(Key):
    """Too few independent patients or therapists stand behind an estimate."""


@dataclass(frozen=True)
class Zero(Key):
    """A column of the fixed part is zero for all patients."""


@dataclass(frozen=True)
class MadeOf(Key):
    """A column is a combination of others, of which `more` are not named."""

    terms: tuple[str, ...]
    more: int


@dataclass(frozen=True)
class Partners(Key):
    """A coefficient is not told apart from others, of which `more` are not named."""

    terms: tuple[str, ...]
    more: int


@dataclass(frozen=True)
class NoRating(Key):
    """No rating is left to be analysed."""


@dataclass(frozen=True)
class FewSessions(Key):
    """There are too few sessions for a curved course."""


@dataclass(frozen=True)
class FewToCompare(Key):
    """Too few patients have the patterns to be compared."""


@dataclass(frozen=True)
class FewTrials(Key):
    """Too few patients whose rupture a session repaired, or left unrepaired."""

    repaired: bool


@dataclass(frozen=True)
class FewOfThird(Key):
    """Too few patients of a pattern are in a third of treatments by length."""

    pattern: Pattern
    third: Third


@dataclass(frozen=True)
class FewAfter(Key):
    """Too few patients of a pattern went on after a session."""

    pattern: Pattern
    session: int


@dataclass(frozen=True)
class FewInState(Key):
    """Too few patients were seen in a state."""

    state: Pattern


@dataclass(frozen=True)
class LooksAhead(Key):
    """A criterion by which later ratings decide."""


@dataclass(frozen=True)
class NeedsTherapists(Key):
    """It needs the headline estimate and at least two therapists."""


@dataclass(frozen=True)
class WithoutTherapists(Key):
    """Without `missing` of `therapists`, each left out alone, there is no estimate."""

    missing: int
    therapists: int


# by the name that a certificate gives a failure
FAILURES: Mapping[str, type[Key]] = {
    name_of(kind): kind for kind in (Starts, Gradient, Curvature, Flat, Undetermined)
}


def failures_of(failing: Iterable[Mapping[str, Any]]) -> tuple[str, ...]:
    """Return a key for each entry of `Certificate.failing`."""
    return tuple(
        str(FAILURES[entry["name"]](**{k: v for k, v in entry.items() if k != "name"}))
        for entry in failing
    )


def verdict(failing: Iterable[Mapping[str, Any]], *further: Key) -> str:
    """Return `passed`, or the key of what is wrong with a fit."""
    failures = (*failures_of(failing), *map(str, further))
    return str(Doubted(failures)) if failures else PASSED
