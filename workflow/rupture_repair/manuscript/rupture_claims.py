"""Sentences on the ruptures that were found."""

import math
from dataclasses import dataclass
from typing import Literal

from rupture_repair.config.criteria import OWN_SCALES
from rupture_repair.manuscript.results import Results
from rupture_repair.words.templates import Claim


@dataclass(frozen=True)
class Unclassifiable(Claim, at="ruptures/unclassifiable"):
    """How many patients could not be classified; none where they are few."""

    patients: int | None


@dataclass(frozen=True)
class Sizes(Claim, at="ruptures/sizes"):
    """The SD within patients and the threshold; of `own` ones of the patients, the median."""

    within: float
    threshold: float | None
    own: bool


@dataclass(frozen=True)
class Repaired:
    """How many ruptures were repaired (none: few were, or few were not), at the median after."""

    ruptures: int | None
    after: float


@dataclass(frozen=True)
class Found(Claim, at="ruptures/found"):
    """Number, size, repair and place of the ruptures.

    number : `masked` where it would tell of few patients with several. last : those in the last
    rated session, several : patients with more than one; none where they are few.
    """

    number: Literal["none", "few", "masked", "told"]
    ruptures: int
    mean_drop: float
    sd_drop: float
    repaired: Repaired
    last: int | None
    several: int | None
    first: float


def ruptures(results: Results) -> dict[str, str]:
    """Return the sentences by name."""
    patients = results.quantity("n_unclassifiable")
    threshold = results.quantity("median_threshold")
    within = results.quantity("pooled_within_sd")
    own = results.settings.criterion.scale in OWN_SCALES
    return {
        "unclassifiable": Unclassifiable(results.count(patients)).words,
        "sizes": Sizes(within, None if math.isnan(threshold) else threshold, own).words,
        "found": _found(results).words,
    }


def _found(results: Results) -> Found:
    quantity = results.quantity
    n, repaired = quantity("n_ruptures"), quantity("n_repaired_ruptures")
    number: Literal["none", "few", "masked", "told"] = "told"
    if not n:
        number = "none"
    elif results.masks(n) or (math.isnan(n) and math.isnan(quantity("mean_drop"))):
        number = "few"
    elif math.isnan(n):
        number = "masked"
    return Found(
        number=number,
        ruptures=0 if math.isnan(n) else int(n),
        mean_drop=quantity("mean_drop"),
        sd_drop=quantity("sd_drop"),
        repaired=Repaired(results.count(repaired), quantity("median_sessions_to_repair")),
        last=results.count(quantity("n_unobservable_ruptures")),
        several=results.count(quantity("n_patients_several_ruptures")),
        first=quantity("median_first_rupture"),
    )
