"""Sentences on the models: their random part and covariates, the course, what they explain."""

from dataclasses import dataclass
from typing import Literal

import pandas as pd

from rupture_repair.manuscript.findings import effect
from rupture_repair.manuscript.results import Results
from rupture_repair.words.templates import Claim, Estimate


@dataclass(frozen=True)
class RandomPart(Claim, at="models/random_part"):
    """The random terms of the models; `by_choice`: patients were chosen as the clusters.

    patients : the terms for which the template has words, all of `PatientTerms`.
    """

    patients: Literal["correlated", "independent", "intercept"]
    therapists: bool
    by_choice: bool


@dataclass(frozen=True)
class Covariate:
    """A covariate of all models, and whether its product with time is one."""

    name: str
    with_time: bool


@dataclass(frozen=True)
class AdjustedFor(Claim, at="models/adjusted_for"):
    """The covariates of all models."""

    covariates: tuple[Covariate, ...]


@dataclass(frozen=True)
class Course(Claim, at="models/course"):
    """The course of symptoms in M0, per session or per unit of log(session).

    patients, therapists : intraclass correlations at the first session, none where not estimated.
    """

    row: Estimate | None
    log_time: bool
    patients: float | None
    therapists: float | None


@dataclass(frozen=True)
class Explained(Claim, at="models/explained"):
    """The R² of the headline's model: of its fixed part, and of both parts."""

    model: str
    fixed: float | None
    both: float | None


def random_part(results: Results) -> str:
    """Return sentences on the random terms that the models have, and on their covariates."""
    settings = results.settings.modelling
    therapists = "therapist" in set(results.tables["variance_components"]["component"])
    covariates = tuple(Covariate(one.name, one.with_time) for one in settings.covariates)
    chosen = settings.clustering == "patient"
    terms = RandomPart(settings.patient_terms, therapists, chosen)
    return f"{terms.words} {AdjustedFor(covariates).words}".strip()


def course(results: Results) -> str:
    """Return sentences on the course of symptoms and on how alike ratings are, from M0."""
    slope = results.effect("M0", "time")
    log_time = results.settings.modelling.time == "log"
    if slope is None:
        return Course(None, log_time, None, None).words
    shares = results.tables["variance_components"].set_index(["model", "component"])
    shares = shares["share_at_start"]["M0"]
    unknown = shares[["patient", "residual"]].isna().any()
    return Course(
        row=effect(results, slope),
        log_time=log_time,
        patients=None if unknown else float(shares["patient"]),
        therapists=float(shares["therapist"]) if "therapist" in shares else None,
    ).words


def explained(results: Results) -> str:
    """Return a sentence on what the headline's model explains."""
    model = results.headline_model
    fixed, both = (results.component(model, f"r2_{part}") for part in ("marginal", "conditional"))
    return Explained(
        model, None if pd.isna(fixed) else fixed, None if pd.isna(both) else both
    ).words
