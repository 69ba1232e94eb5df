"""Sentences that depend on results: with other data they say something else."""

from rupture_repair.manuscript import (
    apa,
    change_claims,
    detection_claims,
    fit_claims,
    multiverse_claims,
    region_claims,
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
        "johnson_neyman": region_claims.regions(results),
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
    words = (
        f"repaired ruptures went with {more} improvement in patients with more interpersonal "
        f"problems (*b* = {apa.number(row['estimate'])} per *SD*, {results.interval_name} "
        f"{apa.interval(row['ci_low'], row['ci_high'])})"
    )
    turned = crossed(results)
    return f"{words}; in patients with few, they went with {turned} than none" if turned else words


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
