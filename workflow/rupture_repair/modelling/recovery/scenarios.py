"""Cohorts with known parameters: with ruptures planted, and without any (docs/methods.md)."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import pandas as pd

from rupture_repair.cohort.synthetic import SyntheticCohort, Targets, simulate
from rupture_repair.config.criteria import Criterion
from rupture_repair.config.instruments import Instrument
from rupture_repair.config.synthetic import Synthetic
from rupture_repair.detection.detector import classifier

# bounds, in points, that no simulated score reaches
FAR = 1e6
# the parameters by which patterns differ in the course of symptoms
OF_PATTERNS = (
    "slope_unrepaired",
    "slope_repaired",
    "slope_unrepaired_iip",
    "slope_repaired_iip",
    "slope_repaired_iip_length",
)
NO_PATTERN_EFFECT = dict.fromkeys(OF_PATTERNS, 0.0)
NO_MODERATION = dict.fromkeys(OF_PATTERNS[2:], 0.0)


@dataclass(frozen=True)
class Setting:
    """What all cohorts share: parameters, sizes, instruments by role and the criterion."""

    spec: Synthetic
    targets: Targets
    instruments: Mapping[str, Instrument]
    criterion: Criterion


@dataclass(frozen=True)
class Scenario:
    """True parameters to be recovered.

    changes : of the parameters of symptoms.
    noise : no rupture is planted; those detected are noise.
    continuous : symptoms and interpersonal problems have no steps and no ends.
    models : the models whose parameters are those planted, see `study.MODELS`.
    """

    name: str
    words: str
    models: tuple[str, ...]
    changes: Mapping[str, float] = field(default_factory=dict)
    noise: bool = False
    continuous: bool = False


EXPOSURE = ("M1", "M1_length", "M2", "M2_length")
SCENARIOS = {
    scenario.name: scenario
    for scenario in (
        Scenario(
            "moderation_continuous",
            "moderation planted, scores without steps and ends",
            ("M2", "M3"),
            {"slope_repaired_iip_length": 0.0},
            continuous=True,
        ),
        Scenario(
            "moderation",
            "moderation planted, scores as the questionnaire gives them",
            ("M2", "M3"),
            {"slope_repaired_iip_length": 0.0},
        ),
        Scenario(
            "length_continuous",
            "moderation that grows with length, scores without steps and ends",
            ("M3",),
            continuous=True,
        ),
        Scenario(
            "length",
            "moderation that grows with length, scores as the questionnaire gives them",
            ("M3",),
        ),
        Scenario(
            "no_moderation",
            "ruptures planted, no moderation",
            ("M2", "M3"),
            NO_MODERATION,
        ),
        Scenario(
            "noise",
            "no ruptures: those detected are noise",
            EXPOSURE,
            NO_PATTERN_EFFECT,
            noise=True,
        ),
        Scenario(
            "noise_length",
            "no ruptures; the longer the treatment, the slower the improvement",
            EXPOSURE,
            NO_PATTERN_EFFECT | {"slope_length": 0.5},
            noise=True,
        ),
        Scenario(
            "noise_length_only",
            "the same, and nothing but length makes courses differ",
            EXPOSURE,
            NO_PATTERN_EFFECT | {"slope_length": 0.5, "slope_sd": 0.0, "slope_iip": 0.0},
            noise=True,
        ),
        Scenario(
            "noise_length_strong",
            "no ruptures; longer treatments improve more slowly, twice as strongly",
            EXPOSURE,
            NO_PATTERN_EFFECT | {"slope_length": 1.0},
            noise=True,
        ),
        Scenario(
            "noise_iip_length",
            "no ruptures; interpersonal problems matter more in longer treatments",
            EXPOSURE,
            NO_PATTERN_EFFECT | {"slope_iip_length": 0.5},
            noise=True,
        ),
    )
}


def draw(setting: Setting, scenario: Scenario, seed: int) -> SyntheticCohort:
    """Draw one cohort of the scenario."""
    planted = specification(setting, scenario).model_copy(update={"seed": seed})
    tools = dict(setting.instruments)
    if scenario.continuous:
        for role in ("symptoms", "iip"):
            open_ended = {"minimum": -FAR, "maximum": FAR, "step": None}
            tools[role] = tools[role].model_copy(update=open_ended)
    targets, classify = setting.targets, classifier(setting.criterion, tools["alliance"])
    if scenario.noise:
        nobody = dict.fromkeys(targets.patterns, 0)
        targets = replace(targets, patterns=nobody | {"none": targets.n_patients})
        classify = _nothing_to_see
    return simulate(planted, targets, tools, classify)


def specification(setting: Setting, scenario: Scenario) -> Synthetic:
    """Return the parameters with the scenario's changes."""
    symptoms = setting.spec.symptoms.model_copy(update=dict(scenario.changes))
    return setting.spec.model_copy(update={"symptoms": symptoms})


def _nothing_to_see(sessions: pd.DataFrame) -> pd.Series:
    """Accept every course as it was drawn."""
    return pd.Series("none", index=sessions["patient_id"].unique())
