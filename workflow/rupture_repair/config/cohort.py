"""One cohort file: where the data are, what the columns mean, what to compare with."""

from typing import Literal, Self

from pydantic import Field, field_validator, model_validator

from rupture_repair.config.base import Strict
from rupture_repair.config.synthetic import Synthetic


class RawFiles(Strict):
    """The files a clinic delivers; paths are relative to the working directory."""

    patients: str = Field(description="CSV file with a row per patient.")
    sessions: str = Field(description="CSV file with a row per session.")


class _Columns(Strict):
    @model_validator(mode="after")
    def _each_column_has_one_meaning(self) -> Self:
        meaning: dict[str, str] = {}
        for tidy, raw in self:
            if raw in meaning:
                raise ValueError(f"the column `{raw}` is named for `{meaning[raw]}` and `{tidy}`")
            if raw is not None:
                meaning[raw] = tidy
        return self


class PatientColumns(_Columns):
    """Names of the columns of the patient file."""

    patient_id: str = Field(description="Pseudonym of the patient.")
    therapist_id: str = Field(description="Pseudonym of the therapist.")
    iip: str = Field(description="Interpersonal problems at the start of therapy.")
    age: str | None = Field(None, description="Age in years.")
    gender: str | None = Field(None, description="Gender, as coded by the clinic.")
    diagnosis: str | None = Field(None, description="Main diagnosis.")
    orientation: str | None = Field(None, description="Theoretical orientation of the therapy.")


class SessionColumns(_Columns):
    """Names of the columns of the session file."""

    patient_id: str = Field(description="Pseudonym of the patient, as in the patient file.")
    session: str = Field(description="Session number: 1, 2, …")
    alliance: str = Field(description="Alliance rating of the session.")
    symptoms: str = Field(description="Symptom severity at the session.")
    date: str | None = Field(None, description="Date of the session (YYYY-MM-DD).")


class Columns(Strict):
    """Names of the columns in the raw files."""

    patients: PatientColumns = Field(description="Columns of the patient file.")
    sessions: SessionColumns = Field(description="Columns of the session file.")


class Measures(Strict):
    """Which questionnaire gave which score: keys of `instruments.yaml`."""

    alliance: str = Field(description="Instrument of the alliance rating.")
    symptoms: str = Field(description="Instrument of the symptom rating.")
    iip: str = Field(description="Instrument of interpersonal problems.")


class Inclusion(Strict):
    """Who is analysed."""

    min_sessions: int = Field(
        3, ge=1, description="Patients with fewer sessions are left out, and counted."
    )


class Chance(Strict):
    """How the breakdown that chance alone would give is computed (METHODS §3)."""

    replicates: int = Field(
        500, ge=50, description="Permuted and simulated cohorts without ruptures, each."
    )
    seed: int = Field(1, ge=0, description="Seed of the random numbers.")


class Modelling(Strict):
    """Choices of the multilevel models (METHODS §4)."""

    time: Literal["log", "linear"] = Field(
        "log",
        description="Time as log(session), or linear as session − 1; both zero at session 1.",
    )
    lengths: tuple[int, ...] = Field(
        (5, 10, 20), description="Treatment lengths, in sessions, at which effects are shown."
    )
    iip_levels: tuple[float, ...] = Field(
        (-1.0, 0.0, 1.0),
        description="Interpersonal problems, in cohort SDs, at which effects are shown.",
    )
    confidence: float = Field(0.95, gt=0.5, lt=1, description="Level of all intervals.")

    @field_validator("lengths")
    @classmethod
    def _lengths_are_sessions(cls, lengths: tuple[int, ...]) -> tuple[int, ...]:
        if not lengths or min(lengths) < 2:
            raise ValueError("give at least one length, each of 2 sessions or more")
        return lengths


class Cohort(Strict):
    """A cohort file, `config/cohorts/<name>.yaml`."""

    title: str = Field(description="Name of the study or clinic, as printed in the report.")
    files: RawFiles = Field(description="The raw files.")
    columns: Columns = Field(description="What the columns of the raw files mean.")
    missing_codes: tuple[str, ...] = Field(
        ("", "NA", "NaN"),
        description="Cell contents that mean `no answer`; an empty cell always does.",
    )
    instruments: Measures = Field(description="Which questionnaire gave which score.")
    inclusion: Inclusion = Field(Inclusion(), description="Who is analysed.")
    criterion: str = Field(
        "igra2025_style", description="Rupture criterion: a key of `criteria.yaml`."
    )
    chance: Chance = Field(Chance(), description="The breakdown expected by chance.")
    modelling: Modelling = Field(Modelling(), description="Choices of the models.")
    confidential: bool = Field(
        True, description="Real patients: counts under 5 are masked in what can be shared."
    )
    published: str | None = Field(
        None, description="CSV file of published figures to compare with, if there are any."
    )
    synthetic: Synthetic | None = Field(
        None,
        description=(
            "How to make a synthetic cohort while the raw files are absent. "
            "With both raw files in place this section is not used."
        ),
    )

    @model_validator(mode="after")
    def _synthetic_needs_targets(self) -> "Cohort":
        if self.synthetic is not None and self.published is None:
            raise ValueError("`synthetic` needs `published`: the figures it is calibrated to")
        return self
