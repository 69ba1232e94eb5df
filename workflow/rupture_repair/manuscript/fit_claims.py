"""Sentences on the fits: compared with one another, certified, and checked by a second engine."""

from dataclasses import dataclass
from typing import Literal

import pandas as pd

from rupture_repair.config.reporting import ALPHA
from rupture_repair.words.templates import Claim

Interacting = Literal["M1", "M2", "M3"]
INTERACTING: tuple[Interacting, ...] = ("M1", "M2", "M3")


@dataclass(frozen=True)
class Interaction:
    """The likelihood-ratio test of the interaction that a model is about."""

    model: Interacting
    improved: bool
    df: float
    chisq: float
    p: float


@dataclass(frozen=True)
class Models(Claim, at="fit/models"):
    """In which models the interaction that they are about improves the fit, by itself."""

    interactions: tuple[Interaction, ...]


@dataclass(frozen=True)
class Fit:
    """A model by a method; `verdict`: of its certificate."""

    model: str
    method: str
    verdict: str


@dataclass(frozen=True)
class Certificates(Claim, at="fit/certificates"):
    """How many fits are certified, which are not and why, and what lies at the boundary."""

    fits: int
    passed: int
    failed: tuple[Fit, ...]
    boundary: tuple[Fit, ...]


@dataclass(frozen=True)
class Engines(Claim, at="fit/engines"):
    """In how many fits both engines agree, and how far apart they are at most.

    likelihoods : at the same estimates. shortfall, shift : of the second one's own optimum, in
    log-likelihood and in standard errors of coefficients.
    """

    fits: int
    agreed: int
    likelihoods: float
    shortfall: float
    shift: float


def models(table: pd.DataFrame) -> str:
    """Say in which models the interaction that they are about improves the fit, by itself."""
    found = tuple(
        Interaction(
            model,
            bool(row["interaction_p"] < ALPHA),
            *(float(row[f"interaction_{name}"]) for name in ("df", "chisq", "p")),
        )
        for _, row in table.dropna(subset=["interaction_chisq"]).iterrows()
        for model in INTERACTING
        if model == row["model"]
    )
    return Models(found).words


def certificates(table: pd.DataFrame) -> str:
    """Say how many fits are certified, which are not and why, and what lies at the boundary."""
    failed = _fits(table[table["verdict"] != "passed"])
    boundary = _fits(table[table["boundary"].fillna("") != ""])
    return Certificates(len(table), len(table) - len(failed), failed, boundary).words


def _fits(table: pd.DataFrame) -> tuple[Fit, ...]:
    return tuple(
        Fit(str(row["model"]), str(row["method"]), str(row["verdict"]))
        for _, row in table.iterrows()
    )


def engines(table: pd.DataFrame) -> str:
    """Say in how many fits both engines agree, and how far apart they are."""
    return Engines(
        fits=len(table),
        agreed=int(table["agrees"].eq(True).sum()),
        likelihoods=float((table["llf"] - table["llf_same"]).abs().max()),
        shortfall=float(table["shortfall"].max()),
        shift=float(table["largest_shift"].max()),
    ).words
