"""Sentences that depend on results: with other data they say something else."""

import pandas as pd

from rupture_repair.manuscript import apa, detection_claims, multiverse_claims
from rupture_repair.manuscript.results import Results

ALPHA = 0.05


def claims(results: Results) -> dict[str, str]:
    """Return the conditional sentences of abstract, results and discussion by key."""
    moderation = results.effect("M2", "time:pattern[repaired]:iip_z")
    length = results.effect("M3", "time:pattern[repaired]:iip_z:length_c")
    unrepaired = results.effect("M1", "time:pattern[unrepaired]")
    repaired = results.effect("M1", "time:pattern[repaired]")
    worse = results.settings["instruments"]["symptoms"]["higher_is"] == "worse"
    return {
        "moderation": _moderation(results, moderation, worse),
        "moderation_short": _moderation_short(moderation, worse),
        "length": _length(results, moderation, length),
        "length_short": _length_short(moderation, length),
        "unrepaired": _pattern(results, "unrepaired ruptures", unrepaired, worse),
        "repaired": _pattern(results, "repaired ruptures", repaired, worse),
        "models": _models(results.tables["model_comparison"]),
        "certificates": _certificates(results.tables["certificates"]),
        "engines": _engines(results.tables["engines"]),
        "johnson_neyman": _regions(results.tables["johnson_neyman"]),
        "chance": detection_claims.chance(results),
        "chance_by_length": detection_claims.chance_by_length(results),
        "criteria": detection_claims.criteria(results),
        "criteria_chance": detection_claims.criteria_chance(results),
        "hazard": detection_claims.hazard(results),
        "exposure": detection_claims.exposure(results),
        "multiverse": multiverse_claims.curve(results),
        "multiverse_choices": multiverse_claims.choices(results),
        "multiverse_inference": multiverse_claims.inference(results),
        "agreement": _agreement(results) if results.has_published else "",
    }


def statistics(results: Results, row: pd.Series) -> str:
    """Return `*b* = …, *SE* = …, *t*(df) = …, *p* …, 95 % CI […]`."""
    return (
        f"*b* = {apa.number(row['estimate'])}, *SE* = {apa.number(row['se'])}, "
        f"*t*({apa.degrees(row['df'])}) = {apa.number(row['statistic'])}, "
        f"{apa.p_statement(row['p'])}, {results.interval_name} "
        f"{apa.interval(row['ci_low'], row['ci_high'])}"
    )


def _significant(row: pd.Series | None) -> bool:
    return row is not None and bool(row["p"] < ALPHA)


def _improves(row: pd.Series, worse: bool) -> bool:
    """Whether the coefficient means more improvement per unit of time."""
    return bool((row["estimate"] < 0) == worse)


def _moderation(results: Results, row: pd.Series | None, worse: bool) -> str:
    if row is None:
        return "The moderation could not be estimated (@tbl-not-estimated)."
    if not _significant(row):
        return (
            "The difference in slopes between patients with repaired ruptures and patients without "
            "rupture did not depend significantly on interpersonal problems "
            f"({statistics(results, row)})."
        )
    more = "more" if _improves(row, worse) else "less"
    return (
        "The difference in slopes between patients with repaired ruptures and patients without "
        f"rupture depended on interpersonal problems ({statistics(results, row)}): the more "
        f"interpersonal problems a patient had, the {more} "
        "improvement went with a repaired rupture."
    )


def _moderation_short(row: pd.Series | None, worse: bool) -> str:
    if row is None:
        return "the moderation could not be estimated"
    if not _significant(row):
        return (
            "interpersonal problems did not significantly moderate the association of repaired "
            "ruptures with symptom change"
        )
    more = "more" if _improves(row, worse) else "less"
    return (
        f"repaired ruptures went with {more} improvement in patients with more interpersonal "
        "problems"
    )


def _length(results: Results, moderation: pd.Series | None, row: pd.Series | None) -> str:
    if row is None:
        return (
            "Whether this depends on treatment length could not be estimated (@tbl-not-estimated)."
        )
    if not _significant(row):
        return (
            "The data did not show that this moderation depends on treatment length "
            f"({statistics(results, row)})."
        )
    same = moderation is not None and (row["estimate"] < 0) == (moderation["estimate"] < 0)
    stronger = "stronger" if same else "weaker"
    return f"The moderation was {stronger} in longer treatments ({statistics(results, row)})."


def _length_short(moderation: pd.Series | None, row: pd.Series | None) -> str:
    if row is None or moderation is None:
        return "its dependence on treatment length could not be estimated"
    if not _significant(row):
        return "a dependence on treatment length was not shown"
    same = (row["estimate"] < 0) == (moderation["estimate"] < 0)
    return f"the moderation was {'stronger' if same else 'weaker'} in longer treatments"


def _pattern(results: Results, words: str, row: pd.Series | None, worse: bool) -> str:
    if row is None:
        return f"The symptom slope of patients with {words} could not be estimated."
    if not _significant(row):
        return (
            f"Over all patients, the symptom slope of those with {words} did not differ "
            f"significantly from that of patients without rupture ({statistics(results, row)})."
        )
    faster = "more" if _improves(row, worse) else "less"
    return (
        f"Over all patients, those with {words} improved {faster} per unit of time than patients "
        f"without rupture ({statistics(results, row)})."
    )


def _models(table: pd.DataFrame) -> str:
    parts = []
    for row in table.dropna(subset=["chisq"]).itertuples():
        verb = "improved" if row.p < ALPHA else "did not improve"
        parts.append(
            f"{row.model} {verb} the fit over the model before it, "
            f"χ²({row.chisq_df:.0f}) = {apa.number(row.chisq)}, {apa.p_statement(row.p)}"
        )
    return "; ".join(parts) + "." if parts else "No model could be compared with another."


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
        f"likelihood; the largest difference of a log-likelihood was {apa.number(off, 6)}. Its own "
        f"optimiser stopped at most {apa.number(table['shortfall'].max(), 4)} below, its "
        f"coefficients at most {apa.number(table['largest_shift'].max(), 4)} standard errors off."
    )


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
            f"{apa.number(row.observed_high)} *SD*)."
        )
    return " ".join(sentences) or "Johnson--Neyman regions could not be estimated."


def _agreement(results: Results) -> str:
    table = results.tables["verification"]
    reproduced = int((table["verdict"] == "reproduced").sum())
    words = f"{reproduced} of {len(table)} published items were reproduced"
    calibrated = int((table["kind"] == "calibrated").sum())
    if calibrated:
        directions = int((table["kind"] == "direction").sum())
        words += (
            f"; {calibrated} of them are met by construction of the synthetic cohort, and the "
            f"{directions} directions were planted"
        )
    return words + "."
