"""Sentences and table on the posterior of the headline beside REML; only where it was sampled."""

from dataclasses import dataclass

import pandas as pd

from rupture_repair.config.analysis import PatientTerms
from rupture_repair.manuscript.model_tables import role_words
from rupture_repair.manuscript.printed import TABLE, printed
from rupture_repair.manuscript.results import Results
from rupture_repair.modelling.posterior import CONVERGED, MAX_RHAT, MIN_ESS
from rupture_repair.modelling.posterior_sampling import COEFFICIENT_SCALE, LKJ_ETA
from rupture_repair.words import apa
from rupture_repair.words.templates import Claim, Range


@dataclass(frozen=True)
class Priors(Claim, at="posterior/priors"):
    """The priors: the scale of coefficients in SDs, and eta of the correlation's."""

    scale: float
    eta: float
    therapists: bool
    patients: PatientTerms


@dataclass(frozen=True)
class Chains:
    """How the posterior was sampled, and what that is judged by."""

    chains: int
    draws: float
    rhat: float
    ess: float
    divergences: int


@dataclass(frozen=True)
class Sampled:
    """The posterior of the moderation beside REML.

    place : the row of the headline that it is of. level : of its interval in percent. apart : how
    many posterior SDs from REML it lies at most; narrowest, widest : how many times as wide.
    """

    place: str
    mean: float
    ci_low: float
    ci_high: float
    level: float
    below_zero: float
    estimate: float
    own: Range
    apart: float
    narrowest: float
    widest: float


@dataclass(frozen=True)
class Posterior(Claim, at="posterior/posterior"):
    """The chains, and the posterior where they converged; without chains nothing was sampled."""

    chains: Chains | None
    sampled: Sampled | None
    most_rhat: float
    fewest_ess: float


@dataclass(frozen=True)
class Table(Claim, at="tables/posterior", blocks=TABLE):
    """The posterior beside REML; confidence: of the intervals in percent."""

    confidence: float
    sampler: str
    seed: int
    converged: bool


def priors(results: Results) -> str:
    """Tell the priors, in units of the outcome's standard deviation."""
    therapists = "therapist" in set(results.tables["variance_components"]["component"])
    terms = results.settings.modelling.patient_terms
    return Priors(COEFFICIENT_SCALE, LKJ_ETA, therapists, terms).words


def posterior(results: Results) -> str:
    """Tell whether the chains converged and, only then, the posterior beside REML."""
    data, sampling = results.tables["posterior"], results.tables["posterior_sampling"]
    if data.empty:
        return Posterior(None, None, MAX_RHAT, MIN_ESS).words
    run = sampling.iloc[0]
    chains = Chains(
        chains=int(run["chains"]),
        draws=float(run["draws"]),
        rhat=float(run["rhat"]),
        ess=float(min(run["ess_bulk"], run["ess_tail"])),
        divergences=int(run["divergences"]),
    )
    sampled = _sampled(results, data) if run["verdict"] == CONVERGED else None
    return Posterior(chains, sampled, MAX_RHAT, MIN_ESS).words


def _sampled(results: Results, data: pd.DataFrame) -> Sampled:
    row, level = data.iloc[0], 100 * results.settings.modelling.confidence
    wide = (data["high"] - data["low"]) / (data["model_ci_high"] - data["model_ci_low"])
    return Sampled(
        place=role_words(row),
        mean=float(row["mean"]),
        ci_low=float(row["low"]),
        ci_high=float(row["high"]),
        level=level,
        below_zero=float(row["below_zero"]),
        estimate=float(row["estimate"]),
        own=Range(float(row["model_ci_low"]), float(row["model_ci_high"])),
        apart=float(((data["mean"] - data["estimate"]).abs() / data["sd"]).max()),
        narrowest=float(wide.min()),
        widest=float(wide.max()),
    )


def posterior_table(results: Results) -> str:
    """Return the table `posterior`; nothing where nothing was sampled."""
    data = results.tables["posterior"]
    if data.empty:
        return ""
    rows = [
        [
            role_words(row),
            apa.number(row["estimate"]),
            apa.interval(row["ci_low"], row["ci_high"]),
            apa.interval(row["model_ci_low"], row["model_ci_high"]),
            *_posterior(row),
            apa.number(row["rhat"], 3),
            apa.number(row["ess_bulk"], 0),
        ]
        for _, row in data.iterrows()
    ]
    run = results.tables["posterior_sampling"].iloc[0]
    texts = Table(
        confidence=results.confidence,
        sampler=str(run["sampler"]),
        seed=int(run["seed"]),
        converged=run["verdict"] == CONVERGED,
    )
    return printed(texts, rows)


def _posterior(row: pd.Series) -> list[str]:
    if pd.isna(row["mean"]):
        return ["–"] * 5
    return [
        apa.number(row["mean"]),
        apa.number(row["median"]),
        apa.number(row["sd"]),
        apa.interval(row["low"], row["high"]),
        apa.proportion(row["below_zero"]),
    ]
