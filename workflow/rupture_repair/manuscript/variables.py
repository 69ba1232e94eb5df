"""Every number of the prose, rounded, by key: the content of `_variables.yml`."""

import math
from dataclasses import dataclass
from typing import Any, Literal

from rupture_repair.config.criteria import PATTERNS
from rupture_repair.config.instruments import Instrument
from rupture_repair.disclosure.suppression import count_text
from rupture_repair.manuscript import course_claims, inference_words
from rupture_repair.manuscript.claims import claims
from rupture_repair.manuscript.criterion_words import criterion_keys
from rupture_repair.manuscript.results import Results
from rupture_repair.manuscript.rupture_claims import ruptures
from rupture_repair.manuscript.sample_claims import sample_claims
from rupture_repair.manuscript.summary_claims import summary_claims
from rupture_repair.words import apa
from rupture_repair.words.templates import Claim


@dataclass(frozen=True)
class OfTherapists(Claim, at="sample/of_therapists"):
    """How many therapists the patients had; 0 where they were not recorded."""

    therapists: int


@dataclass(frozen=True)
class ByTherapists(Claim, at="sample/by_therapists"):
    """The same, and how many patients each had on average."""

    therapists: int
    patients_each: float


@dataclass(frozen=True)
class Run(Claim, at="paper", blocks=("where", "tree", "commit", "seed")):
    """With which sources the run was made; none where that is not known.

    tree : whether they are those of the commit.
    """

    address: str | None
    commit: str | None
    tree: Literal["unchanged", "changed", "unread", "none"]
    seed: int | None


@dataclass(frozen=True)
class Questionnaire(Claim, at="paper", blocks=("named", "direction")):
    """A questionnaire; citation: none where the source is in words."""

    short: str
    citation: str | None
    source: str | None
    higher_is: Literal["better", "worse"]


@dataclass(frozen=True)
class Time(Claim, at="paper/time"):
    """How time enters the models."""

    log: bool


@dataclass(frozen=True)
class Listed(Claim, at="paper/listed"):
    """Numbers or words as they are listed in a sentence."""

    items: tuple[str, ...]


@dataclass(frozen=True)
class Resampled(Claim, at="paper/resampled"):
    """Whom the bootstrap draws, `therapist` or `patient`, or either; none without models."""

    units: tuple[str, ...]


def variables(results: Results, engine: str) -> dict[str, Any]:
    """Return the nested keys; each value is text ready for print.

    engine : name and version of the rendering engine, for the colophon.
    """
    settings = results.settings
    return {
        "cohort": {"title": settings.title, "name": settings.name},
        "n": _counts(results),
        "sessions": {
            name: apa.number(results.described("sessions", name), places)
            for name, places in (("mean", 1), ("sd", 2))
        },
        "missing": {
            kind: apa.number(results.described(f"missing_{kind}", "percent"), 1)
            for kind in ("ratings", "symptoms")
        },
        "published": _published(results),
        "iip": _spread(results, "iip"),
        "symptoms": _spread(results, "first_symptoms"),
        "alliance": _spread(results, "first_alliance"),
        "instrument": {role: _instrument(tool) for role, tool in settings.instruments},
        "criterion": criterion_keys(settings.criterion),
        "sample": sample_claims(results),
        "rupture": ruptures(results),
        "chance": _chance(results),
        "model": _models(results),
        "sensitivity": {"landmark": str(settings.sensitivity.landmark)},
        "robustness": {
            "replicates": count_text(settings.robustness.replicates),
            "units": _resampled(results),
        },
        "claim": claims(results) | summary_claims(results),
        "run": _run(results, engine),
    }


def _instrument(tool: Instrument) -> dict[str, str]:
    texts = Questionnaire(tool.short, tool.citation, tool.source, tool.higher_is)
    return {
        "title": tool.title,
        "named": texts.text("named"),
        "minimum": f"{tool.minimum:g}",
        "maximum": f"{tool.maximum:g}",
        "direction": texts.text("direction"),
    }


def _counts(results: Results) -> dict[str, str]:
    return {"patients": count_text(patients(results)), **_therapists(results)}


def patients(results: Results) -> float:
    """Return the number of patients: of the classified where that admitted tells of few."""
    admitted = results.described("patients", "n")
    flow = results.tables["patient_flow"].set_index("step")["n"]
    return float(flow["classified"]) if math.isnan(admitted) else admitted


def of_therapists(results: Results) -> OfTherapists:
    """Return how many therapists the patients had."""
    return OfTherapists(int(results.described("therapists", "n")))


def _therapists(results: Results) -> dict[str, str]:
    """Return who treated the patients, as read after `patients` and after `treated by`."""
    n = int(results.described("therapists", "n"))
    each = patients(results) / n if n else math.nan
    return {
        "of_therapists": of_therapists(results).words,
        "by_therapists": ByTherapists(n, each).words,
    }


def _published(results: Results) -> dict[str, str]:
    """Return published figures as printed in their source; an en dash where there are none."""
    items = results.tables["verification"].set_index("item")["published"]
    names = (
        "n_patients",
        "n_therapists",
        "sessions_min",
        "sessions_max",
        "sessions_mean",
        "sessions_sd",
        *(f"percent_{pattern}" for pattern in PATTERNS),
    )
    return {name: str(items.get(name, "–")) for name in names}


def _spread(results: Results, variable: str) -> dict[str, str]:
    return {name: apa.number(results.described(variable, name)) for name in ("mean", "sd")}


def _chance(results: Results) -> dict[str, str]:
    return {"replicates": count_text(results.settings.chance.replicates)}


def _models(results: Results) -> dict[str, Any]:
    settings = results.settings.modelling
    return {
        "random": course_claims.random_part(results),
        "time": Time(results.log_time).words,
        "tests": inference_words.tests(results),
        "inference": inference_words.inference(results),
        "confidence": f"{100 * settings.confidence:g}",
        "lengths": Listed(tuple(f"{length:g}" for length in settings.lengths)).words,
        "iip_levels": Listed(tuple(apa.number(level, 0) for level in settings.iip_levels)).words,
        "course": course_claims.course(results),
        "explained": course_claims.explained(results),
    }


def _resampled(results: Results) -> str:
    """Return whom the bootstrap draws: therapists, or patients where there is no term for them."""
    units = sorted(set(results.tables["robustness"]["unit"].dropna()))
    return Resampled(tuple(units)).words


def _run(results: Results, engine: str) -> dict[str, str]:
    record = results.provenance
    trees: dict[bool, Literal["unchanged", "changed"]] = {True: "unchanged", False: "changed"}
    unknown: Literal["unread", "none"] = "unread" if record.get("repository") else "none"
    texts = Run(
        address=record["address"],
        commit=record["commit"],
        tree=trees.get(record["clean_tree"], unknown),
        seed=record["seed"],
    )
    return {
        "version": record["version"],
        "commit": texts.text("commit"),
        "where": texts.text("where"),
        "tree": texts.text("tree"),
        "config": record["config_digest"][:16],
        "seed": texts.text("seed"),
        "python": record["python"],
        "engine": engine,
    }
