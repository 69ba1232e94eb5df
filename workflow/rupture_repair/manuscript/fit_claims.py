"""Sentences on the fits: compared with one another, certified, and checked by a second engine."""

import pandas as pd

from rupture_repair.config.reporting import ALPHA
from rupture_repair.manuscript import apa

INTERACTIONS = {
    "M1": "time and pattern",
    "M2": "time, pattern and interpersonal problems",
    "M3": "time, pattern, interpersonal problems and length",
}


def models(table: pd.DataFrame) -> str:
    """Say in which models the interaction that they are about improves the fit, by itself."""
    parts = []
    for row in table.dropna(subset=["interaction_chisq"]).itertuples():
        verb = "improved" if row.interaction_p < ALPHA else "did not improve"
        parts.append(
            f"the interaction of {INTERACTIONS[row.model]} {verb} the fit of {row.model}, "
            f"χ²({row.interaction_df:.0f}) = {apa.number(row.interaction_chisq)}, "
            f"{apa.p_statement(row.interaction_p)}"
        )
    words = "; ".join(parts) or "no interaction could be tested"
    return words[0].upper() + words[1:]


def certificates(table: pd.DataFrame) -> str:
    """Say how many fits are certified, which are not and why, and what lies at the boundary."""
    if table.empty:
        return "There is no fit to certify."
    failed = table[table["verdict"] != "passed"]
    passed = len(table) - len(failed)
    words = (
        f"All {passed} fits passed" if failed.empty else f"Of {len(table)} fits, {passed} passed"
    )
    words += " their certificate"
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


def engines(table: pd.DataFrame) -> str:
    """Say in how many fits both engines agree, and how far apart they are."""
    if table.empty:
        return "There is no fit to compare."
    agreed = int(table["agrees"].eq(True).sum())
    off = (table["llf"] - table["llf_same"]).abs().max()
    return (
        f"In {agreed} of {len(table)} fits the second engine gave the same estimates the same "
        f"likelihood; log-likelihoods differed by {_at_most(off, 6)}. Its own optimiser stopped "
        f"{_at_most(table['shortfall'].max(), 4)} below, with coefficients "
        f"{_at_most(table['largest_shift'].max(), 4)} standard errors off."
    )


def _at_most(value: float, decimals: int) -> str:
    """Return the largest size in words, or the limit below which it lies."""
    text = apa.size(value, decimals)
    return text.replace("<", "less than") if "<" in text else f"at most {text}"
