"""Sentences on the sample and the frequency of patterns, in which no small count is given."""

import math
from dataclasses import dataclass
from typing import Literal

from rupture_repair.config.inclusion import Inclusion
from rupture_repair.manuscript.results import Results
from rupture_repair.words.templates import Claim

Named = Literal["none", "unrepaired", "repaired"]
NAMED: tuple[Named, ...] = ("none", "unrepaired", "repaired")


@dataclass(frozen=True)
class Included(Claim, at="sample/inclusion"):
    """Who was to be analysed: fewest sessions, fewest patients of a therapist.

    therapist_change : which therapist counts where one changed; `refuse`: there is no such patient.
    """

    min_sessions: int
    min_patients: int
    therapist_change: Literal["refuse", "first", "last", "most", "exclude"]


@dataclass(frozen=True)
class Flow(Claim, at="sample/flow"):
    """How many patients were in the file, were left out, and entered the models.

    in_file, modelled : none where the number would tell of few. ratings : none without a model.
    """

    in_file: float | None
    classified: float
    modelled: float | None
    ratings: float | None


@dataclass(frozen=True)
class Sessions(Claim, at="sample/sessions"):
    """The lengths of treatments; the ends are those of single patients, and may be missing."""

    mean: float
    sd: float
    median: float
    shortest: float | None
    longest: float | None


@dataclass(frozen=True)
class Frequency:
    """Of a pattern, the number and the percent of patients."""

    pattern: Named
    n: float
    percent: float


@dataclass(frozen=True)
class Patterns(Claim, at="sample/patterns"):
    """In how many patients each pattern was found; those that may not be told are hidden.

    counted : with numbers of patients, as in the results; else with shares alone.
    """

    shown: tuple[Frequency, ...]
    hidden: tuple[Named, ...]
    counted: bool


def sample_claims(results: Results) -> dict[str, str]:
    """Return the sentences by name."""
    return {
        "inclusion": inclusion(results.settings.inclusion),
        "flow": _flow(results).words,
        "sessions": _sessions(results).words,
        "patterns": patterns(results, counted=True).words,
        "shares": patterns(results, counted=False).words,
    }


def inclusion(rules: Inclusion) -> str:
    """Say who was to be analysed, as the cohort file has it."""
    fewest = rules.min_patients_per_therapist
    return Included(rules.min_sessions, fewest, rules.therapist_change).words


def _flow(results: Results) -> Flow:
    n = results.tables["patient_flow"].set_index("step")["n"].astype(float)
    comparison = results.tables["model_comparison"]
    return Flow(
        in_file=_known(n.iloc[0]),
        classified=float(n["classified"]),
        modelled=_known(n.iloc[-1]),
        ratings=None if comparison.empty else float(comparison["n_obs"].iloc[-1]),
    )


def _sessions(results: Results) -> Sessions:
    mean, sd, median, low, high = (
        results.described("sessions", name) for name in ("mean", "sd", "median", "min", "max")
    )
    return Sessions(mean, sd, median, _known(low), _known(high))


def patterns(results: Results, *, counted: bool) -> Patterns:
    """Return the frequency of patterns; `counted`: with numbers of patients."""
    rows = results.tables["pattern_breakdown"].set_index("pattern")
    shown = tuple(
        Frequency(name, float(rows.loc[name, "n"]), float(rows.loc[name, "percent"]))
        for name in NAMED
        if name not in results.hidden
    )
    return Patterns(shown, tuple(name for name in NAMED if name in results.hidden), counted)


def _known(value: float) -> float | None:
    return None if math.isnan(value) else float(value)
