"""What the columns of the raw files mean."""

from collections.abc import Iterator
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, Field, field_validator, model_validator

from rupture_repair.config.base import Strict


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


class OtherColumn(Strict):
    """A further column of the patient file, to be a covariate of the models."""

    column: str = Field(description="Its name in the patient file.")
    kind: Literal["number", "category"] = Field(
        description="`number`: cells are numbers; `category`: cells are names of groups."
    )

    @property
    def number(self) -> bool:
        """Whether its cells are numbers."""
        return self.kind == "number"


def _plain_name(name: str) -> str:
    taken = {*TIDY, "pattern", "length", "time", "iip_z", "length_c", "baseline_z", "symptoms"}
    if name in taken or not name.isidentifier() or not name.islower() or "__" in name:
        raise ValueError(f"`{name}` is taken or no plain name: use small letters, digits and one _")
    return name


# of the tidy patients; what else the patient file holds is in `other`
TIDY = ("patient_id", "therapist_id", "iip", "age", "gender", "diagnosis", "orientation")


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
    other: dict[Annotated[str, AfterValidator(_plain_name)], OtherColumn] = Field(
        {},
        description=(
            "Further columns by the names that `modelling.covariates` gives them, such as "
            "`income: {column: EINKOMMEN, kind: number}`."
        ),
    )

    def __iter__(self) -> Iterator[tuple[str, Any]]:  # type: ignore[override]
        """Yield tidy name and raw column, those of `other` like the rest."""
        for tidy in TIDY:
            yield tidy, getattr(self, tidy)
        for tidy, found in self.other.items():
            yield tidy, found.column


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
    symptoms: Column | None = Field(
        None,
        description="Symptom severity at the session; null where a file of its own holds it.",
    )
    date: str | None = Field(None, description="Date of the session.")
    therapist_id: str | None = Field(
        None, description="Pseudonym of the session's therapist, where it may change."
    )

    @property
    def wide(self) -> bool:
        """Whether a row holds all sessions of a patient."""
        return any("{session}" in name for names in self._names().values() for name in names)

    def _names(self) -> dict[str, tuple[str, ...]]:
        named = {tidy: raw for tidy, raw in self if raw is not None and tidy != "patient_id"}
        return {tidy: (raw,) if isinstance(raw, str) else raw.items for tidy, raw in named.items()}

    @model_validator(mode="after")
    def _sessions_can_be_told_apart(self) -> Self:
        if self.wide:
            if self.session is not None:
                raise ValueError("in a wide file `{session}` gives the number: leave out `session`")
            for tidy, names in self._names().items():
                for part in names:
                    if "{session}" not in part and tidy != "therapist_id":
                        raise ValueError(f"`{part}` ({tidy}) has no `{{session}}`; the others have")
        elif self.session is None and self.date is None:
            raise ValueError("give `session`, or `date` so that the order of dates numbers them")
        return self


class SymptomColumns(_Columns):
    """Names of the columns of a file with symptom ratings, a row per rating."""

    patient_id: str = Field(description="Pseudonym of the patient, as in the patient file.")
    date: str = Field(description="Date of the rating.")
    symptoms: Column = Field(description="Symptom severity.")


class Columns(Strict):
    """Names of the columns in the raw files."""

    patients: PatientColumns = Field(description="Columns of the patient file.")
    sessions: SessionColumns = Field(description="Columns of the session file.")
    symptoms: SymptomColumns | None = Field(
        None, description="Columns of the file `files.symptoms`, if there is one."
    )

    @model_validator(mode="after")
    def _symptoms_are_rated_once(self) -> Self:
        if self.symptoms is None and self.sessions.symptoms is None:
            raise ValueError(
                "`sessions.symptoms` is missing: name the column, or with `files.symptoms` the "
                "columns of `symptoms`"
            )
        if self.symptoms and self.sessions.symptoms:
            raise ValueError("symptoms are named for the session file and for a file of their own")
        if self.symptoms and self.sessions.date is None:
            raise ValueError("`sessions.date` is missing: symptoms are matched to sessions by date")
        return self
