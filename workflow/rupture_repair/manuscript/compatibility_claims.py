"""Sentences and a table on which rules could have given the published shares."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from rupture_repair.config.criteria import PATTERNS, SCALES
from rupture_repair.manuscript.printed import TABLE, cell, printed
from rupture_repair.manuscript.results import Results
from rupture_repair.words import apa
from rupture_repair.words.templates import Claim

ALIKE = ["reference", "max_gap", "repair_window", "repair_tolerance", "aggregate"]


@dataclass(frozen=True)
class CutOff(Claim, at="compatibility/cut_off"):
    """Where the cut-off comes from: how far the published shares support it.

    likeliest : the multiple of `unit`, of those `tried`, under which they are most probable, or
    none where it is the criterion's own. noise, ruptures : share of the simulated processes without
    and with ruptures that give such shares.
    """

    likeliest: float | None
    unit: str
    tried: tuple[float, ...]
    noise: float
    ruptures: float


@dataclass(frozen=True)
class Recovery:
    """How a known rule is found in simulated studies: shares with it, and size of the set."""

    studies: int
    covered: float
    held: float


@dataclass(frozen=True)
class RulesThatFit(Claim, at="compatibility/rules_that_fit"):
    """How many rules could have given the shares, and how well a known rule is found.

    never : named criteria that give them under no process.
    """

    rules: int
    noise: int
    ruptures: int
    never: tuple[str, ...]
    recovery: tuple[Recovery, ...]


@dataclass(frozen=True)
class Likeliest:
    """A rule that is the most probable one in so many ranges of the processes."""

    k: float
    unit: str
    ranges: int


@dataclass(frozen=True)
class Ranges(Claim, at="compatibility/ranges"):
    """How the most probable rule depends on the assumed ranges of the processes."""

    rules: tuple[Likeliest, ...]
    ranges: int


@dataclass(frozen=True)
class OtherStudy(Claim, at="compatibility/other_study"):
    """The percent of each pattern in another study, and the share repaired of ruptures.

    first : the study that the cohort is compared with, and `repaired_here` what it has.
    """

    study: str
    first: str
    no_rupture: float
    unrepaired: float
    repaired: float
    repaired_there: float
    repaired_here: float


@dataclass(frozen=True)
class Table(Claim, at="tables/compatibility", blocks=TABLE):
    """Named criteria and the shares of the published studies."""

    studies: tuple[str, ...]


def cut_off(results: Results) -> str:
    """Return where the cut-off of the criterion comes from, and how far the shares support it."""
    rules = _judged(results)
    own = rules[rules["criterion"] == results.settings.criterion.name]
    if own.empty:
        return ""
    fits = own.set_index("family")["share_fitting"]
    rivals = _alike(rules, own.iloc[0])
    same_unit = rivals[rivals["scale"] == own["scale"].iloc[0]]
    best = float(_most_probable(same_unit)["k"])
    return CutOff(
        likeliest=None if best == own["k"].iloc[0] else best,
        unit=SCALES[own["scale"].iloc[0]],
        tried=tuple(float(k) for k in sorted(same_unit["k"].unique())),
        noise=float(fits["noise"]),
        ruptures=float(fits["ruptures"]),
    ).words


def rules_that_fit(results: Results) -> str:
    """Return how many rules could have given the shares, and how well a known rule is found."""
    rules = _judged(results)
    if rules.empty:
        return ""
    grid = rules[rules["criterion"] == ""]
    fit = {family: int((own["share_fitting"] > 0).sum()) for family, own in grid.groupby("family")}
    ruled_out = rules[rules["criterion"] != ""].groupby("criterion")["share_fitting"].max()
    return RulesThatFit(
        rules=len(grid) // grid["family"].nunique(),
        noise=fit["noise"],
        ruptures=fit["ruptures"],
        never=tuple(
            results.criterion(str(name)) for name, share in ruled_out.items() if share == 0
        ),
        recovery=tuple(
            Recovery(int(row["n_studies"]), float(row["covered"]), float(row["share_in_set"]))
            for _, row in results.tables["rule_recovery"].iterrows()
        ),
    ).words


def ranges(results: Results) -> str:
    """Return how the most probable rule depends on the assumed ranges of the processes."""
    table_ = results.tables["rule_ranges"]
    if table_.empty:
        return ""
    own = [
        Likeliest(float(k), SCALES[scale], int(count))
        for (scale, k), count in table_.groupby(["scale", "k"]).size().sort_values().items()
    ][::-1]
    return Ranges(tuple(own), len(table_)).words


def other_studies(results: Results) -> str:
    """Return the shares of other studies, and of ruptures that were repaired there and here."""
    studies = results.tables["published_studies"]
    if studies.empty:
        return ""
    first = studies["study"].iloc[0]
    shares = {
        study: own.set_index("pattern")[["n", "percent"]]
        for study, own in studies.groupby("study", sort=False)
    }
    return " ".join(
        OtherStudy(
            study=str(study),
            first=str(first),
            no_rupture=float(own["percent"]["none"]),
            unrepaired=float(own["percent"]["unrepaired"]),
            repaired=float(own["percent"]["repaired"]),
            repaired_there=_repaired(own),
            repaired_here=_repaired(shares[first]),
        ).words
        for study, own in shares.items()
        if study != first
    )


def compatibility_table(results: Results) -> str:
    """Return the table of what each named criterion finds in simulated processes."""
    rules = results.tables["rule_compatibility"]
    rules = rules.assign(criterion=rules["criterion"].fillna(""))
    named = rules[rules["criterion"] != ""]
    studies = list(results.tables["published_studies"]["study"].unique())
    rows = []
    for (criterion, family), own in named.groupby(["criterion", "family"], sort=False):
        first = own.iloc[0]
        fits = own.set_index("study")["share_fitting"]
        rows.append(
            [
                results.criterion(str(criterion)),
                cell("noise" if family == "noise" else "ruptures"),
                *[apa.number(first[f"percent_{pattern}"], 1) for pattern in PATTERNS],
                *[apa.number(100 * fits[study], 0) for study in studies],
            ]
        )
    return printed(Table(tuple(str(study) for study in studies)), rows, left=2)


def _judged(results: Results) -> pd.DataFrame:
    """Return the rules as judged by the shares of the study that the cohort is compared with."""
    rules, studies = results.tables["rule_compatibility"], results.tables["published_studies"]
    if rules.empty:
        return rules
    rules = rules.assign(criterion=rules["criterion"].fillna(""))
    return rules[rules["study"] == studies["study"].iloc[0]]


def _alike(rules: pd.DataFrame, own: pd.Series) -> pd.DataFrame:
    same = pd.Series(True, index=rules.index)
    for name in ALIKE:
        same &= rules[name].isna() if pd.isna(own[name]) else rules[name] == own[name]
    return rules[same & (rules["criterion"] == "")]


def _most_probable(rules: pd.DataFrame) -> pd.Series:
    """Return the rule with the largest mean likelihood over both families."""
    likelihood = rules.assign(likelihood=np.exp(rules["log_likelihood"]))
    means = likelihood.groupby(["scale", "k"])["likelihood"].mean()
    scale, k = means.idxmax()
    return pd.Series({"scale": scale, "k": k})


def _repaired(shares: pd.DataFrame) -> float:
    return float(shares["n"]["repaired"] / (shares["n"]["repaired"] + shares["n"]["unrepaired"]))
