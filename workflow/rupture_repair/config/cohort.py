"""One cohort file: where the data are, what the columns mean, what to compare with."""

from pydantic import Field, field_validator, model_validator

from rupture_repair.config.analysis import (
    Chance,
    Compatibility,
    Modelling,
    OtherStudy,
    Robustness,
    Sensitivity,
)
from rupture_repair.config.base import Strict, key_problem
from rupture_repair.config.columns import Column, Columns
from rupture_repair.config.criteria import Criterion
from rupture_repair.config.errors import did_you_mean, one_line
from rupture_repair.config.inclusion import Inclusion
from rupture_repair.config.instruments import Instrument
from rupture_repair.config.reading import Readings
from rupture_repair.config.sessions import SessionRules
from rupture_repair.config.synthetic import Synthetic
from rupture_repair.config.wording import Labels, Wording


class RawFiles(Strict):
    """The files a clinic delivers; paths are relative to the working directory."""

    patients: str = Field(
        description=(
            "File with the patients: text (.csv, .tsv, .txt), Excel (.xlsx), SPSS (.sav), "
            "Stata (.dta) or Parquet."
        )
    )
    sessions: str | None = Field(
        None, description="File with the sessions; null where the patient file holds them too."
    )

    symptoms: str | None = Field(
        None,
        description=(
            "File with symptom ratings that have dates of their own (weekly ones, say) and are "
            "matched to sessions by `sessions.symptom_days`; null where sessions hold them."
        ),
    )

    @property
    def session_file(self) -> str:
        """The file with the sessions."""
        return self.sessions or self.patients

    @property
    def by_role(self) -> dict[str, str]:
        """All files by what they hold."""
        files = {"patients": self.patients, "sessions": self.session_file}
        return files | ({"symptoms": self.symptoms} if self.symptoms else {})


class Measures(Strict):
    """Which questionnaire gave which score: keys of `instruments.yaml`."""

    alliance: str = Field(description="Instrument of the alliance rating.")
    symptoms: str = Field(description="Instrument of the symptom rating.")
    iip: str = Field(description="Instrument of interpersonal problems.")


class Outcome(Strict):
    """Another outcome that the session file holds."""

    column: Column = Field(description="Its column, or its items, as under `columns.sessions`.")
    instrument: str = Field(description="Instrument of the rating, of kind `symptoms`.")


class Cohort(Strict):
    """A cohort file, `config/cohorts/<name>.yaml`."""

    title: str = Field(description="Name of the study or clinic, as printed in the report.")
    files: RawFiles = Field(description="The raw files.")
    reading: Readings = Field(Readings(), description="How the raw files are written.")
    columns: Columns = Field(description="What the columns of the raw files mean.")
    # absent from a record where nothing is given, so that its checksum stays what it was
    labels: Labels = Field(
        Labels(),
        description=(
            "What categories of patients are called, in place of what the patient file holds: in "
            "Table 1 and as covariates. Categories with the same label are one."
        ),
        exclude_if=lambda labels: labels == Labels(),
    )
    missing_codes: tuple[str, ...] = Field(
        ("", "NA", "NaN"),
        description="Cell contents that mean `no answer`; an empty cell always does.",
    )
    instruments: Measures = Field(description="Which questionnaire gave which score.")
    own_instruments: dict[str, Instrument] = Field(
        {}, description="Questionnaires that `instruments.yaml` lacks, with the same keys."
    )
    outcomes: dict[str, Outcome] = Field(
        {}, description="Other outcomes that the session file holds, by names of your own."
    )
    outcome: str = Field(
        "symptoms",
        description=(
            "What the models explain: `symptoms`, or a name of `outcomes`, which then takes the "
            "place of `columns.sessions.symptoms` and `instruments.symptoms` everywhere."
        ),
    )
    sessions: SessionRules = Field(
        SessionRules(), description="What is a session, and of which treatment."
    )
    inclusion: Inclusion = Field(Inclusion(), description="Who is analysed.")
    criterion: str = Field(
        "igra2025_style",
        description="Rupture criterion: a key of `criteria.yaml` or of `own_criteria`.",
    )
    own_criteria: dict[str, Criterion] = Field(
        {}, description="Rupture criteria that `criteria.yaml` lacks, with the same keys."
    )
    chance: Chance = Field(Chance(), description="The breakdown expected by chance.")
    compatibility: Compatibility = Field(
        Compatibility(), description="Which rules could have given the published shares."
    )
    modelling: Modelling = Field(Modelling(), description="Choices of the models.")
    robustness: Robustness = Field(Robustness(), description="Resampling of therapists.")
    sensitivity: Sensitivity = Field(
        Sensitivity(), description="Variants of the headline analysis."
    )
    confidential: bool = Field(
        True,
        description=(
            "Real patients: in all that can be shared (paper, `tables/`, `figures/`, "
            "`verification.csv`) no single patient is drawn and counts of 1 to 4 patients are "
            "masked, with whatever would give them away. All counts stay in the private folder "
            "`ruptures/counts/`. Has no effect on synthetic data."
        ),
    )
    real_patients: bool = Field(
        True,
        description=(
            "Whether the raw files hold real patients. If not, every page says that the data are "
            "synthetic, and nothing is masked."
        ),
    )
    manuscript: Wording = Field(
        Wording(),
        description="The paper of this cohort.",
        exclude_if=lambda wording: wording == Wording(),
    )
    other_studies: tuple[OtherStudy, ...] = Field(
        (), description="Studies whose published patterns are shown beside those of this cohort."
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

    @field_validator("published")
    @classmethod
    def _a_brace_is_a_wildcard(cls, path: str | None) -> str | None:
        if path and set(path) & set("{}"):
            raise ValueError(f"`{one_line(path)}`: this path may have no braces; rename the folder")
        return path

    @field_validator("own_instruments", "own_criteria")
    @classmethod
    def _names_can_be_printed(cls, named: dict[str, Strict]) -> dict[str, Strict]:
        for name in named:
            if why := key_problem(name):
                raise ValueError(f"`{one_line(name)}`: {why}")
        return named

    @field_validator("missing_codes", mode="before")
    @classmethod
    def _codes_may_be_numbers(cls, codes: object) -> object:
        if not isinstance(codes, list | tuple):
            return codes
        return [f"{c:g}" if type(c) in (int, float) else c for c in codes]

    @property
    def of_outcome(self) -> "Cohort":
        """The same cohort with column and instrument of its outcome in the place of symptoms'."""
        if self.outcome == "symptoms":
            return self
        chosen = self.outcomes[self.outcome]
        sessions = self.columns.sessions.model_copy(update={"symptoms": chosen.column})
        columns = self.columns.model_copy(update={"sessions": sessions})
        measures = self.instruments.model_copy(update={"symptoms": chosen.instrument})
        return self.model_copy(update={"columns": columns, "instruments": measures})

    @model_validator(mode="after")
    def _the_outcome_is_there(self) -> "Cohort":
        if self.outcome == "symptoms":
            return self
        if self.outcome not in self.outcomes:
            hint = did_you_mean(self.outcome, ["symptoms", *self.outcomes])
            raise ValueError(f"`outcome: {one_line(self.outcome)}` is not under `outcomes`; {hint}")
        if self.columns.symptoms is not None or self.synthetic is not None:
            where = "`files.symptoms`" if self.columns.symptoms else "`synthetic`"
            raise ValueError(
                f"`outcome: {one_line(self.outcome)}` and {where} exclude each other: outcomes are "
                "columns of a delivered session file"
            )
        return self

    @model_validator(mode="after")
    def _covariates_are_columns_of_patients(self) -> "Cohort":
        columns = dict(self.columns.patients)
        usable = [name for name in columns if name not in {"patient_id", "therapist_id", "iip"}]
        for covariate in self.modelling.covariates:
            name = one_line(covariate.name)
            if covariate.name not in usable:
                hint = did_you_mean(covariate.name, usable)
                raise ValueError(
                    f"`modelling.covariates`: `{name}` is no covariate; {hint}; name further "
                    "columns of the patient file under `columns.patients.other`"
                )
            if columns[covariate.name] is None:
                raise ValueError(
                    f"`modelling.covariates`: name the column that holds `{name}` as "
                    f"`columns.patients.{name}`"
                )
        return self

    @model_validator(mode="after")
    def _a_symptom_file_has_columns(self) -> "Cohort":
        if (self.files.symptoms is None) != (self.columns.symptoms is None):
            raise ValueError("`files.symptoms` and `columns.symptoms` go together: give both")
        return self

    @model_validator(mode="after")
    def _synthetic_needs_targets(self) -> "Cohort":
        if self.synthetic is not None and self.published is None:
            raise ValueError("`synthetic` needs `published`: the figures it is calibrated to")
        is_simple = isinstance(self.columns.patients.iip, str) and not self.columns.sessions.wide
        ratings = (self.columns.sessions.alliance, self.columns.sessions.symptoms)
        endings = {self.files.patients[-4:], self.files.session_file[-4:]}
        if self.synthetic is not None and not (
            is_simple
            and all(isinstance(rating, str) for rating in ratings)
            and self.files.sessions not in {None, self.files.patients}
            and endings == {".csv"}
        ):
            raise ValueError("`synthetic` writes two long CSV files with scores: name such files")
        columns = [*dict(self.columns.patients).values(), *dict(self.columns.sessions).values()]
        formulas = [f"`{one_line(c)}`" for c in columns if c and str(c).strip()[:1] in set("=+-@")]
        if self.synthetic is not None and formulas:
            raise ValueError(
                f"`synthetic` writes {', '.join(formulas)} as the name of a column, which would "
                "run as a formula in a spreadsheet: give the column another name"
            )
        return self
