"""One cohort file: where the data are, what the columns mean, what to compare with."""

from typing import Literal, Self

from pydantic import Field, field_validator, model_validator

from rupture_repair.config.analysis import Chance, Modelling, Robustness, Sensitivity
from rupture_repair.config.base import Strict, wrong_key
from rupture_repair.config.errors import told
from rupture_repair.config.instruments import Instrument
from rupture_repair.config.reading import Readings
from rupture_repair.config.synthetic import Synthetic


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

    @property
    def session_file(self) -> str:
        """The file with the sessions."""
        return self.sessions or self.patients


class Items(Strict):
    """A score that is made here from the answers to the instrument's items."""

    items: tuple[str, ...] = Field(
        description=(
            "Columns of the items, in the instrument's order; or one pattern such as "
            "`wai_{item}`, in a wide file `wai_{item}_s{session}`."
        )
    )
    missing_share: float = Field(
        0.0,
        ge=0,
        lt=1,
        description=(
            "Largest share of unanswered items with which a score is made: their mean stands for "
            "them (proration). With more, the score is missing."
        ),
    )

    @field_validator("items", mode="before")
    @classmethod
    def _one_pattern_is_a_list_of_one(cls, value: object) -> object:
        return [value] if isinstance(value, str) else value

    @field_validator("items")
    @classmethod
    def _a_single_name_is_a_pattern(cls, items: tuple[str, ...]) -> tuple[str, ...]:
        if len(items) == 1 and "{item}" not in items[0]:
            raise ValueError("give all items, or a pattern with `{item}` where their number stands")
        if len(items) > 1 and any("{item}" in name for name in items):
            raise ValueError("give a list of columns or one pattern with `{item}`, not both")
        return items


Column = str | Items


class _Columns(Strict):
    @model_validator(mode="after")
    def _each_column_has_one_meaning(self) -> Self:
        meaning: dict[str, str] = {}
        for tidy, raw in self:
            for name in raw.items if isinstance(raw, Items) else (raw,):
                if name in meaning:
                    raise ValueError(
                        f"the column `{name}` is named for `{meaning[name]}` and `{tidy}`"
                    )
                if name is not None:
                    meaning[name] = tidy
        return self


class PatientColumns(_Columns):
    """Names of the columns of the patient file."""

    patient_id: str = Field(description="Pseudonym of the patient.")
    therapist_id: str | None = Field(
        None, description="Pseudonym of the therapist; null where it was not recorded."
    )
    iip: Column = Field(description="Interpersonal problems at the start of therapy.")
    age: str | None = Field(None, description="Age in years.")
    gender: str | None = Field(None, description="Gender, as coded by the clinic.")
    diagnosis: str | None = Field(None, description="Main diagnosis.")
    orientation: str | None = Field(None, description="Theoretical orientation of the therapy.")


class SessionColumns(_Columns):
    """Names of the columns of the session file.

    In a wide file (a row per patient) every column but `patient_id` is a pattern with `{session}`.
    """

    patient_id: str = Field(description="Pseudonym of the patient, as in the patient file.")
    session: str | None = Field(
        None,
        description=(
            "Session number: 1, 2, …; null in a wide file, and where the order of dates gives it."
        ),
    )
    alliance: Column = Field(
        description="Alliance rating of the session; in a wide file such as `alliance_s{session}`."
    )
    symptoms: Column = Field(description="Symptom severity at the session.")
    date: str | None = Field(None, description="Date of the session.")
    therapist_id: str | None = Field(
        None, description="Pseudonym of the session's therapist, where it may change."
    )

    @property
    def wide(self) -> bool:
        """Whether a row holds all sessions of a patient."""
        return any("{session}" in name for name in self._names().values())

    def _names(self) -> dict[str, str]:
        named = {tidy: raw for tidy, raw in self if raw is not None and tidy != "patient_id"}
        return {
            tidy: raw if isinstance(raw, str) else " ".join(raw.items)
            for tidy, raw in named.items()
        }

    @model_validator(mode="after")
    def _sessions_can_be_told_apart(self) -> Self:
        if self.wide:
            if self.session is not None:
                raise ValueError("in a wide file `{session}` gives the number: leave out `session`")
            for tidy, name in self._names().items():
                for part in name.split():
                    if "{session}" not in part and tidy != "therapist_id":
                        raise ValueError(f"`{part}` ({tidy}) has no `{{session}}`; the others have")
        elif self.session is None and self.date is None:
            raise ValueError("give `session`, or `date` so that the order of dates numbers them")
        return self


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
    therapist_change: Literal["refuse", "first", "last", "most", "exclude"] = Field(
        "refuse",
        description=(
            "A therapist who changes within a treatment: `refuse` stops and names the patients; "
            "`first`, `last` or `most` (sessions) names the one who counts; `exclude` leaves the "
            "patients out, and counts them."
        ),
    )


class Cohort(Strict):
    """A cohort file, `config/cohorts/<name>.yaml`."""

    title: str = Field(description="Name of the study or clinic, as printed in the report.")
    files: RawFiles = Field(description="The raw files.")
    reading: Readings = Field(Readings(), description="How the raw files are written.")
    columns: Columns = Field(description="What the columns of the raw files mean.")
    missing_codes: tuple[str, ...] = Field(
        ("", "NA", "NaN"),
        description="Cell contents that mean `no answer`; an empty cell always does.",
    )
    instruments: Measures = Field(description="Which questionnaire gave which score.")
    own_instruments: dict[str, Instrument] = Field(
        {}, description="Questionnaires that `instruments.yaml` lacks, with the same keys."
    )
    inclusion: Inclusion = Field(Inclusion(), description="Who is analysed.")
    criterion: str = Field(
        "igra2025_style", description="Rupture criterion: a key of `criteria.yaml`."
    )
    chance: Chance = Field(Chance(), description="The breakdown expected by chance.")
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

    @field_validator("own_instruments")
    @classmethod
    def _names_can_be_printed(cls, named: dict[str, Instrument]) -> dict[str, Instrument]:
        for name in named:
            if why := wrong_key(name):
                raise ValueError(f"`{told(name)}`: {why}")
        return named

    @field_validator("missing_codes", mode="before")
    @classmethod
    def _codes_may_be_numbers(cls, codes: object) -> object:
        if not isinstance(codes, list | tuple):
            return codes
        return [f"{c:g}" if type(c) in (int, float) else c for c in codes]

    @model_validator(mode="after")
    def _synthetic_needs_targets(self) -> "Cohort":
        if self.synthetic is not None and self.published is None:
            raise ValueError("`synthetic` needs `published`: the figures it is calibrated to")
        plain = isinstance(self.columns.patients.iip, str) and not self.columns.sessions.wide
        ratings = (self.columns.sessions.alliance, self.columns.sessions.symptoms)
        endings = {self.files.patients[-4:], self.files.session_file[-4:]}
        if self.synthetic is not None and not (
            plain
            and all(isinstance(rating, str) for rating in ratings)
            and self.files.sessions not in {None, self.files.patients}
            and endings == {".csv"}
        ):
            raise ValueError("`synthetic` writes two long CSV files with scores: name such files")
        columns = [*dict(self.columns.patients).values(), *dict(self.columns.sessions).values()]
        formulas = [f"`{told(c)}`" for c in columns if c and str(c).strip()[:1] in set("=+-@")]
        if self.synthetic is not None and formulas:
            raise ValueError(
                f"`synthetic` writes {', '.join(formulas)} as the name of a column, which would "
                "run as a formula in a spreadsheet: give the column another name"
            )
        return self
