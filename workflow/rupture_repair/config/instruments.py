"""Questionnaires: what a score may be and which way is better."""

from typing import Literal

from pydantic import Field, model_validator

from rupture_repair.config.base import Strict

Seen = Literal["text", "abstract", "cited", "memory"]
Fact = Literal[
    "items", "range", "direction", "scoring", "reversed", "recall", "cut_off", "reliable_change"
]


class Scoring(Strict):
    """How the answers to the items give the score."""

    items: int = Field(ge=1, description="Number of items.")
    item_minimum: float = Field(description="Lowest possible answer.")
    item_maximum: float = Field(description="Highest possible answer.")
    reversed: tuple[int, ...] = Field(
        (), description="Numbers of the items whose answers are turned round before scoring."
    )
    counted: tuple[int, ...] = Field(
        (),
        description=(
            "Numbers of the items that make the score, where the questionnaire has others, too, "
            "such as those of one subscale; empty: all."
        ),
    )
    highest_of: tuple[tuple[int, ...], ...] = Field(
        (),
        description=(
            "Groups of items of which the highest answer given counts as one, such as the sleep "
            "items of the QIDS-SR."
        ),
    )
    weights: tuple[float, ...] = Field(
        (),
        description=(
            "A weight for each item, in their order, by which its answer is multiplied. Then a "
            "score needs all answers: there is no proration."
        ),
    )
    score: Literal["mean", "sum"] = Field(description="What the score is of its items.")
    factor: float = Field(
        1.0, gt=0, description="What the mean or sum is multiplied by, such as 10 for CORE-OM."
    )

    @model_validator(mode="after")
    def _items_exist(self) -> "Scoring":
        grouped = tuple(item for group in self.highest_of for item in group)
        for name, numbers in (
            ("reversed", self.reversed),
            ("counted", self.counted),
            ("highest_of", grouped),
        ):
            strange = [item for item in numbers if not 1 <= item <= self.items]
            if strange:
                raise ValueError(f"`{name}` names items {strange} of {self.items}")
        if len(set(grouped)) < len(grouped):
            raise ValueError("an item can be in one group of `highest_of` only")
        if self.weights and len(self.weights) != self.items:
            raise ValueError(f"{len(self.weights)} `weights` are given for {self.items} items")
        if self.weights and (self.counted or self.highest_of):
            raise ValueError("`weights` go with neither `counted` nor `highest_of`: give 0")
        if self.item_minimum >= self.item_maximum:
            raise ValueError("`item_minimum` must lie below `item_maximum`")
        return self

    @property
    def parts(self) -> tuple[tuple[int, ...], ...]:
        """What is summed up: each an item, or a group of items of which the highest counts."""
        group_of = {item: group for group in self.highest_of for item in group}
        counted = self.counted or range(1, self.items + 1)
        return tuple(dict.fromkeys(group_of.get(item, (item,)) for item in counted))

    @property
    def ends(self) -> tuple[float, float]:
        """The lowest and the highest possible score, in points."""
        answers = (self.item_minimum, self.item_maximum)
        n = len(self.parts)
        if not self.weights:
            times = self.factor * (n if self.score == "sum" else 1)
            return answers[0] * times, answers[1] * times
        times = self.factor / (n if self.score == "mean" else 1)
        products = [[weight * answer for answer in answers] for weight in self.weights]
        return sum(map(min, products)) * times, sum(map(max, products)) * times


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
    reliable_change_level: float | None = Field(
        None,
        gt=0.5,
        lt=1,
        description=(
            "Confidence level of `reliable_change` in its publication, .95 or .90; null where the "
            "publication was not seen to state it."
        ),
    )
    reliability: float | None = Field(
        None,
        gt=0,
        lt=1,
        description=(
            "Reliability of the score: gives the reliable change of a symptom rating where "
            "`reliable_change` is not given."
        ),
    )
    reference_sd: float | None = Field(
        None,
        gt=0,
        description=(
            "SD of the score in a published sample of patients, in points: gives, with "
            "`reliability`, the reliable change at 95% beside one of another level."
        ),
    )
    cut_off: float | None = Field(None, description="Clinical cut-off, in points.")
    scoring: Scoring | None = Field(
        None, description="How items give the score; needed only where scoring is done here."
    )
    not_scored: str | None = Field(
        None,
        description=(
            "Why the score cannot be made from items here, where `scoring` is not given; `make "
            "check` says so to those whose file has the items."
        ),
    )
    recall: str | None = Field(
        None, description="Time that the questions are about, such as `the past week`."
    )
    turned_round: bool = Field(
        False,
        description=(
            "Whether the publication counts the other way: then the cohort's files must hold the "
            "scores turned round (`minimum` + `maximum` − score), and `make cohort` never takes "
            "the entry without asking."
        ),
    )
    also_named: tuple[str, ...] = Field(
        (),
        description=(
            "Other names that columns of this questionnaire have, such as `bsi_gsi`; capitals and "
            "signs do not matter. `make cohort` goes by them."
        ),
    )
    citation: str | None = Field(
        None,
        pattern=r"^[A-Za-z0-9][A-Za-z0-9_:.-]*$",
        description=(
            "Key of an entry in reports/references.bib, which must be there: the paper cites it, "
            "and it appears among the references. One of `citation` and `source` is required."
        ),
    )
    source: str | None = Field(
        None,
        description=(
            "The publication in words, such as `Evans et al., 2002`. Enough where there is no "
            "`citation`: the paper then prints it in brackets as it stands, outside of the list of "
            "references."
        ),
    )
    seen: Seen | None = Field(
        None,
        description=(
            "Where the facts of the entry were seen: in the `text` (the questionnaire, its manual "
            "or its publication), in its `abstract`, `cited` by others (a text about it, code that "
            "scores it), or nowhere: from `memory`, not checked against the source. null for "
            "your own."
        ),
    )
    seen_in: str | None = Field(
        None, description="The place where they were seen; required with `seen`, but for `memory`."
    )
    not_seen: tuple[Fact, ...] = Field(
        (), description="Facts of the entry that were not found there: these are from memory."
    )

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
        if self.reliable_change_level is not None and self.reliable_change is None:
            raise ValueError("`reliable_change_level` is of no use without `reliable_change`")
        if self.citation is None and self.source is None:
            raise ValueError("give `source`, the publication in words, or `citation`")
        if (self.seen_in is not None) != (self.seen not in (None, "memory")):
            raise ValueError("`seen_in` is the place where `seen` says that the facts were seen")
        if self.scoring and self.not_scored:
            raise ValueError("`not_scored` says why there is no `scoring`: leave one of them out")
        if self.scoring:
            low, high = self.scoring.ends
            if (low, high) != (self.minimum, self.maximum):
                raise ValueError(
                    f"by `scoring` the score goes from {low:g} to {high:g}, "
                    f"by `minimum` and `maximum` from {self.minimum:g} to {self.maximum:g}"
                )
        return self

    def known(self, fact: Fact) -> bool:
        """Return whether a fact was seen; what a user's own entry says counts as seen."""
        return self.seen != "memory" and fact not in self.not_seen

    @property
    def named_range(self) -> str:
        """The name beside the range in a message, with a caveat where the range was not seen."""
        if self.known("range"):
            return self.short
        return f"{self.short}, a range not checked against its publication"


class NamedInstrument(Instrument):
    """A questionnaire with the key that it has in `instruments.yaml` or in the cohort file."""

    key: str


class Instruments(Strict):
    """The questionnaires of a cohort by what they rate."""

    alliance: NamedInstrument
    symptoms: NamedInstrument
    iip: NamedInstrument
