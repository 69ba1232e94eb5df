"""Tables on chance, other criteria and exposure, for sharing."""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from rupture_repair.config.criteria import PATTERNS
from rupture_repair.disclosure.suppression import (
    blanked,
    hidden_cells,
    hidden_parts,
    is_small,
    shown_steps,
)

NAMES = [*PATTERNS, "unclassifiable"]
OBSERVED = ["observed_percent", "excess", "excess_low", "excess_high"]
AGREED = ["n_agree", "percent_agree", "kappa", "ci_low", "ci_high", "kappa_rupture"]


def hidden_bands(table: pd.DataFrame, hidden: frozenset[str]) -> pd.DataFrame:
    """Return which cells of length × pattern must not be shown, from `chance`.

    hidden : patterns of which no number is shown in the whole cohort.
    """
    rows = table[(table["kind"] == table["kind"].iloc[0]) & (table["length"] != "all")]
    size = rows.groupby("length", sort=False)["n_patients"].first()
    percent = rows.pivot_table(
        index="length", columns="pattern", values="observed_percent", dropna=False
    ).reindex(index=size.index, columns=list(PATTERNS))
    counts = (percent.mul(size, axis=0) / 100).fillna(0).round()
    bands = hidden_cells(size.to_frame())[:, 0]
    known = np.array([pattern in hidden for pattern in PATTERNS])
    mask = hidden_cells(counts, bands[:, None] | known[None, :])
    return pd.DataFrame(mask, index=counts.index, columns=counts.columns)


def shared_chance(
    table: pd.DataFrame, cells: pd.DataFrame, hidden: frozenset[str], *, some_unclassified: bool
) -> pd.DataFrame:
    """Mask observed shares of few patients in a band of treatment length, and in all bands."""
    cell = [
        pattern in hidden if length == "all" else bool(cells.loc[length, pattern])
        for length, pattern in zip(table["length"], table["pattern"], strict=True)
    ]
    # beside the classified patients of a band, all of them would tell the unclassifiable
    whole = table["length"].isin(cells.index[cells.all(axis=1)]) | some_unclassified
    told = blanked(blanked(table, cell, OBSERVED), whole, ["n_patients"])
    # shares in so few patients are multiples that tell how few they are
    bands = table["length"].isin(cells.index[cells.all(axis=1)])
    return blanked(told, bands, ["expected_percent", "low", "high"])


def shared_criteria(
    tables: Mapping[str, pd.DataFrame], classified: float
) -> dict[str, pd.DataFrame]:
    """Mask the tables on all criteria.

    classified : patients classified by the cohort's criterion, whose number is told. What another
        criterion classifies is told when it is the same or clearly another number.
    """
    shares = tables["criteria_breakdown"]
    chance = tables["chance_by_criterion"]
    few = pd.Series(False, index=shares.index)
    few_chance = pd.Series(False, index=chance.index)
    near = set()
    for name, own in shares.groupby("criterion", sort=False):
        n = own.set_index("pattern")["n"]
        hidden = hidden_parts({pattern: float(n[pattern]) for pattern in PATTERNS})
        total = float(n[list(PATTERNS)].sum())
        left = float(n.sum()) - total
        if is_small(abs(total - classified)) or is_small(left):
            near.add(name)
            hidden = frozenset(NAMES)
        few |= (shares["criterion"] == name) & shares["pattern"].isin(hidden)
        few_chance |= (chance["criterion"] == name) & chance["pattern"].isin(hidden)
    moves, open_pairs = _moves(tables["criteria_moves"])
    pairs = tables["criteria_agreement"]
    other = pairs["n_patients"] - pairs["n_agree"]
    apart = (pairs["n_patients"] - classified).abs().map(is_small)
    hide = apart | pairs["n_agree"].map(is_small) | other.map(is_small)
    either = zip(pairs["first"], pairs["second"], strict=True)
    hide |= np.array([not open_pairs.get(frozenset(pair), True) for pair in either], dtype=bool)
    return {
        "criteria_breakdown": blanked(shares, few, ["n", "percent"]),
        "chance_by_criterion": blanked(
            blanked(chance, few_chance, OBSERVED), chance["criterion"].isin(near), ["n_patients"]
        ),
        "criteria_agreement": blanked(blanked(pairs, hide, AGREED), apart, ["n_patients"]),
        "criteria_moves": moves,
        "criteria_consistency": _consistency(tables["criteria_consistency"], classified),
    }


def _moves(table: pd.DataFrame) -> tuple[pd.DataFrame, dict[frozenset[str], bool]]:
    """Return the masked table, and for each pair whether the sum of the diagonal may be told."""
    few = pd.Series(False, index=table.index)
    open_pairs = {}
    for (first, second), own in table.groupby(["from_criterion", "to_criterion"], sort=False):
        # the same cells in both directions
        turned = first > second
        rows, columns = ("to", "from") if turned else ("from", "to")
        counts = own.pivot_table(
            index=f"{rows}_pattern", columns=f"{columns}_pattern", values="n_patients", fill_value=0
        ).reindex(index=NAMES, columns=NAMES, fill_value=0)
        mask = pd.DataFrame(hidden_cells(counts), index=NAMES, columns=NAMES)
        few[own.index] = [
            mask.loc[row[f"{rows}_pattern"], row[f"{columns}_pattern"]]
            for row in own.to_dict("records")
        ]
        diagonal = np.diag(mask) & (np.diag(counts) > 0)
        open_pairs[frozenset((first, second))] = diagonal.sum() != 1
    return blanked(table, few, ["n_patients"]), open_pairs


def _consistency(table: pd.DataFrame, classified: float) -> pd.DataFrame:
    value = table.set_index("quantity")["value"]
    n = float(value["n_classified_by_all"])
    parts = ("n_no_rupture_by_any", "n_rupture_by_all", "n_rupture_by_some")
    hide = set(hidden_parts({name: float(value[name]) for name in parts}))
    if is_small(float(value["n_same_pattern"])) or is_small(n - float(value["n_same_pattern"])):
        hide.add("n_same_pattern")
    if is_small(n) or is_small(abs(n - classified)):
        hide |= {*parts, "n_same_pattern", "n_classified_by_all"}
    return blanked(table, table["quantity"].isin(hide), ["value"])


def shared_exposure(table: pd.DataFrame, cells: pd.DataFrame) -> pd.DataFrame:
    """Mask bands of treatment length in which few patients had a rupture, or few had none.

    cells : see `hidden_bands`; where the patients without a rupture are hidden, so they are here.
    """
    rows = table.set_index("length")
    bands = rows.drop(index="all")
    counts = pd.DataFrame(
        {"with": bands["n_ruptured"], "without": bands["n_patients"] - bands["n_ruptured"]}
    )
    known = cells["none"].reindex(counts.index, fill_value=False).to_numpy()
    mask = hidden_cells(counts, np.column_stack([known, known]))
    hidden = set(counts.index[mask.any(axis=1)])
    whole = rows.loc["all"]
    if is_small(whole["n_ruptured"]) or is_small(whole["n_patients"] - whole["n_ruptured"]):
        hidden |= set(rows.index)
    told = blanked(
        table,
        table["length"].isin(hidden),
        [name for name in table if name not in {"length", "n_patients"}],
    )
    few = set(bands.index[hidden_cells(bands[["n_patients"]])[:, 0]])
    return blanked(told, table["length"].isin(few), ["n_patients"])


def shared_hazard(table: pd.DataFrame) -> pd.DataFrame:
    """Keep the whole cohort's curves at steps of enough patients; numbers by session go.

    The rest of what happens after the last step is known from the total: it is enough too.
    """
    rows = table[table["length"] == "all"].reset_index(drop=True)
    first = rows["n_first_ruptures"]
    steps = shown_steps(first, private=True)
    while steps.any() and is_small(float(first[np.flatnonzero(steps)[-1] + 1 :].sum())):
        steps[np.flatnonzero(steps)[-1]] = False
    alone = steps & np.r_[True, steps[:-1]] & ~first.map(is_small).to_numpy()
    curves = [name for name in rows if name.startswith(("incidence", "if_continued"))]
    hazard = [name for name in rows if name.startswith("hazard")]
    told = blanked(rows, ~steps, [*curves, "n_at_risk"])
    told = blanked(told, ~alone, [*hazard, "n_first_ruptures"])
    told = blanked(told, rows["n_at_risk"].map(is_small), [*hazard, "n_at_risk"])
    return blanked(told, np.ones(len(rows), dtype=bool), ["n_in_treatment", "n_ended"])


def shared_multiverse(table: pd.DataFrame, classified: float) -> pd.DataFrame:
    """Mask the breakdown of each specification, see `shared_criteria`; estimates stay."""
    told = table
    numbers = [f"n_{pattern}" for pattern in PATTERNS]
    total = table[numbers].sum(axis=1)
    near = (total - classified).abs().map(is_small) | table["n_unclassifiable"].map(is_small)
    hidden = [
        hidden_parts({pattern: float(row[f"n_{pattern}"]) for pattern in PATTERNS})
        for row in table[numbers].to_dict("records")
    ]
    for pattern in PATTERNS:
        rows = near | np.array([pattern in few for few in hidden], dtype=bool)
        told = blanked(told, rows, [f"n_{pattern}", f"percent_{pattern}"])
    told = blanked(told, near, ["n_unclassifiable"])
    modelled = (table["n_patients"] - classified).abs().map(is_small)
    modelled |= (table["n_patients"] - total).abs().map(is_small)
    return blanked(told, near | modelled, ["n_patients"])
