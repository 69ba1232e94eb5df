"""A rupture criterion in words, for the abstract, the method and the table of criteria."""

from dataclasses import dataclass
from typing import Literal

from rupture_repair.config.criteria import (
    SCALES,
    Aggregate,
    Criterion,
    NamedCriterion,
    Reference,
    Scale,
)
from rupture_repair.manuscript.markdown import escape_markdown
from rupture_repair.words.templates import Claim, Words, words


@dataclass(frozen=True)
class Size:
    """How large a drop must be: `k` scale points, or `k` times a `unit`; `scale`: its name."""

    k: float
    unit: str
    points: bool
    reliability: float | None
    scale: Scale


@dataclass(frozen=True)
class Rupture(Claim, at="criterion/rupture"):
    """What counts as a rupture: from the `reference` on, so many sessions before at most."""

    size: Size
    reference: Reference
    max_gap: int | None
    sudden_gain: bool
    min_share: float
    western_electric: bool


@dataclass(frozen=True)
class Repair(Claim, at="criterion/repair"):
    """What counts as its repair: percent of the drop regained, within so many sessions."""

    regained: float
    to_a_mean: bool
    window: int | None


@dataclass(frozen=True)
class Definition(Claim, at="criterion/definition"):
    """What a criterion of the table asks for; `judge`: said where criteria differ in it."""

    rupture: str
    repair: str
    merge_consecutive: bool
    judge: Aggregate | None


@dataclass(frozen=True)
class Judged(Claim, at="criterion/judged"):
    """By whose repair all criteria of the table judge patients, where they do not differ."""

    judge: Aggregate


@dataclass(frozen=True)
class Short(Claim, at="criterion/short"):
    """The criterion in a sentence, and whether all or a part of it is assumed."""

    rupture: str
    repair: str
    assumed: Literal["all", "part"] | None


@dataclass(frozen=True)
class ComparedWith(Claim, at="criterion/reference"):
    """What a rating is compared with."""

    reference: Reference


@dataclass(frozen=True)
class Rule(Claim, at="criterion/rule"):
    """What a drop must be."""

    size: Size
    sudden_gain: bool
    min_share: float
    western_electric: bool
    merge_consecutive: bool


@dataclass(frozen=True)
class Gap(Claim, at="criterion/gap"):
    """How many sessions before the compared rating may be; none: any."""

    max_gap: int | None


@dataclass(frozen=True)
class Window(Claim, at="criterion/window"):
    """Within how many sessions a repair counts; none: until the end."""

    window: int | None


@dataclass(frozen=True)
class Tolerance(Claim, at="criterion/tolerance"):
    """What must be regained: all but so many percent of the drop."""

    left: float


@dataclass(frozen=True)
class Aggregated(Claim, at="criterion/aggregate"):
    """When a patient with several ruptures is a repaired one."""

    judge: Aggregate


@dataclass(frozen=True)
class Assumed(Claim, at="criterion/assumed"):
    """What the source does not state, in the words of the configuration."""

    assumed: str


def criterion_keys(criterion: NamedCriterion) -> dict[str, str]:
    """Return the words of the abstract and of the method by key."""
    any_gap = criterion.reference != "previous"
    keys: dict[str, Claim] = {
        "short": in_short(criterion),
        "reference": ComparedWith(criterion.reference),
        "rule": Rule(
            _size(criterion),
            criterion.rule == "tang_derubeis",
            100 * criterion.min_share,
            criterion.western_electric,
            criterion.merge_consecutive,
        ),
        "assumed": Assumed(criterion.assumed or ""),
        "gap": Gap(None if any_gap else criterion.max_gap),
        "window": Window(criterion.repair_window),
        "tolerance": Tolerance(100 * criterion.repair_tolerance),
        "aggregate": Aggregated(criterion.aggregate),
    }
    return {"name": escape_markdown(criterion.printed)} | {
        key: claim.words for key, claim in keys.items()
    }


def rupture(criterion: Criterion) -> str:
    """Return what counts as a rupture: `a drop of at least … from one session to the next`."""
    return what_ruptures(criterion).words


def what_ruptures(criterion: Criterion) -> Rupture:
    """Return what counts as a rupture."""
    return Rupture(
        _size(criterion),
        criterion.reference,
        criterion.max_gap,
        criterion.rule == "tang_derubeis",
        100 * criterion.min_share,
        criterion.western_electric,
    )


def repair(criterion: Criterion) -> str:
    """Return what counts as its repair: `a full return in any later session`."""
    return what_repairs(criterion).words


def what_repairs(criterion: Criterion) -> Repair:
    """Return what counts as the repair of a rupture."""
    regained = 100 * (1 - criterion.repair_tolerance)
    to_a_mean = criterion.reference in {"running_mean", "own_mean"}
    return Repair(regained, to_a_mean, criterion.repair_window)


def in_short(criterion: NamedCriterion, language: Words | None = None) -> Short:
    """Return the criterion in a sentence, its parts in the language of its templates."""
    templates = language or words()
    known = criterion.source or criterion.citation
    assumed: Literal["all", "part"] | None = None
    if criterion.assumed:
        assumed = "part" if known else "all"
    parts = (templates.say(what_ruptures(criterion)), templates.say(what_repairs(criterion)))
    return Short(*parts, assumed)


def _size(criterion: Criterion) -> Size:
    reliability = criterion.reliability if criterion.scale == "rci" else None
    points = criterion.scale == "absolute"
    return Size(criterion.k, SCALES[criterion.scale], points, reliability, criterion.scale)
