"""Breakdown, Table 1, patient flow and ruptures, for sharing."""

import numpy as np
import pandas as pd

from rupture_repair.config.criteria import PATTERNS
from rupture_repair.config.reporting import MIN_SHOWN
from rupture_repair.disclosure.known import Known
from rupture_repair.disclosure.rounding import DECIMALS, rounded_description
from rupture_repair.disclosure.suppression import blanked, hidden_cells, is_small

LEVELS = ("gender", "diagnosis", "orientation")


def shared_breakdown(table: pd.DataFrame, known: Known) -> pd.DataFrame:
    """Mask patterns of few patients, and one more where these would follow from the total."""
    few = (table["pattern"] == "unclassifiable") & (table["n"] < MIN_SHOWN)
    rows = table["pattern"].isin(known.patterns) | few
    return blanked(table, rows, ["n", "percent"])


def shared_flow(table: pd.DataFrame, known: Known) -> pd.DataFrame:
    """Mask steps that differ by few patients from the last one shown.

    Of steps with nothing shown between them, the reasons are joined, with all whom they left out;
    where these are few, no number stands with the reasons.
    """
    shown = [int(step) for step in np.flatnonzero(~known.hidden_flow)]
    masked = blanked(table, known.hidden_flow, ["n"])
    masked = blanked(masked, np.ones(len(table), dtype=bool), ["excluded"])
    # the first run begins with the file, the last one ends with the models
    ends = [*shown, len(table) - 1] if known.hidden_flow[-1] else shown
    start = 0
    for end in ends:
        run = table.iloc[start : end + 1]
        few = known.hidden_flow[end] or (start == 0 and known.hidden_flow[0])
        masked.loc[run.index, "reason"] = ""
        left_out = run[run["excluded"] > 0]
        masked.loc[run.index[-1], "reason"] = (
            "; ".join(left_out["reason"]) or run["reason"].iloc[-1]
        )
        if not few:
            masked.loc[run.index[-1], "excluded"] = run["excluded"].sum()
        start = end + 1
    return masked


def shared_cohort(table: pd.DataFrame, known: Known) -> pd.DataFrame:
    """Mask groups with few patients, and few patients of a group with the same answer.

    Where few are unclassifiable, `all` are the classified patients: the difference of two means
    would tell of the others. Answers of few patients lose their name; the smallest and the largest
    value, each of a single patient, are not shown.
    """
    whole = "classified" if known.admitted_hidden else "all"
    named = _with_others(table)
    others = {"all", "classified"} - {whole}
    both = named["variable"].isin(named.loc[named["group"] == whole, "variable"])
    shared = named[~(named["group"].isin(others) & both)].reset_index(drop=True)
    shared["group"] = shared["group"].replace(whole, "all")
    rows = shared[shared["statistic"] == "n"]
    n = rows.pivot_table(index="variable", columns="group", values="value", sort=False)
    masked = blanked(shared, shared["group"].isin(known.patterns), ["value"])
    masked = blanked(masked, shared["statistic"].isin(["min", "max"]), ["value"])
    again = (shared["variable"] == "further_treatments") & shared["value"].map(is_small)
    masked = blanked(masked, again, ["value"])
    for kind in LEVELS:
        levels = [name for name in n.index if name.startswith(f"{kind}: ")]
        if not levels:
            continue
        unanswered = n.loc[["patients"]] - n.loc[levels].sum()
        mask = _hidden_answers(pd.concat([n.loc[levels], unanswered]), known.patterns)
        hide = [
            name in levels and bool(mask.loc[name, group])
            for name, group in zip(shared["variable"], shared["group"], strict=True)
        ]
        masked = blanked(masked, hide, ["value"])
    return rounded_description(masked)


def _with_others(table: pd.DataFrame) -> pd.DataFrame:
    """Sum up the answers that fewer than five patients gave, as `other`."""
    n = table[(table["statistic"] == "n") & (table["group"] == "all")]
    rare = set(n.loc[n["value"].map(is_small), "variable"])
    kinds = table["variable"].str.split(": ").str[0]
    rare &= set(table.loc[kinds.isin(LEVELS), "variable"])
    named = table.assign(
        variable=table["variable"].mask(table["variable"].isin(rare), kinds + ": other")
    )
    level = kinds.isin(LEVELS)
    answers = named[level].groupby(["variable", "statistic", "group"], sort=False, as_index=False)
    summed = answers["value"].sum(min_count=1)[list(table)]
    # other answers stand last of their kind
    order = summed["variable"].str.endswith(": other").astype(int)
    kind = summed["variable"].str.split(": ").str[0].map(LEVELS.index)
    summed = summed.iloc[np.lexsort([order, kind])]
    return pd.concat([named[~level], summed], ignore_index=True)


def _hidden_answers(counts: pd.DataFrame, hidden: frozenset[str]) -> pd.DataFrame:
    """Return which answers are not shown in which group.

    counts : by answer, with those who gave none last, and by group.
    """
    rest = counts["all"] - counts[list(PATTERNS)].sum(axis=1)  # unclassifiable patients
    cells = counts[list(PATTERNS)].assign(rest=rest)
    mask = pd.DataFrame(False, index=counts.index, columns=counts.columns)
    mask["all"] = hidden_cells(counts[["all"]])[:, 0]
    few = counts["all"].map(is_small)
    forced = np.tile([*(pattern in hidden for pattern in PATTERNS), True], (len(counts), 1))
    forced[:, -1] &= (rest > 0).to_numpy()
    # a total that is hidden beside a small one must not be the sum of its cells
    beside = (mask["all"] & ~few).to_numpy()
    forced |= beside[:, None] & (cells[few] > 0).any().to_numpy()[None, :]
    mask[list(PATTERNS)] = hidden_cells(cells, forced)[:, :-1]
    return mask


def shared_detection(table: pd.DataFrame, known: Known) -> pd.DataFrame:
    """Mask few ruptures, few repairs, few after a patient's first, and what describes so few."""
    value = table.set_index("quantity")["value"]
    ruptures, repaired = value["n_ruptures"], value["n_repaired_ruptures"]
    hide = {name for name in value.index if name.startswith("n_") and is_small(value[name])}
    if is_small(ruptures - float(known.counts.reindex(list(PATTERNS[1:])).sum())):
        hide.add("n_ruptures")  # the further ones would tell of the patients with several
    if is_small(ruptures - repaired):
        hide.add("n_repaired_ruptures")
    if is_small(ruptures):
        hide |= {"n_repaired_ruptures", "median_threshold", "mean_drop", "sd_drop"}
        hide |= {"median_first_rupture"}
    if is_small(repaired):
        hide.add("median_sessions_to_repair")
    masked = blanked(table, table["quantity"].isin(hide), ["value"])
    return masked.assign(value=masked["value"].astype(float).round(DECIMALS))
