"""Choices of the analysis in a cohort file, apart from the rupture criterion."""

from typing import Literal

from pydantic import Field, field_validator

from rupture_repair.config.base import Strict


class Chance(Strict):
    """How the breakdown that chance alone would give is computed (METHODS §3)."""

    replicates: int = Field(
        500,
        ge=50,
        description=(
            "Cohorts in random order and as many simulated without ruptures; every criterion of "
            "`criteria.yaml` judges the same ones."
        ),
    )
    seed: int = Field(1, ge=0, description="Seed of the random numbers.")


class Robustness(Strict):
    """Resampling of whole therapists, beside the standard errors of the models."""

    replicates: int = Field(1000, ge=50, description="Bootstrap replicates for each of M2 and M3.")
    seed: int = Field(1, ge=0, description="Seed of the random numbers.")


class Sensitivity(Strict):
    """What the variants of the headline analysis differ in (METHODS §4)."""

    landmark: int = Field(
        10,
        ge=2,
        description=(
            "Session up to which the landmark analysis detects patterns; its outcome is the "
            "symptoms after it."
        ),
    )
    first_sessions: int = Field(
        10, ge=3, description="Sessions that the analysis of the first sessions keeps."
    )
    winsorise: float = Field(
        0.025,
        gt=0,
        lt=0.25,
        description=(
            "Share of the symptom ratings at either end that one analysis moves in to the limit."
        ),
    )


class Modelling(Strict):
    """Choices of the multilevel models (METHODS §4)."""

    time: Literal["log", "linear"] = Field(
        "log",
        description="Time as log(session), or linear as session − 1; both zero at session 1.",
    )
    patient_terms: Literal["correlated", "independent", "intercept"] = Field(
        "correlated",
        description=(
            "Random part of patients: `correlated` or `independent` intercept and slope on time, "
            "or `intercept` alone where ratings are too few for slopes."
        ),
    )
    lengths: tuple[int, ...] = Field(
        (5, 10, 20), description="Treatment lengths, in sessions, at which effects are shown."
    )
    iip_levels: tuple[float, ...] = Field(
        (-1.0, 0.0, 1.0),
        description="Interpersonal problems, in cohort SDs, at which effects are shown.",
    )
    effect_duration: int = Field(
        10,
        ge=2,
        description=(
            "Session up to which effect sizes count change: d is the change from session 1 to this "
            "one in SDs of the first symptom rating."
        ),
    )
    confidence: float = Field(0.95, gt=0.5, lt=1, description="Level of all intervals.")

    @field_validator("lengths")
    @classmethod
    def _lengths_are_sessions(cls, lengths: tuple[int, ...]) -> tuple[int, ...]:
        if not lengths or min(lengths) < 2:
            raise ValueError("give at least one length, each of 2 sessions or more")
        return lengths
