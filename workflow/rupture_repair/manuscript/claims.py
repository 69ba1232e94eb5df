"""Sentences that depend on results: with other data they say something else."""

import pandas as pd

from rupture_repair.config.reporting import FEWEST_SUPPORTING
from rupture_repair.manuscript import (
    apa,
    change_claims,
    detection_claims,
    fit_claims,
    multiverse_claims,
    robustness_claims,
    sensitivity_claims,
)
from rupture_repair.manuscript.findings import (
    crossed,
    findings,
    improves,
    length_row,
    moderation_row,
    significant,
    stronger,
)
from rupture_repair.manuscript.generality import generality
from rupture_repair.manuscript.results import Results


def claims(results: Results) -> dict[str, str]:
    """Return the conditional sentences of abstract, results and discussion by key."""
    found = findings(results)
    return {
        "moderation": found["moderation"].in_full,
        "moderation_short": _moderation_short(results),
        "length": found["length"].in_full + _at_lengths(results),
        "length_short": _length_short(results),
        "unrepaired": found["unrepaired"].in_full,
        "repaired": found["repaired"].in_full,
        "models": fit_claims.models(results.tables["model_comparison"]),
        "certificates": fit_claims.certificates(results.tables["certificates"]),
        "engines": fit_claims.engines(results.tables["engines"]),
        "johnson_neyman": _regions(results),
        "effect_size": change_claims.effect_size(results),
        "reliable_rule": change_claims.reliable_rule(results),
        "reliable_change": change_claims.reliable_change(results),
        "robustness": robustness_claims.robustness(results),
        "robustness_short": robustness_claims.robustness_short(results),
        "influence": robustness_claims.influence(results),
        "sensitivity": sensitivity_claims.sensitivity(results),
        "sensitivity_limits": sensitivity_claims.limits(results),
        "landmark": sensitivity_claims.landmark(results),
        "rupture_state": sensitivity_claims.rupture_state(results),
        "steps": sensitivity_claims.steps(results),
        "diagnostics": robustness_claims.diagnostics(results),
        "chance": detection_claims.chance(results),
        "chance_by_length": detection_claims.chance_by_length(results),
        "criteria": detection_claims.criteria(results),
        "criteria_chance": detection_claims.criteria_chance(results),
        "hazard": detection_claims.hazard(results),
        "exposure": detection_claims.exposure(results),
        "multiverse": multiverse_claims.curve(results),
        "multiverse_specifications": multiverse_claims.specifications(results),
        "multiverse_choices": multiverse_claims.choices(results),
        "multiverse_inference": multiverse_claims.inference(results),
        "generality": generality(results),
        "agreement": _agreement(results) if results.has_published else "",
    }


def _moderation_short(results: Results) -> str:
    row = moderation_row(results)
    if row is None:
        return "the moderation could not be estimated"
    if not significant(row):
        return (
            "interpersonal problems did not significantly moderate the association of repaired "
            "ruptures with symptom change"
        )
    more = "more" if improves(results, row) else "less"
    turned = crossed(results)
    other = "; in patients with few, they went with " if turned else ""
    return (
        f"repaired ruptures went with {more} improvement in patients with more interpersonal "
        f"problems (*b* = {apa.number(row['estimate'])} per *SD*, {results.interval_name} "
        f"{apa.interval(row['ci_low'], row['ci_high'])}){other}{turned and turned + ' than none'}"
    )


def _at_lengths(results: Results) -> str:
    """Return a sentence on the moderation at each treatment length, by M3."""
    rows = results.tables["moderation"]
    rows = rows[(rows["model"] == "M3") & (rows["contrast"] == "repaired - none")]
    rows = rows.dropna(subset=["length", "estimate"])
    if rows.empty:
        return ""
    each = [
        f"{apa.number(row['estimate'])} {apa.interval(row['ci_low'], row['ci_high'])} at "
        f"{row['length']:g}"
        for _, row in rows.iterrows()
    ]
    return (
        " Per *SD* of interpersonal problems, slopes with repaired ruptures and with none differed "
        f"by {apa.joined(each)} sessions ({results.interval_name})."
    )


def _length_short(results: Results) -> str:
    row = length_row(results)
    if row is None or moderation_row(results) is None:
        return "its dependence on treatment length could not be estimated"
    if not significant(row):
        return "a dependence on treatment length was not shown"
    return (
        f"the moderation was {'stronger' if stronger(results) else 'weaker'} in longer treatments"
    )


def _regions(results: Results) -> str:
    table = results.tables["johnson_neyman"].dropna(subset=["interaction"])
    sentences = []
    for row in table[table["contrast"] != "unrepaired - none"].itertuples():
        first, second = row.contrast.split(" - ")
        other = "no rupture" if second == "none" else f"{second} ruptures"
        ranges = []
        for low, high in ((row.low_from, row.low_to), (row.high_from, row.high_to)):
            if not pd.isna(low):
                more = _direction(results, row.contrast, row.interaction, (low + high) / 2)
                ranges.append(
                    f"significantly {more}{'' if ranges else f' improvement than {other}'} from "
                    f"{apa.number(low)} to {apa.number(high)} *SD*"
                    f"{'' if ranges else ' of interpersonal problems'}"
                )
        found = (
            f"{first.capitalize()} ruptures went with {' and with '.join(ranges)}"
            if ranges
            else f"Slopes with {first} ruptures and with {other} differed significantly nowhere in "
            "the observed range of interpersonal problems"
        )
        sentences.append(
            f"{found} (observed: {apa.number(row.observed_low)} to "
            f"{apa.number(row.observed_high)} *SD*)"
            f"{_supported(first, row.supported_low, row.supported_high)}."
        )
    return " ".join(sentences) or "Johnson--Neyman regions could not be estimated."


def _direction(results: Results, contrast: str, interaction: float, iip_z: float) -> str:
    """Return `more` or `less`: the sign of the difference of M2's slopes at `iip_z`."""
    slopes = [
        0.0 if effect is None else effect["estimate"]
        for pattern in contrast.split(" - ")
        for effect in [results.effect("M2", f"time:pattern[{pattern}]")]
    ]
    at = pd.Series({"estimate": slopes[0] - slopes[1] + interaction * iip_z})
    return "more" if improves(results, at) else "less"


def _supported(pattern: str, low: float, high: float) -> str:
    """Say between which values enough patients of the first pattern lie on either side."""
    if pd.isna(low):
        return f"; too few patients had {pattern} ruptures to support any part of it"
    return (
        f"; at least {FEWEST_SUPPORTING} patients with {pattern} ruptures lie on either side only "
        f"between {apa.number(low)} and {apa.number(high)} *SD*"
    )


def _agreement(results: Results) -> str:
    table = results.tables["verification"]
    reproduced = int((table["verdict"] == "reproduced").sum())
    derived = int((table["source"] == "derived").sum())
    items = f"{len(table) - derived} published and {derived} derived items"
    words = (
        f"Of {items if derived else f'{len(table)} published items'}, {reproduced} were reproduced"
    )
    calibrated = int((table["kind"] == "calibrated").sum())
    if calibrated:
        directions = int((table["kind"] == "direction").sum())
        words += (
            f"; {calibrated} of them are met by construction of the synthetic cohort, and the "
            f"{directions} directions were planted"
        )
    return words + "."
