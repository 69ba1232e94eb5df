"""Tables of reliable change and of effect sizes."""

import pandas as pd

from rupture_repair.config.reporting import FEWEST_PATIENTS
from rupture_repair.disclosure.suppression import MASK_NOTE, told
from rupture_repair.manuscript.change_claims import hidden_outcomes, smallest_reliable
from rupture_repair.manuscript.markdown import table
from rupture_repair.manuscript.model_tables import or_not_estimated
from rupture_repair.manuscript.results import Results
from rupture_repair.words import apa

GROUPS = {"all": "All", "none": "No rupture", "unrepaired": "Unrepaired", "repaired": "Repaired"}
OUTCOMES = ("improved", "unchanged", "deteriorated")


def reliable_change(results: Results) -> str:
    """Return the table `reliable_change`, a row per group; nothing without a criterion."""
    if not results.has_reliable_change:
        return ""
    data = results.tables["reliable_change"].set_index(["pattern", "outcome"])
    rows = []
    for group, name in GROUPS.items():
        hidden = hidden_outcomes(results, group)
        n = data.loc[(group, OUTCOMES[0]), "n_rated"]
        total = "–" if group in results.hidden else results.shown(n)
        cells = [
            "–" if outcome in hidden else _share(data.loc[(group, outcome)]) for outcome in OUTCOMES
        ]
        rows.append([name, total, *cells])
    heading = ["Pattern", "Rated twice", *(f"{o.capitalize()}, *n* (%) [CI]" for o in OUTCOMES)]
    at = data.iloc[0]
    tool = results.settings.instruments.symptoms.short
    note = (
        f"Change from first to last rating of the {tool}, reliable at "
        f"{smallest_reliable(results)}. Intervals: Wilson, {100 * at['confidence']:g}%. "
        "Treatments differ in length, and longer ones have more time for change of either kind."
    )
    if data["n_rated"].min() < FEWEST_PATIENTS:
        note += f" No share of fewer than {FEWEST_PATIENTS} patients is estimated."
    if results.private:
        note += MASK_NOTE
    caption = "Reliable change by rupture pattern"
    return table("tbl-reliable-change", caption, heading, rows, note)


def effect_sizes(results: Results) -> str:
    """Return the table `effect_sizes`: contrasts at average length, moderations."""
    data = results.tables["effect_sizes"]
    shown = data[
        ((data["kind"] == "contrast") & data["length"].isna()) | (data["kind"] == "moderation")
    ]
    rows = [
        [
            row.what.replace(" - ", " − ").replace("none", "no rupture").capitalize(),
            row.model,
            "per *SD*" if row.kind == "moderation" else apa.number(row.iip_z, 0),
            "–" if pd.isna(row.length) else f"{row.length:.0f}",
            apa.number(row.d),
            "–" if pd.isna(row.d) else apa.interval(row.d_low, row.d_high),
        ]
        for row in shown.itertuples()
    ]
    heading = ["Contrast", "Model", "IIP", "Sessions", "*d*", results.interval_name]
    note = "Differences of slopes as standardised change. "
    if len(data):
        at = data.iloc[0]
        whose = "" if pd.isna(at["n_patients"]) else f" of {told(at['n_patients'])} patients"
        note += (
            f"*d* = *b* × {apa.number(at['time_units'])} / {apa.number(at['baseline_sd'])}: units "
            f"of time from session 1 to session {at['duration']:.0f}, and the raw *SD* of the "
            f"first ratings{whose}, taken as known in the intervals. "
        )
    note += (
        "IIP: interpersonal problems in cohort *SD*s; per *SD*: by how much the difference changes "
        "with one more. Sessions: treatment length; –: in M3 the average log length. REML. "
        f"{results.sample_of_models}."
    )
    caption = "Differences between patterns as effect sizes"
    rows = or_not_estimated(rows, heading)
    return table("tbl-effect-sizes", caption, heading, rows, note)


def _share(row: pd.Series) -> str:
    if pd.isna(row["share"]):
        return "–" if pd.isna(row["n"]) else f"{row['n']:.0f} (–)"
    low, high = 100 * row["low"], 100 * row["high"]
    return f"{row['n']:.0f} ({apa.number(100 * row['share'], 1)}) {apa.interval(low, high, 1)}"
