"""Sentences on the multiple of the scale that makes a drop a rupture."""

from rupture_repair.config.reporting import ALPHA
from rupture_repair.manuscript import apa
from rupture_repair.manuscript.results import Results


def thresholds(results: Results) -> str:
    """Tell what the shares and the moderation are over the range of k, and at the chosen one."""
    rows = results.tables["threshold_strip"].sort_values("k")
    shown = rows.dropna(subset=["percent_none"])
    if len(shown) < 2:
        if results.private:
            return "Over multiples of the scale, shares of the patterns would tell of few patients."
        return "Over multiples of the scale, the patterns are too rare to be told."
    first, last = shown.iloc[0], shown.iloc[-1]
    words = (
        f"From *k* = {apa.number(first['k'])} to {apa.number(last['k'])}, the share of patients "
        f"with a rupture goes from {apa.number(100 - first['percent_none'], 1)}% to "
        f"{apa.number(100 - last['percent_none'], 1)}%"
    )
    known = rows.dropna(subset=["estimate"])
    if known.empty:
        return f"{words}; the moderation could be estimated under none of them."
    clear = int((known["p"] < ALPHA).sum())
    words += (
        f"; the moderation of M2 lies between {apa.number(known['estimate'].min())} and "
        f"{apa.number(known['estimate'].max())} points, with *p* < {apa.proportion(ALPHA)} under "
        f"{clear} of {len(known)} multiples"
    )
    own = known[known["chosen"] == 1]
    if len(own):
        k, estimate = own["k"].iloc[0], own["estimate"].iloc[0]
        words += f" (at the chosen *k* = {apa.number(k)}: {apa.number(estimate)})"
    return f"{words}."
