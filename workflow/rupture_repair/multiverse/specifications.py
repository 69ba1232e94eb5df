"""From the choices of the configuration to specifications with stable identifiers."""

import hashlib
import itertools
import json
from collections.abc import Iterable
from functools import lru_cache
from typing import Any, Literal

from rupture_repair.config.analysis import PatientTerms, Time
from rupture_repair.config.base import Strict
from rupture_repair.config.criteria import Aggregate, Criterion, Reference, Rule, Scale
from rupture_repair.config.multiverse import (
    Adjusted,
    Baseline,
    Length,
    Multiverse,
    TherapistTerms,
)
from rupture_repair.config.steps.multiverse import MultiverseSettings

DETECTION = (
    "scale", "k", "reference", "max_gap", "repair_window", "repair_tolerance", "aggregate",
)  # fmt: skip
MODEL = ("time", "length", "baseline", "patient_terms", "therapist_terms", "covariates")
SAMPLE = ("min_sessions", "winsorise", "min_patients_per_therapist")
CHOICES = (*DETECTION, *MODEL, *SAMPLE)
# parameters of the criterion that are no choices; what else it says is prose
FIXED = ("rule", "min_share", "merge_consecutive", "western_electric", "reliability")
NAMES = sorted((*CHOICES, *FIXED))  # in the order in which identifiers are made of them
ID_DIGITS = 12
# choices that identifiers do not know at this value, so that they are those of earlier versions
NOT_IN_IDENTIFIER = (("covariates", "none"), ("min_patients_per_therapist", 1))
PLAIN = {
    "length": "moderator",
    "baseline": "none",
    "therapist_terms": "intercept",
    "winsorise": 0.0,
}

# a value for each of `CHOICES` and `FIXED`; there are many thousands before some are drawn
Content = dict[str, Any]
Origin = Literal["own", "drawn", "all", "also"]


class Specification(Strict):
    """One way through the analysis: a value for each of `CHOICES` and `FIXED`.

    id : the first digits of the SHA-256 of its content, so the same wherever it is met.
    origin : `own` (the cohort's own analysis), `drawn` at random from all combinations, `all` of
    which are there where none had to be left out, or `also`.
    """

    id: str
    origin: Origin
    scale: Scale
    k: float
    reference: Reference
    max_gap: int | None
    repair_window: int | None
    repair_tolerance: float
    aggregate: Aggregate
    time: Time
    length: Length
    baseline: Baseline
    patient_terms: PatientTerms
    therapist_terms: TherapistTerms
    covariates: Adjusted
    min_sessions: int
    winsorise: float
    min_patients_per_therapist: int
    rule: Rule
    min_share: float
    merge_consecutive: bool
    western_electric: bool
    reliability: float | None

    @property
    def criterion(self) -> Criterion:
        """The rupture criterion."""
        return Criterion(
            scale=self.scale,
            k=self.k,
            reference=self.reference,
            max_gap=self.max_gap,
            repair_window=self.repair_window,
            repair_tolerance=self.repair_tolerance,
            aggregate=self.aggregate,
            rule=self.rule,
            min_share=self.min_share,
            merge_consecutive=self.merge_consecutive,
            western_electric=self.western_electric,
            reliability=self.reliability,
        )

    @property
    def sample(self) -> tuple[int, float, int]:
        """What says who is analysed and which ratings are moved."""
        return self.min_sessions, self.winsorise, self.min_patients_per_therapist

    def content(self) -> Content:
        """Return the choices as plain values."""
        return self.model_dump(mode="json", exclude={"id", "origin"})


def identifier(content: Content) -> str:
    """Return the identifier of a specification's content."""
    return _digest(_written(name, content[name]) for name in sorted(content))


def _digest(pairs: Iterable[str]) -> str:
    """Return the identifier from `_written` pairs in the order of their names.

    The text is that of `json.dumps(…, sort_keys=True)`, which takes long for a hundred thousand.
    """
    text = f"{{{''.join(pairs)[:-2]}}}"
    return hashlib.sha256(text.encode()).hexdigest()[:ID_DIGITS]


def _written(name: str, value: Any) -> str:  # noqa: ANN401
    """Return a pair as JSON, with a comma; nothing where the identifier leaves it out."""
    return "" if (name, value) in NOT_IN_IDENTIFIER else f"{json.dumps({name: value})[1:-1]}, "


def specifications(settings: MultiverseSettings) -> list[Specification]:
    """Return the specifications of a cohort: its own analysis, those drawn, those added."""
    return list(_chosen(settings.model_dump_json()))


@lru_cache(maxsize=8)
def _chosen(settings_json: str) -> tuple[Specification, ...]:
    settings = MultiverseSettings.model_validate_json(settings_json)
    own = _own(settings)
    found: dict[str, tuple[Origin, Content]] = {identifier(own): ("own", own)}
    grid = _expanded(settings)
    drawn = sorted(grid)[: settings.multiverse.specifications]
    how: Origin = "drawn" if len(drawn) < len(grid) else "all"
    for name in drawn:
        found.setdefault(name, (how, _canonical(_content(grid[name]), settings)))
    for difference in settings.multiverse.also:
        content = _canonical({**own, **difference.model_dump(mode="json")}, settings)
        found.setdefault(identifier(content), ("also", content))
    return tuple(
        Specification(id=name, origin=origin, **content)
        for name, (origin, content) in found.items()
    )


def specified(content: Content, settings: MultiverseSettings) -> Specification:
    """Return the specification of these values of `CHOICES` and `FIXED`, in a cohort.

    Its identifier is that of the same specification among `specifications`. Raises
    `ValidationError` where a value is none of its choice.
    """
    known = _canonical(content, settings)
    return Specification(id=identifier(known), origin="also", **known)


def combinations(settings: MultiverseSettings) -> dict[str, Content]:
    """Return every combination of the choices by identifier; what means the same is one."""
    grid = _expanded(settings)
    return {name: _canonical(_content(values), settings) for name, values in grid.items()}


def chunks(settings: MultiverseSettings) -> dict[str, list[Specification]]:
    """Return the specifications of each job.

    A drawn specification's job follows from its identifier; added ones have a job each, so that
    one more is one more job and changes no other.
    """
    n = settings.multiverse.chunks
    jobs: dict[str, list[Specification]] = {name: [] for name in chunk_names(settings.multiverse)}
    later = itertools.count(1)
    for specification in specifications(settings):
        # the first digits are low in all that are drawn
        name = f"{int(specification.id[-6:], 16) % n + 1}"
        jobs[f"also{next(later)}" if specification.origin == "also" else name].append(specification)
    return jobs


def chunk_names(multiverse: Multiverse) -> list[str]:
    """Return the names of the jobs, without expanding the choices."""
    names = [f"{n + 1}" for n in range(multiverse.chunks)]
    return names + [f"also{n + 1}" for n in range(len(multiverse.also))]


def _own(settings: MultiverseSettings) -> Content:
    rule = settings.criterion.model_dump(mode="json", include={*DETECTION, *FIXED})
    own: Content = {"time": settings.time, "patient_terms": settings.patient_terms}
    own["covariates"] = "adjusted" if settings.covariates else "none"
    own["min_patients_per_therapist"] = settings.min_patients_per_therapist
    if settings.clustering == "patient":
        own["therapist_terms"] = "none"
    return _canonical(rule | PLAIN | own | {"min_sessions": settings.min_sessions}, settings)


def _expanded(settings: MultiverseSettings) -> dict[str, tuple[Any, ...]]:
    """Return each combination by its identifier: values of `NAMES` before `_canonical`.

    Once scale and reference are given, what a value is canonically depends on no other choice, so
    that a pair is written once for all combinations.
    """
    varied = settings.multiverse.choices.model_dump(mode="json")
    excluded = [wrong.model_dump(mode="json") for wrong in settings.multiverse.exclude]
    fixed = Criterion().model_dump(mode="json", include=set(FIXED))
    found: dict[str, tuple[Any, ...]] = {}
    for scale, reference in itertools.product(varied["scale"], varied["reference"]):
        axes = varied | {name: [value] for name, value in fixed.items()}
        axes |= {"scale": [scale], "reference": [reference]}
        plain = {name: values[0] for name, values in axes.items()}
        pairs = [
            [_written(name, _canonical(plain | {name: v}, settings)[name]) for v in axes[name]]
            for name in NAMES
        ]
        values = itertools.product(*(axes[name] for name in NAMES))
        found |= {
            _digest(written): combination
            for written, combination in zip(itertools.product(*pairs), values, strict=True)
            if not any(wrong.items() <= _content(combination).items() for wrong in excluded)
        }
    return found


def _content(values: Iterable[Any]) -> Content:
    return dict(zip(NAMES, values, strict=True))


def _canonical(content: Content, settings: MultiverseSettings) -> Content:
    """Return the content with values that make no difference set to one of their kind."""
    gap = content["max_gap"] if content["reference"] == "previous" else None
    known = settings.multiverse.reliability
    reliability = content["reliability"] or (known if content["scale"] == "rci" else None)
    fewest = max(content["min_sessions"], settings.min_sessions)
    return content | {
        "max_gap": gap,
        "reliability": reliability,
        "min_sessions": fewest,
        "covariates": content["covariates"] if settings.covariates else "none",
        "min_patients_per_therapist": max(
            content["min_patients_per_therapist"], settings.min_patients_per_therapist
        ),
    }
