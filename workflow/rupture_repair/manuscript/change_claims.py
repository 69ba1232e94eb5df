"""Sentences on effect sizes and on reliable change."""

import pandas as pd

from rupture_repair.config.criteria import PATTERNS
from rupture_repair.config.reporting import FEWEST_PATIENTS
from rupture_repair.manuscript import apa
from rupture_repair.manuscript.results import Results
from rupture_repair.modelling.reliable_change import reliable_at_95

WITH = {
    "none": "without rupture",
    "unrepaired": "with unrepaired ruptures",
    "repaired": "with repaired ruptures",
}


def effect_size(results: Results) -> str:
    """Tell the difference between repaired and no rupture as d at each level of iip_z."""
    table = results.tables["effect_sizes"]
    model = results.headline_model
    rows = table[(table["model"] == model) & (table["kind"] == "contrast") & table["length"].isna()]
    rows = rows[(rows["what"] == "repaired - none")].dropna(subset=["d"])
    if rows.empty:
        return "Standardised effect sizes could not be computed."
    parts = [
        f"*d* = {apa.number(row.d)} {apa.interval(row.d_low, row.d_high)} {_level(row.iip_z)}"
        for row in rows.itertuples()
    ]
    tool = results.settings.instruments.symptoms
    sign = "Negative" if tool.higher_is == "worse" else "Positive"
    at = rows.iloc[0]
    place = ", at average treatment length," if model == "M3" else ""
    return (
        f"Counted from the first session to session {at['duration']:.0f}, in standard deviations "
        f"of the first rating ({apa.number(at['baseline_sd'])} points), the change that {model} "
        "implies for patients with repaired ruptures differed from that of patients without "
        f"rupture{place} by {apa.joined(parts)}. {sign} values stand "
        "for more improvement with repaired ruptures."
    )


def reliable_change(results: Results) -> str:
    """Tell improved and deteriorated shares by pattern, or that the instrument gives no criterion.

    Cells that must not be told are left out.
    """
    table = results.tables["reliable_change"]
    tool = results.settings.instruments.symptoms.short
    if not results.has_reliable_change:
        return (
            f"Reliable change is not recorded for the {tool}: neither its criterion nor its "
            "reliability is known here, or first ratings do not differ."
        )
    what = f" on the {tool} from first to last rating counted as reliable"
    sentences = [f"A change of {smallest_reliable(results, what)}."]
    for pattern in PATTERNS:
        hidden = hidden_outcomes(results, pattern)
        rows = table[table["pattern"] == pattern].set_index("outcome")
        told = [
            f"{apa.number(100 * rows['share'][outcome], 1)}% {outcome} "
            f"{apa.interval(100 * rows['low'][outcome], 100 * rows['high'][outcome], 1)}"
            for outcome in ("improved", "deteriorated")
            if outcome not in hidden and pd.notna(rows["share"][outcome])
        ]
        if told:
            sentences.append(f"Of the patients {WITH[pattern]}, {apa.joined(told)}.")
        elif 0 < rows["n_rated"].iloc[0] < FEWEST_PATIENTS:
            sentences.append(
                f"Of patients {WITH[pattern]}, fewer than {FEWEST_PATIENTS} were rated twice: "
                "their shares are not estimated."
            )
    once = float(table.loc[table["pattern"] == "all", "n_once"].iloc[0])
    if once:
        sentences.append(f"Patients with one rating only ({results.in_words(once)}) are left out.")
    return " ".join(sentences)


def smallest_reliable(results: Results, what: str = "") -> str:
    """Return `6 points or more {what} [@…]`: with its source, or from what it was computed."""
    tool = results.settings.instruments.symptoms
    at = results.tables["reliable_change"].iloc[0]
    if at["basis"] == "reliability":
        points = apa.number(at["threshold"])
        source = "by its reliability and the *SD* of first ratings [@jacobson1991]"
    else:
        points = f"{at['threshold']:g}"
        source = f"[@{tool.citation}]" if tool.citation else f"({tool.source})"
        stricter, level_known = reliable_at_95(tool), tool.reliable_change_level
        if stricter is not None and level_known is not None:
            level = f"{100 * level_known:g}%"
            source += (
                f", the {level} criterion ({apa.number(stricter)} points would be the 95% one)"
            )
    return f"{points} points or more{what} {source}"


def reliable_rule(results: Results) -> str:
    """Say by which criterion patients changed reliably, or that none is known."""
    if not results.has_reliable_change:
        return "Reliable change was not counted, for want of a criterion"
    criterion = "the reliable change criterion of the instrument"
    if results.tables["reliable_change"]["basis"].iloc[0] == "reliability":
        criterion = "the reliable change index [@jacobson1991]"
    return f"Patients changed reliably when first and last rating differed by at least {criterion}"


def hidden_outcomes(results: Results, pattern: str) -> frozenset[str]:
    """Return the outcomes of which no number is shown for a pattern, or `all`."""
    table = results.tables["reliable_change"]
    counts = table[table["pattern"] == pattern].set_index("outcome")["n"]
    if counts.isna().any():
        return frozenset()
    if pattern in results.hidden:
        return frozenset(counts.index)
    found = results.small_cells({str(name): float(n) for name, n in counts.items()})
    if pattern == "all":  # the whole less the other patterns would tell a hidden cell
        found |= frozenset().union(*(hidden_outcomes(results, other) for other in PATTERNS))
    return found


def _level(iip_z: float) -> str:
    if iip_z == 0:
        return "at average interpersonal problems"
    where = "above" if iip_z > 0 else "below"
    return f"at {abs(iip_z):g} *SD* {where} average"
