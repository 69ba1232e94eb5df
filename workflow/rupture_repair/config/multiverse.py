"""The multiverse: which choices of the analysis are varied (config/multiverse.yaml)."""

from typing import Any, Literal

from pydantic import (
    Field,
    SerializerFunctionWrapHandler,
    field_validator,
    model_serializer,
    model_validator,
)

from rupture_repair.config.analysis import PatientTerms, Time
from rupture_repair.config.base import Multiple, Sessions, Strict
from rupture_repair.config.criteria import Aggregate, Reference, Scale

Length = Literal["none", "adjusted", "moderator"]
Baseline = Literal["none", "adjusted"]
Adjusted = Literal["none", "adjusted"]
TherapistTerms = Literal["intercept", "independent", "correlated", "none"]


class Choices(Strict):
    """Values of each choice: a specification takes one of each."""

    scale: tuple[Scale, ...] = Field(description="Unit in which the size of a drop is judged.")
    k: tuple[Multiple, ...] = Field(description="Drops of at least k × S are ruptures.")
    reference: tuple[Reference, ...] = Field(description="What a rating is compared with.")
    max_gap: tuple[Sessions | None, ...] = Field(
        description=(
            "Largest difference of session numbers between two ratings compared; null: any. "
            "Matters to the reference `previous` alone."
        )
    )
    repair_window: tuple[Sessions | None, ...] = Field(
        description="Sessions in which a repair counts; null: until the end."
    )
    repair_tolerance: tuple[float, ...] = Field(description="Share of the drop that may remain.")
    aggregate: tuple[Aggregate, ...] = Field(
        description="Pattern of a patient with several ruptures."
    )
    time: tuple[Time, ...] = Field(description="Time as log(session) or as session − 1.")
    length: tuple[Length, ...] = Field(
        description=(
            "Treatment length: not in the model, `adjusted` for with its products with time, "
            "pattern and interpersonal problems, or `moderator` of everything (M3)."
        )
    )
    baseline: tuple[Baseline, ...] = Field(
        description=(
            "First symptom rating: an outcome like the others, or `adjusted`: a covariate, with "
            "its product with time, and no outcome."
        )
    )
    patient_terms: tuple[PatientTerms, ...] = Field(
        description="Random intercept and slope of patients: correlated or independent."
    )
    therapist_terms: tuple[TherapistTerms, ...] = Field(
        description="Random terms of therapists: an intercept, with a slope, or none."
    )
    covariates: tuple[Adjusted, ...] = Field(
        ("adjusted",),
        description=(
            "The cohort's `modelling.covariates`: `adjusted` for, or `none`. Without effect where "
            "it names none."
        ),
    )
    min_sessions: tuple[Sessions, ...] = Field(
        description="Fewest sessions of a patient; never below the cohort's own rule."
    )
    winsorise: tuple[float, ...] = Field(
        description=(
            "Share of the ratings, alliance and symptoms, at each end of their distribution that "
            "is moved to the quantile there; 0: as rated."
        )
    )

    min_patients_per_therapist: tuple[int, ...] = Field(
        (1,),
        description=(
            "Fewest patients of a therapist; never below the cohort's own rule. Without effect "
            "where therapists were not recorded."
        ),
    )

    @field_validator("*")
    @classmethod
    def _each_value_once(cls, values: tuple[Any, ...]) -> tuple[Any, ...]:
        if not values:
            raise ValueError("give at least one value")
        if len(set(values)) < len(values):
            raise ValueError("a value is given twice")
        return values

    @field_validator("winsorise")
    @classmethod
    def _less_than_half(cls, shares: tuple[float, ...]) -> tuple[float, ...]:
        if any(not 0 <= share < 0.5 for share in shares):
            raise ValueError("shares at each end are at least 0 and less than .5")
        return shares


class Combination(Strict):
    """Some of the choices, one value each."""

    scale: Scale | None = Field(None, description="As in `choices`.")
    k: Multiple | None = Field(None, description="As in `choices`.")
    reference: Reference | None = Field(None, description="As in `choices`.")
    max_gap: Sessions | None = Field(None, description="As in `choices`.")
    repair_window: Sessions | None = Field(None, description="As in `choices`.")
    repair_tolerance: float | None = Field(None, description="As in `choices`.")
    aggregate: Aggregate | None = Field(None, description="As in `choices`.")
    time: Time | None = Field(None, description="As in `choices`.")
    length: Length | None = Field(None, description="As in `choices`.")
    baseline: Baseline | None = Field(None, description="As in `choices`.")
    patient_terms: PatientTerms | None = Field(None, description="As in `choices`.")
    therapist_terms: TherapistTerms | None = Field(None, description="As in `choices`.")
    covariates: Adjusted | None = Field(None, description="As in `choices`.")
    min_patients_per_therapist: int | None = Field(None, description="As in `choices`.")
    min_sessions: Sessions | None = Field(None, description="As in `choices`.")
    winsorise: float | None = Field(None, description="As in `choices`.")

    @model_serializer(mode="wrap")
    def _keys_that_were_given(self, handler: SerializerFunctionWrapHandler) -> dict[str, Any]:
        """Leave out what was not given: null is a value, no limit."""
        return {key: value for key, value in handler(self).items() if key in self.model_fields_set}


class Multiverse(Strict):
    """Which specifications are run, and what is told of each."""

    specifications: int | None = Field(
        500,
        ge=1,
        description=(
            "How many combinations are run: those whose identifiers, digests of their content, "
            "come first. That is a random draw which stays the same when values are added or "
            "left out. null: all combinations."
        ),
    )
    chunks: int = Field(2, ge=1, le=10_000, description="Jobs that share the work.")
    at_session: Sessions = Field(
        10,
        ge=2,
        description=(
            "The moderation is told as points of symptoms between the first session and this one, "
            "so that models with different time compare."
        ),
    )
    fewest_patients: int = Field(
        5,
        ge=1,
        description=(
            "Specifications under which a pattern has fewer patients are not estimated; they keep "
            "their row, with the reason."
        ),
    )
    seed: int = Field(1, ge=0, description="Seed of the resampling.")
    reliability: float | None = Field(
        None, gt=0, lt=1, description="Reliability of the alliance; needed by scale `rci` only."
    )
    choices: Choices = Field(description="All values of each choice; every combination counts.")
    exclude: tuple[Combination, ...] = Field(
        (), description="Combinations that are not defensible: left out wherever they occur."
    )
    also: tuple[Combination, ...] = Field(
        (),
        description=(
            "Further specifications, each told by what it does otherwise than the cohort's own "
            "analysis. Each is a job of its own: nothing else is computed anew."
        ),
    )

    @model_validator(mode="after")
    def _rci_needs_reliability(self) -> "Multiverse":
        scales = {*self.choices.scale, *(more.scale for more in self.also)}
        if "rci" in scales and self.reliability is None:
            raise ValueError("scale `rci` needs a `reliability` between 0 and 1")
        return self
