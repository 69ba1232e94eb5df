"""What the discussion says: why models differ, what follows for treatments, and for whom."""

import math
from dataclasses import dataclass

from rupture_repair.manuscript.findings import averaged_effect, main_effect
from rupture_repair.manuscript.results import Results
from rupture_repair.modelling.answers import verdict_on_length
from rupture_repair.words.templates import Claim, Estimate


@dataclass(frozen=True)
class Generality(Claim, at="discussion/generality"):
    """On whom and on what the results rest, and what they leave open.

    therapists : none where they were not recorded. in_file, left_out : patients, none where the
    number may not be told.
    """

    synthetic: bool
    therapists: int
    in_file: int | None
    left_out: int | None
    alliance: str
    symptoms: str
    problems: str


@dataclass(frozen=True)
class ModelsDiffer(Claim, at="discussion/models_differ"):
    """The moderation in M2, averaged over lengths, beside that at average length in M3."""

    averaged: Estimate | None
    at_average: Estimate | None


@dataclass(frozen=True)
class Conclusion(Claim, at="discussion/conclusion"):
    """Whether the moderation grows with length as the study's conclusion takes; none: open."""

    shown: bool | None


def models_differ(results: Results) -> str:
    """Say what the models with and without length give, and why they differ."""
    return ModelsDiffer(averaged_effect(results), main_effect(results)).words


def conclusion(results: Results) -> str:
    """Say whether the data show what the conclusion of the study rests on."""
    worse = results.settings.instruments.symptoms.higher_is == "worse"
    verdict = verdict_on_length(results.tables["headline"], negative=worse)
    return Conclusion({"reproduced": True, "opposite direction": False}.get(verdict)).words


def generality(results: Results) -> str:
    """Say on whom and on what the results rest, and what they leave open."""
    flow = results.tables["patient_flow"]["n"]
    left_out = float(flow.iloc[0] - flow.iloc[-1])
    hidden = math.isnan(left_out) or results.masks(left_out)
    tools = results.settings.instruments
    return Generality(
        synthetic=results.synthetic,
        therapists=int(results.described("therapists", "n")),
        in_file=None if hidden else int(flow.iloc[0]),
        left_out=None if hidden else int(left_out),
        alliance=tools.alliance.short,
        symptoms=tools.symptoms.short,
        problems=tools.iip.short,
    ).words
