"""The tables of counts as they may be shared; those of the private folder have all of them."""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from rupture_repair.config.criteria import PATTERNS
from rupture_repair.disclosure.detection_tables import (
    hidden_bands,
    shared_chance,
    shared_criteria,
    shared_exposure,
    shared_hazard,
    shared_multiverse,
)
from rupture_repair.disclosure.model_tables import (
    shared_bins,
    shared_diagnostics,
    shared_johnson_neyman,
    shared_reliable_change,
    shared_sensitivity,
)
from rupture_repair.disclosure.suppression import (
    FEWEST_SHOWN,
    blanked,
    hidden_cells,
    hidden_parts,
    hidden_steps,
    is_small,
)

Tables = Mapping[str, pd.DataFrame]
LEVELS = ("gender", "diagnosis", "orientation")


def shared_tables(tables: Tables, *, masked: bool) -> dict[str, pd.DataFrame]:
    """Return the tables for sharing; in masked cells nothing stands.

    tables : all tables of counts by name, at full precision.
    masked : whether small counts must not be told; without it all stays as it is.
    """
    if not masked:
        return dict(tables)
    breakdown = tables["pattern_breakdown"]
    counts = breakdown.set_index("pattern")["n"]
    patterns = hidden_parts({pattern: float(counts[pattern]) for pattern in PATTERNS})
    flow, steps = _flow(tables["patient_flow"])
    # without the number admitted, few unclassifiable patients cannot be worked out
    admitted_hidden = _admitted_step(tables["patient_flow"]) in steps
    modelled = float(tables["patient_flow"]["n"].iloc[-1])
    comparison = tables["model_comparison"]
    every = np.full(len(comparison), "modelled" in steps)
    cells = hidden_bands(tables["chance"], patterns)
    some = bool(counts.get("unclassifiable", 0))
    classified = float(counts[list(PATTERNS)].sum())
    return {
        "pattern_breakdown": _breakdown(breakdown, patterns),
        "cohort": _cohort(tables["cohort"], patterns, admitted_hidden),
        "patient_flow": flow,
        "detection": _detection(tables["detection"]),
        "chance": shared_chance(tables["chance"], cells, patterns, some_unclassified=some),
        "model_comparison": blanked(comparison, every, ["n_patients"]),
        "johnson_neyman": shared_johnson_neyman(tables["johnson_neyman"], modelled),
        "effect_sizes": blanked(
            tables["effect_sizes"],
            np.full(len(tables["effect_sizes"]), "modelled" in steps),
            ["n_patients"],
        ),
        "reliable_change": shared_reliable_change(tables["reliable_change"], patterns),
        "sensitivity": shared_sensitivity(tables["sensitivity"], counts, patterns),
        "diagnostics": shared_diagnostics(tables["diagnostics"]),
        "residual_bins": shared_bins(tables["residual_bins"]),
        "multiverse": shared_multiverse(tables["multiverse"], classified),
        "rupture_exposure": shared_exposure(tables["rupture_exposure"], cells),
        "rupture_hazard": shared_hazard(tables["rupture_hazard"]),
        **shared_criteria(tables, classified),
    }


def _breakdown(table: pd.DataFrame, hidden: frozenset[str]) -> pd.DataFrame:
    few = (table["pattern"] == "unclassifiable") & (table["n"] < FEWEST_SHOWN)
    rows = table["pattern"].isin(hidden) | few
    return blanked(table, rows, ["n", "percent"])


def _flow(table: pd.DataFrame) -> tuple[pd.DataFrame, frozenset[str]]:
    hide = hidden_steps(table["n"], list(table["step"]).index("classified"))
    between = hide | np.r_[False, hide[:-1]]  # excluded is the difference to the step before
    flow = blanked(blanked(table, hide, ["n"]), between, ["excluded"])
    return flow, frozenset(table.loc[hide, "step"])


def _admitted_step(flow: pd.DataFrame) -> str:
    return str(flow["step"].iloc[list(flow["step"]).index("classified") - 1])


def _cohort(table: pd.DataFrame, hidden: frozenset[str], admitted_hidden: bool) -> pd.DataFrame:
    """Mask groups with few patients, and few patients of a group with the same answer."""
    shared = blanked(table, table["group"].isin(hidden), ["value"])
    everyone = (table["group"] == "all") & (table["variable"] == "patients")
    if admitted_hidden:
        shared = blanked(shared, everyone, ["value"])
    rows = table[table["statistic"] == "n"]
    n = rows.pivot_table(index="variable", columns="group", values="value", sort=False)
    for kind in LEVELS:
        levels = [name for name in n.index if name.startswith(f"{kind}: ")]
        if not levels:
            continue
        cells = n.loc[levels]
        unanswered = n.loc[["patients"]] - cells.sum()
        counts = pd.concat([cells, unanswered])
        known = [pattern in hidden for pattern in PATTERNS]
        mask = hidden_cells(counts[list(PATTERNS)], np.tile(known, (len(counts), 1)))
        for place, pattern in enumerate(PATTERNS):
            names = counts.index[mask[:, place]]
            rows = table["variable"].isin(names) & (table["group"] == pattern)
            shared = blanked(shared, rows & _of_levels(table, kind), ["value"])
        unclassified = counts["all"] - counts[list(PATTERNS)].sum(axis=1)
        total = hidden_cells(counts[["all"]])[:, 0]
        if admitted_hidden or unclassified.map(is_small).any():
            total[:] = True
        rows = table["variable"].isin(counts.index[total]) & (table["group"] == "all")
        shared = blanked(shared, rows & _of_levels(table, kind), ["value"])
    return shared


def _of_levels(table: pd.DataFrame, kind: str) -> pd.Series:
    return table["variable"].str.startswith(f"{kind}: ")


def _detection(table: pd.DataFrame) -> pd.DataFrame:
    value = table.set_index("quantity")["value"]
    ruptures, repaired = value["n_ruptures"], value["n_repaired_ruptures"]
    hide = {name for name in value.index if name.startswith("n_") and is_small(value[name])}
    if is_small(ruptures - repaired):
        hide.add("n_repaired_ruptures")
    if is_small(ruptures):
        hide |= {"n_repaired_ruptures", "median_threshold", "mean_drop", "sd_drop"}
        hide |= {"median_first_rupture"}
    if is_small(repaired):
        hide.add("median_sessions_to_repair")
    return blanked(table, table["quantity"].isin(hide), ["value"])
