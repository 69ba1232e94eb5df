"""Sentences that depend on results: with other data they say something else."""

from rupture_repair.manuscript import (
    apa,
    change_claims,
    compatibility_claims,
    detection_claims,
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
from rupture_repair.manuscript.findings import (
    crossed,
    ends,
    findings,
    moderation_row,
    more,
    where,
    why_not,
)
from rupture_repair.manuscript.generality import generality
from rupture_repair.manuscript.results import Results
from rupture_repair.modelling.answers import at_lengths, change, shown


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
        "hazard": detection_claims.hazard(results),
        "exposure": detection_claims.exposure(results),
        "multiverse": multiverse_claims.curve(results),
        "multiverse_specifications": multiverse_claims.specifications(results),
        "multiverse_choices": multiverse_claims.choices(results),
        "multiverse_inference": multiverse_claims.inference(results),
        "shared_noise": shared_noise_claims.shared_noise(results),
        "thresholds": threshold_claims.thresholds(results),
        "generality": generality(results),
        "agreement": _agreement(results) if results.has_published else "",
    }


def headline_claims(results: Results) -> dict[str, str]:
    """Return the sentences that answer the study's questions by key."""
    found = findings(results)
    return {
        "moderation": found["moderation"].in_full,
        "moderation_short": _moderation_short(results),
        "length": found["length"].in_full + _at_lengths(results),
        "length_short": _length_short(results),
        "unrepaired": found["unrepaired"].in_full,
        "repaired": found["repaired"].in_full,
    }


def _moderation_short(results: Results) -> str:
    row, place = moderation_row(results), where(results)
    place = f"{place}, " if place else ""
    if row is None:
        return f"the moderation could not be estimated{why_not(results)}"
    told = (
        f"*b* = {apa.number(row['estimate'])} per *SD*, {results.interval_name} "
        f"{apa.interval(row['ci_low'], row['ci_high'])}"
    )
    if not shown(row):
        return (
            f"{place}interpersonal problems did not significantly moderate the association of "
            f"repaired ruptures with symptom change ({told})"
        )
    words = (
        f"{place}repaired ruptures were associated with {more(results, row)} improvement in "
        f"patients with more interpersonal problems ({told})"
    )
    turned = crossed(results)
    few = f"in patients with few, they were associated with {turned} than no rupture"
    return f"{words}; {few}" if turned else words


def _at_lengths(results: Results) -> str:
    """Return a sentence on the moderation at each stated length, and on M2 beside it."""
    headline = results.tables["headline"]
    rows = at_lengths(headline)
    if not rows:
        return ""
    each = [
        f"{apa.number(row['estimate'])} {apa.interval(row['ci_low'], row['ci_high'])} at "
        f"{row['length']:g}"
        for row in rows
    ]
    sentence = (
        " Per *SD* of interpersonal problems, slopes with repaired ruptures and with none differed "
        f"by {apa.joined(each)} sessions ({results.interval_name})."
    )
    beside = headline[headline["role"] == "averaged"].dropna(subset=["estimate"])
    for _, row in beside.iterrows():
        sentence += (
            " Without length in the model (M2), averaged over the lengths in these data, it was "
            f"{apa.number(row['estimate'])} {apa.interval(row['ci_low'], row['ci_high'])}."
        )
    return sentence


def _length_short(results: Results) -> str:
    headline = results.tables["headline"]
    found = change(headline)
    if found == "not estimated":
        return "its dependence on treatment length could not be estimated"
    if found == "not shown":
        return "a dependence on treatment length was not shown"
    if found == "unclear":
        return "it changed with treatment length, but it is not clear how"
    short, long = ends(results)
    each = [
        f"{apa.number(row['estimate'])} {apa.interval(row['ci_low'], row['ci_high'])} at "
        f"{row['length']:g}"
        for row in (short, long)
    ]
    at = f"*b* = {each[0]} and {each[1]} sessions"
    if found == "reversed":
        return f"the moderation reversed with treatment length ({at})"
    larger = long if found == "stronger" else short
    return (
        f"the moderation, towards {more(results, larger)} improvement after repair in patients "
        f"with more problems, was {found} in longer treatments ({at})"
    )


def _agreement(results: Results) -> str:
    """Say first how many of the comparisons could have failed."""
    table = results.tables["verification"]
    derived = int((table["source"] == "derived").sum())
    items = f"{len(table) - derived} published and {derived} derived items"
    items = items if derived else f"{len(table)} published items"
    calibrated = int((table["kind"] == "calibrated").sum())
    if not calibrated:
        reproduced = int((table["verdict"] == "reproduced").sum())
        return f"Of {items}, {reproduced} were reproduced."
    directions = table[table["kind"] == "direction"]
    found = int((directions["verdict"] == "recovered").sum())
    effects = results.tables["planted_effects"]
    words = (
        f"Of {items}, {len(directions)} could have failed: the directions, which were planted in "
        f"the synthetic cohort; {found} of them {'was' if found == 1 else 'were'} recovered. The "
        f"other {calibrated} are met by construction."
    )
    if len(effects):
        inside = int(effects["inside"].sum())
        words += (
            f" Of {len(effects)} planted effects, {inside} lie in the {results.interval_name} of "
            "their estimate (@tbl-planted-effects)."
        )
    return words
