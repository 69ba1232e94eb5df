"""Which tests are reported, in words for the paper's method."""

from dataclasses import dataclass

from rupture_repair.config.reporting import MIN_DF
from rupture_repair.manuscript.results import Results
from rupture_repair.words.templates import Claim


@dataclass(frozen=True)
class Primary(Claim, at="inference/primary"):
    """The primary and the secondary test; without length where all treatments have the same."""

    with_length: bool


@dataclass(frozen=True)
class Tests(Claim, at="inference/tests"):
    """How tests are made; `primary`: the sentences on the primary and the secondary one."""

    primary: str


@dataclass(frozen=True)
class Inference(Claim, at="inference/inference"):
    """Whom the clusters of the reported inference are, and the fewest degrees of freedom."""

    clusters: str
    fewest_df: float


def primary(results: Results) -> str:
    """Return sentences on the primary and the secondary test."""
    return Primary(results.headline_model != "M2").words


def tests(results: Results) -> str:
    """Return sentences on how tests are made."""
    return Tests(primary(results)).words


def inference(results: Results) -> str:
    """Return a sentence on the clusters of the inference that is reported."""
    units = results.tables["headline"]["clusters"].dropna()
    unit = f"{units.iloc[0]}s" if len(units) else "therapists"
    return Inference(unit, MIN_DF).words
