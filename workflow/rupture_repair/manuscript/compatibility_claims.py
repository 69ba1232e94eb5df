"""Sentences and a table on which rules could have given the published shares."""

import numpy as np
import pandas as pd

from rupture_repair.config.criteria import PATTERNS, SCALES
from rupture_repair.manuscript import apa
from rupture_repair.manuscript.markdown import table
from rupture_repair.manuscript.results import Results

ALIKE = ["reference", "max_gap", "repair_window", "repair_tolerance", "aggregate"]


def cut_off(results: Results) -> str:
    """Return where the cut-off of the criterion comes from, and how far the shares support it."""
    rules = _judged(results)
    own = rules[rules["criterion"] == results.settings.criterion.name]
    if own.empty:
        return ""
    at = own.set_index("family")["share_fitting"]
    fits = (
        f"Under it, {_percent(at['noise'])} of the simulated processes without any rupture and "
        f"{_percent(at['ruptures'])} of those with ruptures gave shares that do not differ from "
        "the published ones"
    )
    rivals = _alike(rules, own.iloc[0])
    same_unit = rivals[rivals["scale"] == own["scale"].iloc[0]]
    tried = apa.joined([f"{k:g}" for k in sorted(same_unit["k"].unique())])
    best = _most_probable(same_unit)
    unit = SCALES[own["scale"].iloc[0]]
    if best["k"] == own["k"].iloc[0]:
        return (
            f"Given the rest of the rule, the cut-off is the multiple of {unit} (of {tried}) under "
            "which the published shares are most probable, over simulated alliance processes with "
            f"and without ruptures (supplement). {fits}."
        )
    return (
        f"Given the rest of the rule, the published shares would be most probable with a cut-off "
        f"of {best['k']:g} times {unit} (of {tried}; supplement). {fits}."
    )


def rules_that_fit(results: Results) -> str:
    """Return how many rules could have given the shares, and how well a known rule is found."""
    rules = _judged(results)
    if rules.empty:
        return ""
    grid = rules[rules["criterion"] == ""]
    n = len(grid) // grid["family"].nunique()
    fit = {family: int((own["share_fitting"] > 0).sum()) for family, own in grid.groupby("family")}
    ruled_out = rules[rules["criterion"] != ""].groupby("criterion")["share_fitting"].max()
    none = [f"{name}".replace("_", "\\_") for name, share in ruled_out.items() if share == 0]
    words = (
        f"Of {apa.number(n, 0)} rules, {fit['noise']} gave shares that do not differ from the "
        f"published ones under at least one process without ruptures, and {fit['ruptures']} under "
        "at least one with ruptures: shares of patterns alone can neither identify the rule nor "
        "show that there were ruptures."
    )
    if none:
        words += (
            f" Of the named criteria, {apa.joined(none)} gave them under none of the processes."
        )
    found = results.tables["rule_recovery"]
    covered = apa.joined([_percent(share) for share in found["covered"]])
    held = apa.joined([_percent(share) for share in found["share_in_set"]])
    return words + (
        f" Of {apa.joined([str(n) for n in found['n_studies']])} simulated studies whose rule was "
        f"known, without and with ruptures, the true rule was in the set with 90% of the posterior "
        f"probability in {covered}; that set held on average {held} of all rules."
    )


def ranges(results: Results) -> str:
    """Return how the most probable rule depends on the assumed ranges of the processes."""
    table_ = results.tables["rule_ranges"]
    if table_.empty:
        return ""
    own = [
        f"{k:g} times {SCALES[scale]} in {count} of {len(table_)}"
        for (scale, k), count in table_.groupby(["scale", "k"]).size().sort_values().items()
    ][::-1]
    return (
        "With the processes of one half of one range alone, the most probable rule of those that "
        f"repair alike is {apa.joined(own)}."
    )


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
    repaired = _repaired(shares[first])
    sentences = []
    for study, own in shares.items():
        if study == first:
            continue
        listed = apa.joined([f"{apa.number(own['percent'][p], 1)}%" for p in PATTERNS])
        sentences.append(
            f"In {study}, the shares of no rupture, unrepaired and repaired were {listed}; "
            f"of the patients with a rupture, {_percent(_repaired(own))} were repaired there, and "
            f"{_percent(repaired)} in {first}. Neither cut-off is known to us, and different rules "
            "or different patients can each give such a difference."
        )
    return " ".join(sentences)


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
                str(criterion).replace("_", "\\_"),
                "noise" if family == "noise" else "ruptures",
                *[apa.number(first[f"percent_{pattern}"], 1) for pattern in PATTERNS],
                *[apa.number(100 * fits[study], 0) for study in studies],
            ]
        )
    heading = ["Criterion", "Processes", "No rupture", "Unrepaired", "Repaired"]
    heading += [f"Fit {number}" for number in range(1, len(studies) + 1)]
    judged = apa.joined([f"{number}: {study}" for number, study in enumerate(studies, start=1)])
    note = (
        "Mean percentages of patterns over cohorts simulated with the treatment lengths of this "
        f"one, by noise alone or with ruptures. Fit (for {judged}): percentage of the processes "
        "whose counts do not differ from the published ones "
        "(likelihood-ratio test, *p* > .05). All rules: tables/rule_compatibility.csv."
    )
    caption = "Named criteria and published shares"
    return table("tbl-compatibility", caption, heading, rows, note, left=2)


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


def _percent(share: float) -> str:
    return f"{apa.number(100 * share, 0)}%"
