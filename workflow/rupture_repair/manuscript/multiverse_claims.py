"""Sentences and the table on other defensible analyses."""

import numpy as np
import pandas as pd

from rupture_repair.config.reporting import ALPHA
from rupture_repair.manuscript import apa
from rupture_repair.manuscript.markdown import table
from rupture_repair.manuscript.results import Results
from rupture_repair.multiverse.words import CHOICES

# from this share of specifications on, nearly all of them
NEARLY_ALL = 0.95
NULLS = {
    "no_rupture": "cohorts simulated without ruptures",
    "permuted": "cohorts in which interpersonal problems were shuffled between patients",
}


def specifications(results: Results) -> str:
    """Tell how many specifications were drawn, or that all were computed, and which were added."""
    counts = results.tables["multiverse_specifications"]["origin"].value_counts()
    drawn, added = counts.get("drawn", 0), counts.get("also", 0)
    by_name = [f"{added} added by name"] if added else []
    others = apa.joined([*by_name, "this paper's own analysis"])
    if drawn:
        were = apa.plural(int(drawn), "specification was", "specifications were")
        return (
            f"From all combinations of such choices, {were} drawn at random; with {others} there "
            f"are {counts.sum()}."
        )
    return f"All combinations of such choices and {others} make {counts.sum()} specifications."


def curve(results: Results) -> str:
    """Tell the range of estimates, their direction and significance, and where the paper's is.

    Estimates of one cohort share its chance: that most have one sign says nothing of the curve as a
    whole, which `inference` alone judges.
    """
    joined = _joined(results)
    known = joined.dropna(subset=["estimate"])
    if known.empty:
        return f"None of {len(joined)} specifications could be estimated."
    estimates = known["estimate"]
    said = (
        f"{_how_many(len(known), len(joined))} could be estimated. Per *SD* of "
        "interpersonal problems, the difference in symptom change until session "
        f"{known['at_session'].iloc[0]:.0f} between patients with repaired ruptures and without "
        f"rupture was {apa.number(estimates.min())} to {apa.number(estimates.max())} points, "
        f"*Mdn* = {apa.number(estimates.median())}. "
    )
    sign = -1 if estimates.median() < 0 else 1
    same = estimates * sign > 0
    clear = float((same & (known["p"] < ALPHA)).mean())
    said += (
        f"Of the estimates, {_percent(float(same.mean()))} were "
        f"{'negative' if sign < 0 else 'positive'}, {_percent(clear)} with *p* < "
        f"{apa.proportion(ALPHA)}."
    )
    own = known.loc[known["origin"] == "own", "estimate"]
    if len(own) and len(known) > 1:
        others = known.loc[known["origin"] != "own", "estimate"]
        weaker = float((others * sign < own.iloc[0] * sign).mean())
        side = "less" if weaker >= 0.5 else "more"
        share = _percent(max(weaker, 1 - weaker))
        said += (
            f" This paper's own analysis gave {apa.number(own.iloc[0])}; {share} of the others "
            f"were {side} {'negative' if sign < 0 else 'positive'}."
        )
    return said


def _how_many(known: int, n: int) -> str:
    if known == n:
        return f"All {n} specifications"
    return f"Of {n} specifications, {known}"


def choices(results: Results) -> str:
    """Name the choices that the estimates depend on most."""
    shares = _shares(results, "moderation")
    ranked = shares.drop("residual", errors="ignore").sort_values(ascending=False)[:3]
    if ranked.empty:
        return "There are too few estimates to tell which choices matter."
    named = [f"{CHOICES[str(n)].lower()} ({_percent(float(s))})" for n, s in ranked.items()]
    shares_of = "the largest share" if len(named) == 1 else "the largest shares"
    return (
        f"Of single choices, {apa.joined(named)} went with {shares_of} of the estimates' variance; "
        f"{_percent(float(shares['residual']))} was left to combinations of choices."
    )


def inference(results: Results) -> str:
    """Compare the curve with curves where there is nothing to find: the only words on the whole."""
    rows = results.tables["multiverse_inference"].set_index(["kind", "statistic"])
    if not (rows["replicates"] > 0).all():
        return (
            "The specifications share one cohort and so its chance; the curve as a whole was not "
            "tested by resampling in this run, and nothing is said of it."
        )
    said, beyond = [], []
    some = int(rows["specifications"].iloc[0])
    if some < len(results.tables["multiverse"]["estimate"].dropna()):
        said.append(
            f"For the curve as a whole, {some} of the specifications, drawn at random, were run "
            "again where there is nothing to find."
        )
    for kind, where in NULLS.items():
        middle, clear = (
            rows.loc[(kind, name)] for name in ("median_estimate", "share_significant")
        )
        said.append(
            f"In {middle['replicates']:.0f} {where} the median estimate was on average "
            f"{apa.number(middle['expected'])} {apa.interval(middle['low'], middle['high'])} "
            f"({apa.p_statement(middle['p'])} for the observed one), and "
            f"{_percent(clear['expected'])} of the specifications had *p* < "
            f"{apa.proportion(ALPHA)} ({apa.p_statement(clear['p'])} for the observed "
            f"{_percent(clear['observed'])})."
        )
        beyond.append(bool(middle["p"] < ALPHA))
    if all(beyond):
        said += ["The curve as a whole is more extreme than either gives.", _direction(results)]
    elif any(beyond):
        said.append("The curve as a whole is more extreme than one of the two gives.")
    else:
        said.append("The curve as a whole is no more extreme than either gives.")
    return " ".join(said)


def _direction(results: Results) -> str:
    estimates = _joined(results)["estimate"].dropna()
    same = float((estimates * np.sign(estimates.median()) > 0).mean())
    if same < NEARLY_ALL:
        return "Its direction depends on the choices."
    return "Its direction hardly depends on the choices."


def influence(results: Results) -> str:
    """Return the table `influence`."""
    moderation, length = (_shares(results, name) for name in ("moderation", "length"))
    names = [*CHOICES, "residual"]
    rows = [
        [
            CHOICES.get(name, "Combinations of choices"),
            *(_cell(s, name) for s in (moderation, length)),
        ]
        for name in names
        if name in moderation or name in length
    ]
    table_of = results.tables["multiverse_influence"].groupby("outcome")["n_specifications"].first()
    counts = [f"{table_of.get(name, 0):.0f}" for name in ("moderation", "length")]
    note = (
        "Percentage of the total sum of squares of the estimates: Type II sums of squares of a "
        "linear model of main effects; the draw is not balanced, so that they need not add up to "
        f"all of it. Moderation: {counts[0]} specifications. Length: its dependence on treatment "
        f"length, {counts[1]} specifications that have it."
    )
    heading = ["Choice", "Moderation, %", "Length, %"]
    return table("tbl-influence", "What the estimates depend on", heading, rows, note)


def _joined(results: Results) -> pd.DataFrame:
    origin = results.tables["multiverse_specifications"][["id", "origin"]]
    return origin.merge(results.tables["multiverse"], on="id")


def _shares(results: Results, outcome: str) -> pd.Series:
    rows = results.tables["multiverse_influence"]
    return rows[rows["outcome"] == outcome].set_index("choice")["share"]


def _cell(shares: pd.Series, name: str) -> str:
    return apa.number(100 * float(shares[name]), 1) if name in shares else "–"


def _percent(share: float) -> str:
    return f"{apa.number(100 * share, 0)}%"
