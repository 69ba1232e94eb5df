"""Sentences that depend on results: with other data they say something else."""

from dataclasses import dataclass

import pandas as pd

from rupture_repair.config.reporting import ALPHA, FEWEST_SUPPORTING
from rupture_repair.manuscript import (
    apa,
    change_claims,
    detection_claims,
    multiverse_claims,
    robustness_claims,
    sensitivity_claims,
)
from rupture_repair.manuscript.results import Results

MODERATION = "time:pattern[repaired]:iip_z"


@dataclass(frozen=True)
class Finding:
    """A sentence without its full stop, what it rests on, and the verdict in two words."""

    question: str
    sentence: str
    statistic: str
    verdict: str

    @property
    def in_full(self) -> str:
        """The sentence with its statistic, or with where to read why there is none."""
        return f"{self.sentence} ({self.statistic or '@tbl-not-estimated'})."


def claims(results: Results) -> dict[str, str]:
    """Return the conditional sentences of abstract, results and discussion by key."""
    found = findings(results)
    return {
        "moderation": found["moderation"].in_full,
        "moderation_short": _moderation_short(results),
        "length": found["length"].in_full,
        "length_short": _length_short(results),
        "unrepaired": found["unrepaired"].in_full,
        "repaired": found["repaired"].in_full,
        "models": _models(results.tables["model_comparison"]),
        "certificates": _certificates(results.tables["certificates"]),
        "engines": _engines(results.tables["engines"]),
        "johnson_neyman": _regions(results.tables["johnson_neyman"]),
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
        "agreement": _agreement(results) if results.has_published else "",
    }


def findings(results: Results) -> dict[str, Finding]:
    """Return what is said of the questions: by p against `ALPHA` and by the sign, nothing else."""
    return {
        "unrepaired": _pattern(results, "unrepaired"),
        "repaired": _pattern(results, "repaired"),
        "moderation": _moderation(results),
        "length": _length(results),
    }


def statistics(results: Results, row: pd.Series) -> str:
    """Return `*b* = …, *SE* = …, *t*(df) = …, *p* …, 95% CI […]`."""
    return apa.tested(row, results.interval_name)


def moderation_row(results: Results) -> pd.Series | None:
    """Return the coefficient of the moderation, if it could be estimated."""
    return results.effect("M2", MODERATION)


def length_row(results: Results) -> pd.Series | None:
    """Return the coefficient of the moderation by length, if it could be estimated."""
    return results.effect("M3", f"{MODERATION}:length_c")


def significant(row: pd.Series | None) -> bool:
    """Whether there is a coefficient that differs from zero at `ALPHA`."""
    return row is not None and bool(row["p"] < ALPHA)


def improves(results: Results, row: pd.Series) -> bool:
    """Whether the coefficient means more improvement per unit of time."""
    worse = results.settings["instruments"]["symptoms"]["higher_is"] == "worse"
    return bool((row["estimate"] < 0) == worse)


def stronger(results: Results) -> bool:
    """Whether moderation and its dependence on length have the same sign."""
    first, second = moderation_row(results), length_row(results)
    return first is not None and (first["estimate"] < 0) == (second["estimate"] < 0)


def _moderation(results: Results) -> Finding:
    row = moderation_row(results)
    question = "Do the differences depend on interpersonal problems? (M2)"
    if row is None:
        words = "The moderation could not be estimated"
        return Finding(question, words, "", "not estimated")
    told = statistics(results, row)
    difference = (
        "The difference in slopes between patients with repaired ruptures and patients without "
        "rupture"
    )
    if not significant(row):
        words = f"{difference} did not depend significantly on interpersonal problems"
        return Finding(question, words, told, "not shown")
    more = "more" if improves(results, row) else "less"
    words = (
        f"{difference} depended on interpersonal problems: the more interpersonal problems a "
        f"patient had, the {more} improvement went with a repaired rupture"
    )
    return Finding(question, words, told, f"shown: {more}")


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
    return (
        f"repaired ruptures went with {more} improvement in patients with more interpersonal "
        "problems"
    )


def _length(results: Results) -> Finding:
    row = length_row(results)
    question = "Does that dependence change with treatment length? (M3)"
    if row is None:
        words = "Whether this depends on treatment length could not be estimated"
        return Finding(question, words, "", "not estimated")
    told = statistics(results, row)
    if not significant(row):
        words = "The data did not show that this moderation depends on treatment length"
        return Finding(question, words, told, "not shown")
    how = "stronger" if stronger(results) else "weaker"
    words = f"The moderation was {how} in longer treatments"
    return Finding(question, words, told, f"shown: {how}")


def _length_short(results: Results) -> str:
    row = length_row(results)
    if row is None or moderation_row(results) is None:
        return "its dependence on treatment length could not be estimated"
    if not significant(row):
        return "a dependence on treatment length was not shown"
    return (
        f"the moderation was {'stronger' if stronger(results) else 'weaker'} in longer treatments"
    )


def _pattern(results: Results, pattern: str) -> Finding:
    row = results.effect("M1", f"time:pattern[{pattern}]")
    question = f"Do courses differ between {pattern} ruptures and none? (M1)"
    those = f"those with {pattern} ruptures"
    if row is None:
        words = f"The symptom slope of {those} could not be estimated"
        return Finding(question, words, "", "not estimated")
    told = statistics(results, row)
    if not significant(row):
        words = (
            f"Over all patients, the symptom slope of {those} did not differ significantly from "
            "that of patients without rupture"
        )
        return Finding(question, words, told, "not shown")
    more = "more" if improves(results, row) else "less"
    words = (
        f"Over all patients, {those} improved {more} per unit of time than patients without rupture"
    )
    return Finding(question, words, told, f"shown: {more}")


def _models(table: pd.DataFrame) -> str:
    parts = []
    for row in table.dropna(subset=["chisq"]).itertuples():
        verb = "improved" if row.p < ALPHA else "did not improve"
        parts.append(
            f"{row.model} {verb} the fit over the model before it, "
            f"χ²({row.chisq_df:.0f}) = {apa.number(row.chisq)}, {apa.p_statement(row.p)}"
        )
    return "; ".join(parts) or "No model could be compared with another"


def _certificates(table: pd.DataFrame) -> str:
    """Say how many fits are certified, which are not and why, and what lies at the boundary."""
    if table.empty:
        return "There is no fit to certify."
    failed = table[table["verdict"] != "passed"]
    words = f"{len(table) - len(failed)} of {len(table)} fits passed their certificate"
    for row in failed.itertuples():
        words += f"; **{row.model} by {row.method} failed: {row.verdict}**"
    boundary = table[table["boundary"].fillna("") != ""]
    if len(boundary):
        fits = apa.joined([f"{row.model} ({row.method})" for row in boundary.itertuples()])
        words += (
            f". At the boundary of the random part, where a variance is zero or a correlation "
            f"perfect, lie {fits}: standard errors of variances mean little there"
        )
    return words + "."


def _engines(table: pd.DataFrame) -> str:
    if table.empty:
        return "There is no fit to compare."
    agreed = int(table["agrees"].eq(True).sum())
    off = (table["llf"] - table["llf_same"]).abs().max()
    return (
        f"In {agreed} of {len(table)} fits the second engine gave the same estimates the same "
        f"likelihood; the largest difference of a log-likelihood was {_least(off, 6)}. Its own "
        f"optimiser stopped at most {_least(table['shortfall'].max(), 4)} below, its "
        f"coefficients at most {_least(table['largest_shift'].max(), 4)} standard errors off."
    )


def _least(value: float, decimals: int) -> str:
    """Return a size, or the limit below which it lies: `less than 0.0001`."""
    limit = 10.0**-decimals
    if value < limit:
        return f"less than {apa.number(limit, decimals)}"
    return apa.number(value, decimals)


def _regions(table: pd.DataFrame) -> str:
    table = table.dropna(subset=["interaction"])
    sentences = []
    for row in table[table["contrast"] != "unrepaired - none"].itertuples():
        first, second = row.contrast.split(" - ")
        second = "no rupture" if second == "none" else f"{second} ruptures"
        ranges = [
            f"{apa.number(low)} to {apa.number(high)} *SD*"
            for low, high in ((row.low_from, row.low_to), (row.high_from, row.high_to))
            if not pd.isna(low)
        ]
        where = f"from {' and from '.join(ranges)}" if ranges else "nowhere in the observed range"
        sentences.append(
            f"Slopes with {first} ruptures and with {second} differed significantly {where} of "
            f"interpersonal problems (observed: {apa.number(row.observed_low)} to "
            f"{apa.number(row.observed_high)} *SD*)"
            f"{_supported(first, row.supported_low, row.supported_high)}."
        )
    return " ".join(sentences) or "Johnson--Neyman regions could not be estimated."


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
