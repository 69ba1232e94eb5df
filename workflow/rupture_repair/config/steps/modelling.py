"""What the steps of the room `modelling` depend on: no fit on levels and lengths to be shown."""

from rupture_repair.config.analysis import (
    Clustering,
    Covariate,
    PatientTerms,
    Robustness,
    Sensitivity,
    Time,
)
from rupture_repair.config.base import Strict
from rupture_repair.config.criteria import Criterion
from rupture_repair.config.instruments import Instrument


class ModelCovariate(Covariate):
    """A covariate, and whether it is a number or names groups."""

    number: bool


class TimeSettings(Strict):
    """For the analysis table."""

    time: Time
    covariates: tuple[ModelCovariate, ...] = ()


class FitSettings(Strict):
    """For fits of the models; the analysis table brings time."""

    patient_terms: PatientTerms
    clustering: Clustering = "therapist"
    covariates: tuple[ModelCovariate, ...] = ()


class ReliableChangeSettings(Strict):
    """For patients who changed reliably."""

    confidence: float
    symptoms: Instrument


class RobustnessSettings(Strict):
    """For the headline terms by other ways to their uncertainty."""

    confidence: float
    robustness: Robustness


class PosteriorSettings(Strict):
    """For the posterior of the headline beside its estimates."""

    confidence: float
    seed: int


class SharedNoiseSettings(Strict):
    """For what errors that both ratings of a session share would give without ruptures."""

    criterion: Criterion
    alliance: Instrument
    patient_terms: PatientTerms
    replicates: int
    seed: int


class SensitivitySettings(Strict):
    """For the variants of the headline analysis."""

    criterion: Criterion
    alliance: Instrument | None = None
    time: Time
    patient_terms: PatientTerms
    clustering: Clustering = "therapist"
    covariates: tuple[ModelCovariate, ...] = ()
    confidence: float
    effect_duration: int
    sensitivity: Sensitivity
