"""Which rows of the session file are sessions of one treatment, and how they are numbered."""

from typing import Literal

from pydantic import Field, field_validator, model_validator

from rupture_repair.config.base import Strict


class SessionRules(Strict):
    """What is a session, and of which treatment."""

    intake: tuple[str, ...] = Field(
        (),
        description=(
            "Ratings before the first session, such as `0`, `T0` or `pre`: what the column "
            "`session` holds there, in a wide file what stands in place of `{session}`. They are "
            "no sessions and never part of a rupture; only their symptom score is kept, as "
            "`intake_symptoms` of the patient, and no model uses it."
        ),
    )
    leave_out: tuple[str, ...] = Field(
        (),
        description=(
            "Ratings that belong to no session, such as `post` or `FU`, written as for `intake`: "
            "left out, and counted."
        ),
    )
    numbers: Literal["as_given", "from_first", "in_order"] = Field(
        "as_given",
        description=(
            "Session numbers: `as_given`; `from_first` counts from the patient's first session, "
            "so that 5, 6, 8 become 1, 2, 4; `in_order` closes gaps too (1, 2, 3)."
        ),
    )
    second_treatment: Literal["first", "each", "all"] | None = Field(
        None,
        description=(
            "A patient who comes again: after more than `pause_days` without a session, or with "
            "session numbers that start again. `first`: only the first treatment counts; `each`: "
            "every treatment is analysed like a patient of its own, called such as "
            "`P1 (treatment 2)`, with the same interpersonal problems; the models take treatments "
            "of one patient as independent, so that intervals may be a little too narrow; `all`: "
            "one treatment, numbered on. null: all sessions count as one treatment and a warning "
            "names the patients; numbers that start again must be decided."
        ),
    )
    pause_days: int = Field(
        180,
        ge=1,
        description=(
            "Days without a session after which a second treatment begins, where dates are known; "
            "as many for each session number between two dates."
        ),
    )
    symptom_days: int = Field(
        3,
        ge=0,
        description=(
            "With `files.symptoms`: a session has the nearest rating that lies at most so many "
            "days before or after it (3: of ratings every seven days always one). A rating counts "
            "for one session; of two as near, the one before the session. How many matched and "
            "how far is in the validation report and in the paper."
        ),
    )
    unrated_end: Literal["auto", "leave_out", "keep"] = Field(
        "auto",
        description=(
            "Rows after a patient's last rating: planned sessions, or sessions without an answer. "
            "`auto` leaves them out where they have no date and rated rows do, where a patient has "
            "5 or more of them, or where more than half of the patients have 2 or more, and says "
            "so; `leave_out` and `keep` decide for all. Unrated rows between ratings are sessions."
        ),
    )

    @field_validator("intake", "leave_out", mode="before")
    @classmethod
    def _labels_may_be_numbers(cls, labels: object) -> object:
        labels = labels if isinstance(labels, list | tuple) else [labels]
        return [f"{x:g}" if type(x) in (int, float) else x for x in labels]

    @model_validator(mode="after")
    def _a_label_has_one_meaning(self) -> "SessionRules":
        if both := sorted(set(self.intake) & set(self.leave_out)):
            raise ValueError(f"`{both[0]}` is named in `intake` and in `leave_out`")
        return self
