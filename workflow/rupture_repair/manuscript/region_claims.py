"""Sentences on Johnson–Neyman regions: where slopes differ, and how far patients support it."""

from dataclasses import dataclass
from typing import Literal

import pandas as pd

from rupture_repair.manuscript.findings import more
from rupture_repair.manuscript.results import Results
from rupture_repair.words.templates import Claim, Direction, Range


@dataclass(frozen=True)
class Region:
    """A range of interpersonal problems, in SDs, and which improvement repair went with in it."""

    how: Direction
    ci_low: float
    ci_high: float


@dataclass(frozen=True)
class Regions(Claim, at="regions/regions"):
    """Where slopes with repaired ruptures differ from those of another pattern.

    supported : between which values enough patients of the pattern lie on either side.
    """

    other: Literal["none", "unrepaired"]
    found: tuple[Region, ...]
    observed: Range
    supported: Range | None


@dataclass(frozen=True)
class NoRegions(Claim, at="regions/none"):
    """No region could be estimated."""


def regions(results: Results) -> str:
    """Say of repaired ruptures where their slopes differ from each other pattern's."""
    table = results.tables["johnson_neyman"].dropna(subset=["interaction"]).set_index("contrast")
    others: tuple[Literal["none", "unrepaired"], ...] = ("none", "unrepaired")
    sentences = [
        _regions(results, other, row).words
        for contrast, row in table.iterrows()
        for other in others
        if contrast == f"repaired - {other}"
    ]
    return " ".join(sentences) or NoRegions().words


def _regions(results: Results, other: Literal["none", "unrepaired"], row: pd.Series) -> Regions:
    bounds = [(row["low_from"], row["low_to"]), (row["high_from"], row["high_to"])]
    found = tuple(
        Region(_direction(results, row, (low + high) / 2), low, high)
        for low, high in bounds
        if not pd.isna(low)
    )
    low, high = row["supported_low"], row["supported_high"]
    supported = None if pd.isna(low) else Range(low, high)
    return Regions(other, found, Range(row["observed_low"], row["observed_high"]), supported)


def _direction(results: Results, region: pd.Series, iip_z: float) -> Direction:
    """Return `more` or `less`: the sign of the difference of slopes at `iip_z`.

    The difference is linear in it: from that at one of the levels shown, by the interaction.
    """
    rows = results.tables["contrasts"].dropna(subset=["estimate"])
    rows = rows[(rows["model"] == region["model"]) & (rows["contrast"] == region.name)]
    shown = rows[rows["length"].isna()].iloc[0]
    difference = shown["estimate"] + region["interaction"] * (iip_z - shown["iip_z"])
    return more(results, pd.Series({"estimate": difference}))
