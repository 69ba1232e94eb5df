"""Sentences that depend on results: with other data they say something else."""

from dataclasses import dataclass

from rupture_repair.manuscript import (
    change_claims,
    compatibility_claims,
    detection_claims,
    exposure_claims,
    fit_claims,
    multiverse_claims,
    posterior_claims,
    region_claims,
    robustness_claims,
    sensitivity_claims,
    shared_noise_claims,
    threshold_claims,
    treatment_claims,
)
from rupture_repair.manuscript.discussion_claims import conclusion, generality, models_differ
from rupture_repair.manuscript.findings import (
    averaged_effect,
    crossed,
    effect,
    ends,
    findings,
    main_effect,
    why_not,
    with_length,
)
from rupture_repair.manuscript.results import Results
from rupture_repair.modelling.answers import Change, at_lengths, change
from rupture_repair.words.templates import Claim, Direction, Estimate


@dataclass(frozen=True)
class ModerationShort(Claim, at="abstract/moderation"):
    """The moderation; `few`: what few problems go with, where that is the opposite of many."""

    row: Estimate | None
    why: str
    with_length: bool
    few: Direction | None


@dataclass(frozen=True)
class LengthShort(Claim, at="abstract/length"):
    """How the moderation depends on length, with what it is in short and in long treatments."""

    found: Change
    shortest: Estimate
    longest: Estimate
    larger: Estimate


@dataclass(frozen=True)
class AtLengths(Claim, at="findings/at_lengths"):
    """The moderation at each stated length, and what it is in a model without length."""

    rows: tuple[Estimate, ...]
    without_length: Estimate | None


@dataclass(frozen=True)
class Agreement(Claim, at="published/agreement"):
    """How published figures compare: how many could have failed, first.

    derived : of the items, those worked out from published ones. directions, recovered : of a
    cohort that is calibrated to the others. planted, inside : effects, and how many intervals hold
    theirs.
    """

    items: int
    derived: int
    calibrated: int
    reproduced: int
    directions: int
    recovered: int
    planted: int
    inside: int
    confidence: float


def claims(results: Results) -> dict[str, str]:
    """Return the conditional sentences of abstract, results and discussion by key."""
    return {
        **headline_claims(results),
        "treatments": treatment_claims.treatments(results),
        "symptoms_when": treatment_claims.symptoms_when(results),
        "models": fit_claims.models(results.tables["model_comparison"]),
        "certificates": fit_claims.certificates(results.tables["certificates"]),
        "engines": fit_claims.engines(results.tables["engines"]),
        "johnson_neyman": region_claims.regions(results),
        "effect_size": change_claims.effect_size(results),
        "reliable_rule": change_claims.reliable_rule(results),
        "reliable_change": change_claims.reliable_change(results),
        "robustness": robustness_claims.robustness(results),
        "robustness_short": robustness_claims.robustness_short(results),
        "priors": posterior_claims.priors(results),
        "posterior": posterior_claims.posterior(results),
        "influence": robustness_claims.influence(results),
        "sensitivity": sensitivity_claims.sensitivity(results),
        "sensitivity_limits": sensitivity_claims.limits(results),
        "landmark": sensitivity_claims.landmark(results),
        "rupture_state": sensitivity_claims.rupture_state(results),
        "repair_event": sensitivity_claims.repair_event(results),
        "steps": sensitivity_claims.steps(results),
        "diagnostics": robustness_claims.diagnostics(results),
        "cut_off": compatibility_claims.cut_off(results),
        "rules_that_fit": compatibility_claims.rules_that_fit(results),
        "rule_ranges": compatibility_claims.ranges(results),
        "other_studies": compatibility_claims.other_studies(results),
        "chance": detection_claims.chance(results),
        "chance_by_length": detection_claims.chance_by_length(results),
        "criteria": detection_claims.criteria(results),
        "criteria_chance": detection_claims.criteria_chance(results),
        "hazard": exposure_claims.hazard(results),
        "exposure": exposure_claims.exposure(results),
        "multiverse": multiverse_claims.curve(results),
        "multiverse_specifications": multiverse_claims.specifications(results),
        "multiverse_choices": multiverse_claims.choices(results),
        "multiverse_inference": multiverse_claims.inference(results),
        "shared_noise": shared_noise_claims.shared_noise(results),
        "thresholds": threshold_claims.thresholds(results),
        "generality": generality(results),
        "agreement": _agreement(results).words if results.has_published else "",
    }


def headline_claims(results: Results) -> dict[str, str]:
    """Return the sentences that answer the study's questions by key."""
    found = findings(results)
    at_lengths = f"{found['length'].in_full} {_at_lengths(results).words}"
    return {
        "moderation": found["moderation"].in_full,
        **{key: claim.words for key, claim in short_claims(results).items()},
        "length": at_lengths.strip(),
        "unrepaired": found["unrepaired"].in_full,
        "repaired": found["repaired"].in_full,
        "models_differ": models_differ(results),
        "conclusion": conclusion(results),
    }


def short_claims(results: Results) -> dict[str, Claim]:
    """Return what the abstract says of the moderation, by key."""
    row, length = main_effect(results), with_length(results)
    how = change(results.tables["headline"])
    return {
        "moderation_short": ModerationShort(row, why_not(results), length, crossed(results)),
        "length_short": LengthShort(how, *ends(results)),
        "multiverse_short": multiverse_claims.in_short(results),
    }


def _at_lengths(results: Results) -> AtLengths:
    rows = tuple(effect(results, row) for row in at_lengths(results.tables["headline"]))
    return AtLengths(rows, averaged_effect(results))


def _agreement(results: Results) -> Agreement:
    table, effects = results.tables["verification"], results.tables["planted_effects"]
    directions = table[table["kind"] == "direction"]
    return Agreement(
        items=len(table),
        derived=int((table["source"] == "derived").sum()),
        calibrated=int((table["kind"] == "calibrated").sum()),
        reproduced=int((table["verdict"] == "reproduced").sum()),
        directions=len(directions),
        recovered=int((directions["verdict"] == "recovered").sum()),
        planted=len(effects),
        inside=int(effects["inside"].sum()) if len(effects) else 0,
        confidence=100 * results.settings.modelling.confidence,
    )
