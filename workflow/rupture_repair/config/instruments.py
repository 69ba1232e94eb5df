"""Questionnaires: what a score may be and which way is better."""

from typing import Literal

from pydantic import Field, model_validator

from rupture_repair.config.base import Strict


class Scoring(Strict):
    """How the answers to the items give the score."""

    items: int = Field(ge=1, description="Number of items.")
    item_minimum: float = Field(description="Lowest possible answer.")
    item_maximum: float = Field(description="Highest possible answer.")
    reversed: tuple[int, ...] = Field(
        (), description="Numbers of the items whose answers are turned round before scoring."
    )
    score: Literal["mean", "sum"] = Field(description="What the score is of its items.")

    @model_validator(mode="after")
    def _items_exist(self) -> "Scoring":
        strange = [item for item in self.reversed if not 1 <= item <= self.items]
        if strange:
            raise ValueError(f"`reversed` names items {strange} of {self.items}")
        if self.item_minimum >= self.item_maximum:
            raise ValueError("`item_minimum` must lie below `item_maximum`")
        return self


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
    reliability: float | None = Field(
        None,
        gt=0,
        lt=1,
        description=(
            "Reliability of the score: gives the reliable change of a symptom rating where "
            "`reliable_change` is not given."
        ),
    )
    cut_off: float | None = Field(None, description="Clinical cut-off, in points.")
    scoring: Scoring | None = Field(
        None, description="How items give the score; needed only where scoring is done here."
    )
    recall: str | None = Field(
        None, description="Time that the questions are about, such as `the past week`."
    )
    citation: str | None = Field(
        None, pattern=r"^[A-Za-z0-9][A-Za-z0-9_:.-]*$", description="Key in reports/references.bib."
    )
    source: str | None = Field(None, description="The publication in words.")

    @model_validator(mode="after")
    def _range_is_a_range(self) -> "Instrument":
        if self.minimum >= self.maximum:
            raise ValueError(
                f"`minimum` ({self.minimum:g}) must lie below `maximum` ({self.maximum:g})"
            )
        expected = {"alliance": "better", "iip": "worse"}.get(self.measures, self.higher_is)
        if self.higher_is != expected:
            raise ValueError(
                f"`higher_is` must be {expected} where `measures` is {self.measures}: a rupture is "
                "a drop of the alliance, a moderator is impairment; turn the score round first"
            )
        if self.citation is None and self.source is None:
            raise ValueError("give `source`, the publication in words, or `citation`")
        if self.scoring:
            times = self.scoring.items if self.scoring.score == "sum" else 1
            low, high = self.scoring.item_minimum * times, self.scoring.item_maximum * times
            if (low, high) != (self.minimum, self.maximum):
                raise ValueError(
                    f"by `scoring` the score goes from {low:g} to {high:g}, "
                    f"by `minimum` and `maximum` from {self.minimum:g} to {self.maximum:g}"
                )
        return self
