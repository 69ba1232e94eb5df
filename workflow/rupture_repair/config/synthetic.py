"""Parameters of a synthetic cohort (docs/methods.md): assumed unless `sources` says otherwise."""

import math
from typing import Literal

from pydantic import Field, field_validator, model_validator

from rupture_repair.config.base import Strict
from rupture_repair.config.errors import did_you_mean


class AllianceProcess(Strict):
    """Course of the alliance ratings, in points of the instrument."""

    mean: float = Field(description="Mean level at the first session.")
    sd: float = Field(gt=0, description="Standard deviation over all ratings.")
    patient_share: float = Field(gt=0, lt=1, description="Share of variance between patients.")
    therapist_share: float = Field(ge=0, lt=1, description="Share of variance of therapists.")
    rise: float = Field(description="Mean rise per unit of log(session).")
    autocorrelation: float = Field(
        gt=-1, lt=1, description="AR(1) coefficient of deviations within a patient."
    )
    drop_mean: float = Field(gt=0, description="Mean size of a planted rupture, in within SDs.")
    drop_sd: float = Field(ge=0, description="SD of the size of planted ruptures, in within SDs.")
    recovery: float = Field(
        ge=0, le=1, description="Share of an unrepaired drop that is regained in the end."
    )
    recovery_sessions: float = Field(
        3.0, gt=0, description="Sessions in which 1 − 1/e of that share is regained."
    )
    repair_within: int = Field(
        3, ge=1, description="Most sessions that a repaired drop lasts; all numbers equally likely."
    )


class SymptomProcess(Strict):
    """Course of the symptoms, in points of the instrument; slopes per unit of log(session)."""

    mean: float = Field(description="Mean at the first session.")
    sd: float = Field(gt=0, description="Standard deviation at the first session.")
    residual_sd: float = Field(gt=0, description="SD of ratings about the patient's own line.")
    therapist_share: float = Field(ge=0, lt=1, description="Share of variance of therapists.")
    slope: float = Field(description="Mean slope of patients without rupture.")
    slope_sd: float = Field(ge=0, description="SD of patients' own slopes.")
    slope_iip: float = Field(description="Slope per SD of interpersonal problems, no rupture.")
    slope_unrepaired: float = Field(description="Added slope of unrepaired ruptures.")
    slope_repaired: float = Field(description="Added slope of repaired ruptures.")
    slope_unrepaired_iip: float = Field(
        description="Added slope per SD of interpersonal problems, unrepaired."
    )
    slope_repaired_iip: float = Field(
        description="Added slope per SD of interpersonal problems, repaired."
    )
    slope_repaired_iip_length: float = Field(
        description="The same per unit of centred log(length), repaired."
    )
    slope_length: float = Field(
        0.0, description="Added slope per unit of centred log(length), whatever the pattern."
    )
    slope_iip_length: float = Field(
        0.0, description="The same per SD of interpersonal problems, whatever the pattern."
    )


class IipDistribution(Strict):
    """Interpersonal problems and what goes with them; correlations are between patients."""

    mean: float = Field(description="Mean score.")
    sd: float = Field(gt=0, description="Standard deviation.")
    r_symptoms: float = Field(gt=-1, lt=1, description="Correlation with first symptoms.")
    r_alliance: float = Field(gt=-1, lt=1, description="Correlation with alliance level.")
    r_length: float = Field(gt=-1, lt=1, description="Correlation with treatment length (ranks).")


class LengthDistribution(Strict):
    """max(minimum, round(shift + exp(N(mu, sigma)))), then moved to the published M and SD."""

    shift: float = Field(description="Sessions added to the log-normal part.")
    mu: float = Field(description="Mean of the logarithm.")
    sigma: float = Field(gt=0, description="SD of the logarithm.")


class PatternAssignment(Strict):
    """Who ruptures and who repairs: log odds per unit; the counts are the published ones."""

    rupture_length: float = Field(description="Log odds of a rupture per unit of log(length).")
    rupture_iip: float = Field(
        description="Log odds of a rupture per SD of interpersonal problems."
    )
    repair_length: float = Field(description="Log odds of its repair per unit of log(length).")


class Demographics(Strict):
    """Drawn at random for each patient (orientation: each therapist), unrelated to all else."""

    age_mean: float = Field(37, description="Mean age in years, of a normal distribution.")
    age_sd: float = Field(12, gt=0, description="Standard deviation of age in years.")
    age_min: int = Field(18, ge=0, description="Lower ages are set to this.")
    age_max: int = Field(80, description="Higher ages are set to this.")
    gender: dict[str, float] = Field(
        {"female": 0.64, "male": 0.35, "other": 0.01}, description="Probability of each gender."
    )
    diagnosis: dict[str, float] = Field(
        {"depressive": 0.35, "anxiety": 0.3, "personality": 0.15, "eating": 0.08, "other": 0.12},
        description="Probability of each diagnosis.",
    )
    orientation: tuple[str, ...] = Field(
        ("cognitive-behavioural", "psychodynamic", "integrative"),
        min_length=1,
        description="Orientations of therapists, equally likely.",
    )

    @field_validator("gender", "diagnosis")
    @classmethod
    def _probabilities_add_up(cls, shares: dict[str, float]) -> dict[str, float]:
        if any(share < 0 for share in shares.values()) or not math.isclose(
            math.fsum(shares.values()), 1, abs_tol=1e-9
        ):
            raise ValueError("probabilities must be 0 or more and add up to 1")
        return shares

    @model_validator(mode="after")
    def _ages_are_a_range(self) -> "Demographics":
        if self.age_min > self.age_max:
            raise ValueError("`age_min` must not be above `age_max`")
        return self


class Source(Strict):
    """Where the value of a parameter comes from."""

    kind: Literal["published", "derived", "assumed"] = Field(
        description="`derived`: from published figures, by arithmetic or simulation."
    )
    citation: str | None = Field(
        None,
        pattern=r"^[A-Za-z0-9][A-Za-z0-9_:./-]*$",
        description=(
            "Key in reports/references.bib, or `doi:…`; needed by `published`. Of an assumed "
            "value: where the nearest published figure is."
        ),
    )
    note: str = Field("", description="Which quantity it is, or how it was derived.")

    @model_validator(mode="after")
    def _published_values_have_a_source(self) -> "Source":
        if self.kind == "published" and self.citation is None:
            raise ValueError("`published` needs a `citation`: a key of reports/references.bib")
        return self


class Synthetic(Strict):
    """A synthetic cohort: drawn from these parameters, calibrated to the published figures."""

    seed: int = Field(ge=0, description="Seed of all random numbers.")
    length: LengthDistribution = Field(description="Treatment lengths.")
    caseload_concentration: float = Field(
        gt=0, description="Dirichlet concentration of caseloads; smaller is more unequal."
    )
    missing_share: float = Field(
        ge=0, lt=0.5, description="Share of sessions without ratings; never the first."
    )
    r_alliance_symptoms: float = Field(
        gt=-1, lt=1, description="Correlation of alliance level and first symptoms."
    )
    alliance: AllianceProcess = Field(description="Course of the alliance ratings.")
    symptoms: SymptomProcess = Field(description="Course of the symptom ratings.")
    iip: IipDistribution = Field(description="Interpersonal problems.")
    patterns: PatternAssignment = Field(description="Who ruptures and who repairs.")
    demographics: Demographics = Field(
        Demographics(), description="Age, gender, diagnosis, orientation: unrelated to all else."
    )
    sources: dict[str, Source] = Field(
        {},
        description=(
            "Where a parameter (`iip.r_length`) or all of a section (`length`) comes from; what is "
            "not named is assumed."
        ),
    )

    @model_validator(mode="after")
    def _sources_are_of_parameters(self) -> "Synthetic":
        values = self.model_dump(exclude={"sources"})
        sections = {part: own for part, own in values.items() if isinstance(own, dict)}
        inner = [f"{part}.{name}" for part, own in sections.items() for name in own]
        known = [*values, *inner]
        for name in self.sources:
            if name not in known:
                raise ValueError(f"`sources.{name}` is no parameter; {did_you_mean(name, known)}")
        return self


def parameter_descriptions() -> dict[str, str]:
    """Return what each parameter of a synthetic cohort means, by its key: `alliance.sd`."""
    described: dict[str, str] = {}
    for part, field in Synthetic.model_fields.items():
        inner = getattr(field.annotation, "model_fields", None)
        named = {part: field} if inner is None else {f"{part}.{n}": own for n, own in inner.items()}
        described |= {name: own.description or "" for name, own in named.items()}
    return described
