"""Choices of the analysis in a cohort file, apart from the rupture criterion."""

from typing import Any, Literal

from pydantic import Field, field_validator, model_validator

from rupture_repair.config.base import Replicates, Sessions, Strict

Time = Literal["log", "linear"]
PatientTerms = Literal["correlated", "independent", "intercept"]
Clustering = Literal["therapist", "patient"]


class Chance(Strict):
    """How the breakdown that chance alone would give is computed (docs/methods.md, Chance)."""

    replicates: Replicates = Field(
        500,
        ge=50,
        description=(
            "Cohorts in random order and as many simulated without ruptures; every criterion of "
            "`criteria.yaml` judges the same ones."
        ),
    )
    coupled: Replicates = Field(
        40,
        ge=20,
        description=(
            "Cohorts without ruptures whose alliance and symptom errors of one session are "
            "correlated as in the data; M1 to M3 are fitted to each."
        ),
    )
    seed: int = Field(1, ge=0, description="Seed of the random numbers.")


class Compatibility(Strict):
    """Which rupture rules could have given the published shares of patterns, by simulation."""

    processes: int = Field(
        64,
        ge=16,
        le=1024,
        description=(
            "Simulated alliance processes without ruptures, and as many with ruptures; a power of "
            "two spreads them most evenly."
        ),
    )
    seed: int = Field(1, ge=0, description="Seed of the random numbers.")


class OtherStudy(Strict):
    """A study whose published patterns stand beside those of the cohort."""

    label: str = Field(description="Name of the study, as printed.")
    citation: str = Field(
        pattern=r"^[A-Za-z0-9][A-Za-z0-9_:.-]*$", description="Key in reports/references.bib."
    )
    published: str = Field(description="CSV file of its published figures; see data/README.md.")


class Robustness(Strict):
    """Resampling of whole therapists, beside the standard errors of the models."""

    replicates: Replicates = Field(
        1000, ge=50, description="Bootstrap replicates for each of M2 and M3."
    )
    seed: int = Field(1, ge=0, description="Seed of the random numbers.")


class Sensitivity(Strict):
    """What the variants of the headline analysis differ in (docs/methods.md, Models)."""

    landmark: Sessions = Field(
        10,
        ge=2,
        description=(
            "Session up to which the landmark analysis detects patterns; its outcome is the "
            "symptoms after it."
        ),
    )
    first_sessions: Sessions = Field(
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


class Covariate(Strict):
    """What patients differ in and models adjust for; a name alone stands for one with time."""

    name: str = Field(
        description=(
            "`age`, `gender`, `diagnosis` or `orientation`, or a name of `columns.patients.other`."
        )
    )
    with_time: bool = Field(
        True, description="Whether the change over time may depend on it too, or the level alone."
    )

    @model_validator(mode="before")
    @classmethod
    def _a_name_alone(cls, value: Any) -> Any:  # noqa: ANN401
        return {"name": value} if isinstance(value, str) else value


class Modelling(Strict):
    """Choices of the multilevel models (docs/methods.md, Models)."""

    time: Time = Field(
        "log",
        description="Time as log(session), or linear as session − 1; both zero at session 1.",
    )
    patient_terms: PatientTerms = Field(
        "correlated",
        description=(
            "Random part of patients: `correlated` or `independent` intercept and slope on time, "
            "or `intercept` alone where ratings are too few for slopes."
        ),
    )
    clustering: Clustering = Field(
        "therapist",
        description=(
            "Largest unit whose ratings belong together: `therapist`, patients within therapists; "
            "or `patient`, without a term for therapists, robust tests and resampling by patient."
        ),
    )
    covariates: tuple[Covariate, ...] = Field(
        (),
        description=(
            "What all models adjust for, such as `[age, {name: gender, with_time: false}]`. "
            "Numbers are centred; of categories the most frequent is the reference, and those "
            "with fewer than 5 patients are one. Patients without a value are left out, and "
            "counted."
        ),
    )
    lengths: tuple[Sessions, ...] = Field(
        (5, 10, 20), description="Treatment lengths, in sessions, at which effects are shown."
    )
    iip_levels: tuple[float, ...] = Field(
        (-1.0, 0.0, 1.0),
        description="Interpersonal problems, in cohort SDs, at which effects are shown.",
    )
    effect_duration: Sessions = Field(
        10,
        ge=2,
        description=(
            "Session up to which effect sizes count change: d is the change from session 1 to this "
            "one in SDs of the first symptom rating."
        ),
    )
    confidence: float = Field(0.95, gt=0.5, lt=1, description="Level of all intervals.")

    @field_validator("covariates")
    @classmethod
    def _each_covariate_once(cls, covariates: tuple[Covariate, ...]) -> tuple[Covariate, ...]:
        names = [covariate.name for covariate in covariates]
        if twice := sorted({name for name in names if names.count(name) > 1}):
            raise ValueError(f"given twice: {', '.join(twice)}")
        return covariates

    @field_validator("lengths")
    @classmethod
    def _lengths_are_sessions(cls, lengths: tuple[int, ...]) -> tuple[int, ...]:
        if not lengths or min(lengths) < 2:
            raise ValueError("give at least one length, each of 2 sessions or more")
        return lengths
