"""Tables of the models and of change in symptoms, for sharing."""

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
