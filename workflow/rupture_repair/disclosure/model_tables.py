"""Tables of the models and of change in symptoms, for sharing."""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from rupture_repair.config.criteria import PATTERNS
from rupture_repair.disclosure.suppression import blanked, hidden_cells, is_small

SHARES = ["n", "share", "low", "high"]


def shared_johnson_neyman(table: pd.DataFrame, modelled: float) -> pd.DataFrame:
    """Mask shares of patients in or outside of a region in which there are few."""
    inside = (table["share_of_patients"].astype(float) * modelled).round()
    few = inside.map(is_small) | (modelled - inside).map(is_small)
    return blanked(table, few, ["share_of_patients"])


def shared_reliable_change(table: pd.DataFrame, hidden: frozenset[str]) -> pd.DataFrame:
    """Mask outcomes that few patients of a pattern had, and those that would give them away.

    hidden : patterns of which no number is shown.
    """
    told = blanked(table, table["pattern"].isin(hidden), ["n_rated", "n_once", *SHARES])
    once = table["n_once"].map(is_small)
    told = blanked(told, once, ["n_once", "n_rated"])
    if table["n"].isna().any():
        return told
    counts = table.pivot_table(index="pattern", columns="outcome", values="n", sort=False)
    own = counts.loc[list(PATTERNS)]
    known = np.repeat([[pattern in hidden] for pattern in PATTERNS], own.shape[1], axis=1)
    masks = pd.concat(
        [
            pd.DataFrame(hidden_cells(own, known), own.index, own.columns),
            pd.DataFrame(hidden_cells(counts.loc[["all"]]), ["all"], own.columns),
        ]
    )
    few = [
        bool(masks.loc[pattern, outcome])
        for pattern, outcome in zip(table["pattern"], table["outcome"], strict=True)
    ]
    return blanked(told, few, SHARES)


def shared_diagnostics(table: pd.DataFrame) -> pd.DataFrame:
    """Mask how many residuals or effects lie far out where these are few."""
    return blanked(table, table["n_far"].map(is_small), ["n_far", "share_far"])


def shared_bins(table: pd.DataFrame) -> pd.DataFrame:
    """Mask bins of residuals with few patients."""
    few = table["n_patients"].map(is_small)
    return blanked(table, few, ["n_patients", "fitted", "mean", "low", "high", "sd"])


def shared_sensitivity(
    table: pd.DataFrame, counts: Mapping[str, float], hidden: frozenset[str]
) -> pd.DataFrame:
    """Mask numbers of patients that are small, or that differ by few from another that is told.

    counts : patients of each pattern by the cohort's criterion; hidden : patterns of which no
    number is shown. How many patients were ever in a state overlaps with everything: it goes.
    """
    told, columns = table, {pattern: f"n_{pattern}" for pattern in PATTERNS}
    states = (table["part"] == "B").to_numpy()
    shown = {pattern: {float(counts[pattern])} for pattern in PATTERNS}
    totals = {float(sum(counts[pattern] for pattern in PATTERNS))}
    for place, row in enumerate(table.to_dict("records")):
        here = np.arange(len(table)) == place
        total = float(row["n_patients"])
        if is_small(total) or any(is_small(abs(total - other)) for other in totals):
            told = blanked(told, here, ["n_patients", *columns.values()])
            continue
        totals.add(total)
        if states[place]:
            told = blanked(told, here, list(columns.values()))
            continue
        n = {pattern: float(row[column]) for pattern, column in columns.items()}
        near = [
            pattern in hidden or any(is_small(abs(n[pattern] - other)) for other in shown[pattern])
            for pattern in PATTERNS
        ]
        mask = hidden_cells([list(n.values())], [near])[0]
        few = {pattern for pattern, hide in zip(PATTERNS, mask, strict=True) if hide}
        told = blanked(told, here, [columns[pattern] for pattern in PATTERNS if pattern in few])
        for pattern in set(PATTERNS) - few:
            shown[pattern].add(n[pattern])
    return told
