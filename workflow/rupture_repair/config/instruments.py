"""Questionnaires: what a score may be and which way is better."""

from typing import Literal

from pydantic import Field, model_validator

from rupture_repair.config.base import Strict


class Instrument(Strict):
    """One questionnaire as an entry of `instruments.yaml`."""

    title: str = Field(description="Full name of the questionnaire.")
    short: str = Field(description="Abbreviation used in tables and on axes.")
    measures: Literal["alliance", "symptoms", "iip"] = Field(description="What it rates.")
    minimum: float = Field(description="Lowest possible score.")
    maximum: float = Field(description="Highest possible score.")
    step: float | None = Field(
        None, gt=0, description="Distance of possible scores, if they lie on a grid."
    )
    higher_is: Literal["better", "worse"] = Field(description="Direction of the score.")
    reliable_change: float | None = Field(None, gt=0, description="Reliable change, in points.")
    cut_off: float | None = Field(None, description="Clinical cut-off, in points.")
    citation: str = Field(description="Key in reports/references.bib.")

    @model_validator(mode="after")
    def _range_is_a_range(self) -> "Instrument":
        if self.minimum >= self.maximum:
            raise ValueError(
                f"`minimum` ({self.minimum:g}) must lie below `maximum` ({self.maximum:g})"
            )
        return self
