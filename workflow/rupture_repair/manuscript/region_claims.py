"""Sentences on Johnson–Neyman regions: where slopes differ, and how far patients support it."""

import pandas as pd

from rupture_repair.config.reporting import FEWEST_PATIENTS
from rupture_repair.manuscript import apa
from rupture_repair.manuscript.findings import more
from rupture_repair.manuscript.results import Results


def regions(results: Results) -> str:
    """Say of repaired ruptures where their slopes differ from each other pattern's."""
    table = results.tables["johnson_neyman"].dropna(subset=["interaction"])
    rows = table[table["contrast"] != "unrepaired - none"].iterrows()
    return " ".join(_sentence(results, row) for _, row in rows) or (
        "Johnson--Neyman regions could not be estimated."
    )


def _sentence(results: Results, row: pd.Series) -> str:
    first, second = row["contrast"].split(" - ")
    other = "no rupture" if second == "none" else f"{second} ruptures"
    bounds = [(row["low_from"], row["low_to"]), (row["high_from"], row["high_to"])]
    ranges = [
        (
            _direction(results, row, (low + high) / 2),
            f"from {apa.number(low)} to {apa.number(high)} *SD*",
        )
        for low, high in bounds
        if not pd.isna(low)
    ]
    if ranges:
        (how, where), *others = ranges
        found = (
            f"{first.capitalize()} ruptures were associated with significantly {how} improvement "
            f"than {other} {where} of interpersonal problems"
        )
        found += "".join(f" and with significantly {how} {where}" for how, where in others)
    else:
        found = (
            f"Slopes with {first} ruptures and with {other} differed significantly nowhere in "
            "the observed range of interpersonal problems"
        )
    observed = f"{apa.number(row['observed_low'])} to {apa.number(row['observed_high'])} *SD*"
    supported = _supported(first, row["supported_low"], row["supported_high"])
    return f"{found} (observed: {observed}){supported}."


def _direction(results: Results, region: pd.Series, iip_z: float) -> str:
    """Return `more` or `less`: the sign of the difference of slopes at `iip_z`.

    The difference is linear in it: from that at one of the levels shown, by the interaction.
    """
    rows = results.tables["contrasts"].dropna(subset=["estimate"])
    rows = rows[(rows["model"] == region["model"]) & (rows["contrast"] == region["contrast"])]
    shown = rows[rows["length"].isna()].iloc[0]
    difference = shown["estimate"] + region["interaction"] * (iip_z - shown["iip_z"])
    return more(results, pd.Series({"estimate": difference}))


def _supported(pattern: str, low: float, high: float) -> str:
    """Say between which values enough patients of the first pattern lie on either side."""
    if pd.isna(low):
        return f"; too few patients had {pattern} ruptures to support any part of it"
    return (
        f"; at least {FEWEST_PATIENTS} patients with {pattern} ruptures lie on either side only "
        f"between {apa.number(low)} and {apa.number(high)} *SD*"
    )
