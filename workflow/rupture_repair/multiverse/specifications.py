"""From the choices of the configuration to specifications with stable identifiers."""

import hashlib
import itertools
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from rupture_repair.config.criteria import Criterion

DETECTION = (
    "scale", "k", "reference", "max_gap", "repair_window", "repair_tolerance", "aggregate",
)  # fmt: skip
MODEL = ("time", "length", "baseline", "patient_terms", "therapist_terms")
SAMPLE = ("min_sessions", "winsorise")
CHOICES = (*DETECTION, *MODEL, *SAMPLE)
# parameters of the criterion that are no choices; what else it says is prose
FIXED = ("rule", "min_share", "merge_consecutive", "western_electric", "reliability")
ID_DIGITS = 12
PLAIN = {"length": "none", "baseline": "none", "therapist_terms": "intercept", "winsorise": 0.0}

Content = dict[str, Any]


@dataclass(frozen=True)
class Specification:
    """One way through the analysis.

    id : the first digits of the SHA-256 of `content`, so the same wherever it is met.
    content : a value for each of `CHOICES` and `FIXED`.
    origin : `own` (the cohort's own analysis), `drawn` at random from all combinations, `all` of
    which are there where none had to be left out, or `also`.
    """

    id: str
    content: Content
    origin: str

    @property
    def criterion(self) -> Criterion:
        """The rupture criterion."""
        return Criterion(**{name: self.content[name] for name in (*DETECTION, *FIXED)})

    @property
    def sample(self) -> tuple[Any, ...]:
        """What says who is analysed and which ratings are moved."""
        return tuple(self.content[name] for name in SAMPLE)

    def __getitem__(self, choice: str) -> Any:  # noqa: ANN401
        """Return the value of a choice."""
        return self.content[choice]

    def as_dict(self) -> dict[str, Any]:
        """Return plain values for a Snakemake param."""
        return {"id": self.id, "content": self.content, "origin": self.origin}


def identifier(content: Content) -> str:
    """Return the identifier of a specification's content."""
    text = json.dumps(content, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:ID_DIGITS]


def specifications(settings: Mapping[str, Any]) -> list[Specification]:
    """Return the specifications of a cohort: its own analysis, those drawn, those added.

    settings : the section `multiverse` of the cohort's configuration, and under `choices` the
    content of multiverse.yaml.
    """
    choices = settings["choices"]
    own = _own(settings)
    found = {identifier(own): ("own", own)}
    grid = combinations(settings)
    drawn = sorted(grid)[: choices["specifications"]]
    how = "drawn" if len(drawn) < len(grid) else "all"
    found |= {name: (how, grid[name]) for name in drawn if name not in found}
    for difference in choices["also"]:
        content = _canonical({**own, **difference}, settings)
        found.setdefault(identifier(content), ("also", content))
    return [Specification(name, content, origin) for name, (origin, content) in found.items()]


def combinations(settings: Mapping[str, Any]) -> dict[str, Content]:
    """Return every combination of the choices by identifier; what means the same is one."""
    return _expanded(json.dumps(settings, sort_keys=True))


def chunks(settings: Mapping[str, Any]) -> dict[str, list[Specification]]:
    """Return the specifications of each job.

    A drawn specification's job follows from its identifier; added ones have a job each, so that
    one more is one more job and changes no other.
    """
    n = settings["choices"]["chunks"]
    jobs: dict[str, list[Specification]] = {name: [] for name in chunk_names(settings)}
    later = itertools.count(1)
    for specification in specifications(settings):
        # the first digits are low in all that are drawn
        name = f"{int(specification.id[-6:], 16) % n + 1}"
        jobs[f"also{next(later)}" if specification.origin == "also" else name].append(specification)
    return jobs


def chunk_names(settings: Mapping[str, Any]) -> list[str]:
    """Return the names of the jobs, without expanding the choices."""
    choices = settings["choices"]
    names = [f"{n + 1}" for n in range(choices["chunks"])]
    return names + [f"also{n + 1}" for n in range(len(choices["also"]))]


def _own(settings: Mapping[str, Any]) -> Content:
    criterion, modelling = settings["criterion"], settings["modelling"]
    content = {name: criterion[name] for name in (*DETECTION, *FIXED)} | PLAIN
    content |= {name: modelling[name] for name in ("time", "patient_terms")}
    return _canonical(content | {"min_sessions": settings["min_sessions"]}, settings)


@lru_cache(maxsize=8)
def _expanded(settings_json: str) -> dict[str, Content]:
    settings = json.loads(settings_json)
    return {identifier(content): content for content in _combinations(settings)}


def _combinations(settings: Mapping[str, Any]) -> Iterator[Content]:
    choices = settings["choices"]
    values = [choices["choices"][name] for name in CHOICES]
    default = Criterion().model_dump(mode="json")
    fixed = {name: default[name] for name in FIXED}
    for combination in itertools.product(*values):
        content = fixed | dict(zip(CHOICES, combination, strict=True))
        if not any(wrong.items() <= content.items() for wrong in choices["exclude"]):
            yield _canonical(content, settings)


def _canonical(content: Content, settings: Mapping[str, Any]) -> Content:
    """Return the content with values that make no difference set to one of their kind."""
    gap = content["max_gap"] if content["reference"] == "previous" else None
    known = settings["choices"]["reliability"]
    reliability = content["reliability"] or (known if content["scale"] == "rci" else None)
    fewest = max(content["min_sessions"], settings["min_sessions"])
    return content | {"max_gap": gap, "reliability": reliability, "min_sessions": fewest}
