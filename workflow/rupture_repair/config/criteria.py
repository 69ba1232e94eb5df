"""Rupture criteria: the parameters of the one detector (docs/methods.md, Detection)."""

from typing import Literal

from pydantic import Field, model_validator

from rupture_repair.config.base import Multiple, Sessions, Strict

Rule = Literal["threshold", "tang_derubeis"]
Reference = Literal["previous", "decline_start", "running_mean", "own_mean"]
Scale = Literal[
    "own_sd",
    "own_sd_c4",
    "own_see",
    "pooled_within_sd",
    "between_sd",
    "diff_sd",
    "moving_range",
    "rci",
    "stricter",
    "own_or_between",
    "absolute",
]
# what each scale is, in the words of the paper
SCALES: dict[Scale, str] = {
    "own_sd": "the patient's own standard deviation",
    "own_sd_c4": "the patient's own standard deviation corrected for bias",
    "own_see": "the patient's own residual standard deviation about a straight line",
    "pooled_within_sd": "the pooled within-patient standard deviation",
    "between_sd": "the standard deviation of first ratings",
    "diff_sd": "the standard deviation of session-to-session differences",
    "moving_range": "the patient's mean moving range / 1.128",
    "rci": "the reliable change index",
    "stricter": "the larger of the own and the pooled within-patient standard deviation",
    "own_or_between": "the larger of the own standard deviation and that of first ratings",
    "absolute": "one scale point",
}
Aggregate = Literal["all", "any", "first", "last"]
Pattern = Literal["none", "unrepaired", "repaired", "unclassifiable"]
PATTERNS: tuple[Pattern, ...] = ("none", "unrepaired", "repaired")
# scales that each patient's own ratings make: everybody has another threshold
OWN_SCALES = {"own_sd", "own_sd_c4", "own_see", "moving_range", "stricter", "own_or_between"}


class Criterion(Strict):
    """When a fall in the alliance counts as a rupture, and a rise as its repair."""

    label: str = Field(
        "", max_length=60, description="Its name in print. Without one its key stands there."
    )
    source: str = Field("", description="Where the rule was published, in words.")
    citation: str | None = Field(
        None, pattern=r"^[A-Za-z0-9][A-Za-z0-9_:.-]*$", description="Key in reports/references.bib."
    )
    assumed: str = Field("", description="What of the rule its source does not state.")
    rule: Rule = Field(
        "threshold",
        description=(
            "`threshold`: a drop of at least k × S is a rupture. `tang_derubeis`: the drop must "
            "also be at least `min_share` of the rating before, and the mean of up to three "
            "ratings must differ reliably before and after it."
        ),
    )
    min_share: float = Field(
        0.25,
        ge=0,
        lt=1,
        description="Smallest drop as a share of the rating before; rule `tang_derubeis` only.",
    )
    reference: Reference = Field(
        "previous",
        description=(
            "What a rating is compared with: the previous rating, the rating before an unbroken "
            "decline (so that falls over several sessions count as one), the mean of all earlier "
            "ratings, or the patient's own mean (control chart)."
        ),
    )
    scale: Scale = Field(
        "pooled_within_sd", description="The unit S in which the size of a drop is judged."
    )
    k: Multiple = Field(1.5, description="A drop of at least k × S is a rupture.")
    max_gap: Sessions | None = Field(
        1,
        description=(
            "Largest difference of session numbers between the two ratings compared when the "
            "reference is `previous`; 1 is session to session, null the last rating however old."
        ),
    )
    repair_window: Sessions | None = Field(
        None,
        description="Sessions after the rupture in which a repair counts; null: until the end.",
    )
    repair_tolerance: float = Field(
        0.0,
        ge=0,
        lt=1,
        description="Share of the drop that may remain: 0 is full return, .5 half way.",
    )
    aggregate: Aggregate = Field(
        "all",
        description=(
            "Pattern of a patient with several ruptures: repaired if `all` are, if `any` is, "
            "or as the `first` or the `last` one."
        ),
    )
    merge_consecutive: bool = Field(
        False, description="Count drops in directly following ratings as one decline."
    )
    western_electric: bool = Field(
        False,
        description=(
            "Count runs of low ratings on a control chart as well (Western Electric Company, "
            "1956): two of three by 2 × S below the own mean, four of five by 1 × S, eight in a "
            "row; reference `own_mean` only."
        ),
    )
    reliability: float | None = Field(
        None, gt=0, lt=1, description="Reliability of the rating; needed by scale `rci` only."
    )

    @model_validator(mode="after")
    def _tang_derubeis_compares_with_the_previous_rating(self) -> "Criterion":
        if self.rule == "tang_derubeis" and self.reference != "previous":
            raise ValueError("rule `tang_derubeis` needs the reference `previous`")
        return self

    @model_validator(mode="after")
    def _run_rules_need_a_control_chart(self) -> "Criterion":
        if self.western_electric and self.reference != "own_mean":
            raise ValueError("`western_electric` needs the reference `own_mean`")
        return self

    @model_validator(mode="after")
    def _rci_needs_reliability(self) -> "Criterion":
        if self.scale == "rci" and self.reliability is None:
            raise ValueError(
                "scale `rci` needs a `reliability` between 0 and 1 from the instrument's manual"
            )
        return self

    @property
    def alone(self) -> "Criterion":
        """The rule without what is said about it, for steps that compute."""
        content = self.model_dump(exclude={"label", "source", "citation", "assumed", "name"})
        return Criterion(**content)


class NamedCriterion(Criterion):
    """A criterion with the name that it has in `criteria.yaml`."""

    name: str

    @property
    def printed(self) -> str:
        """What it is called in print."""
        return printed_name(self.name, self.label)


def printed_name(name: str, label: str) -> str:
    """Return what a criterion is called in print: its label, or its key without underscores."""
    return label or name.replace("_", " ")
