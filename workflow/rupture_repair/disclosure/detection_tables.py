"""Tables on chance, other criteria and exposure, for sharing."""

import numpy as np
import pandas as pd

from rupture_repair.config.criteria import PATTERNS
from rupture_repair.config.reporting import MIN_SHOWN
from rupture_repair.disclosure.audit import determined, margins
from rupture_repair.disclosure.known import Known
from rupture_repair.disclosure.nested import possible_moves, shown_thresholds
from rupture_repair.disclosure.suppression import (
    blanked,
    hidden_cells,
    is_small,
    shown_steps,
)

OBSERVED = ["observed_percent", "excess", "excess_low", "excess_high"]
AGREED = ["n_agree", "percent_agree", "kappa", "ci_low", "ci_high", "kappa_rupture"]


def shared_chance(table: pd.DataFrame, known: Known) -> pd.DataFrame:
    """Mask observed shares of few patients in a band of treatment length, and in all bands."""
    cells = known.bands
    cell = [
        pattern in known.patterns if length == "all" else bool(cells.loc[length, pattern])
        for length, pattern in zip(table["length"], table["pattern"], strict=True)
    ]
    # beside the classified patients of a band, all of them would tell the unclassifiable
    whole = table["length"].isin(cells.index[cells.all(axis=1)]) | known.some_unclassified
    masked = blanked(blanked(table, cell, OBSERVED), whole, ["n_patients"])
    # shares in so few patients are multiples that tell how few they are
    bands = table["length"].isin(cells.index[cells.all(axis=1)])
    return blanked(masked, bands, ["expected_percent", "low", "high"])


def shared_criteria_breakdown(table: pd.DataFrame, known: Known) -> pd.DataFrame:
    """Mask patterns of few patients under each criterion, see `Known.by_criterion`."""
    return blanked(table, _hidden_patterns(table, known), ["n", "percent"])


def shared_chance_by_criterion(table: pd.DataFrame, known: Known) -> pd.DataFrame:
    """Mask observed shares as in `criteria_breakdown`."""
    near = [name for name, hidden in known.by_criterion.items() if "unclassifiable" in hidden]
    masked = blanked(table, _hidden_patterns(table, known), OBSERVED)
    return blanked(masked, table["criterion"].isin(near), ["n_patients"])


def _hidden_patterns(table: pd.DataFrame, known: Known) -> list[bool]:
    return [
        pattern in known.by_criterion[name]
        for name, pattern in zip(table["criterion"], table["pattern"], strict=True)
    ]


def shared_criteria_agreement(table: pd.DataFrame, known: Known) -> pd.DataFrame:
    """Mask pairs of criteria that few patients tell apart, or that few have in common.

    So are those from whose breakdowns, agreement and kappas a small cell of their cross table,
    which is not shared, could be worked out.
    """
    other = table["n_patients"] - table["n_agree"]
    apart = (table["n_patients"] - known.classified).abs().map(is_small)
    hide = apart | table["n_agree"].map(is_small) | other.map(is_small)
    moves = known.tables["criteria_moves"].set_index(["from_criterion", "to_criterion"])
    hide |= np.array(
        [
            not hidden and _gives_small_cell_away(moves.loc[[pair]])
            for hidden, *pair in zip(hide, table["first"], table["second"], strict=True)
        ],
        dtype=bool,
    )
    return blanked(blanked(table, hide, AGREED), apart, ["n_patients"])


def _gives_small_cell_away(moves: pd.DataFrame) -> bool:
    """Whether margins, agreement and both kappas leave one value for a small cell."""
    cells = moves.pivot_table(index="from_pattern", columns="to_pattern", values="n_patients")
    counts = cells.reindex(index=list(PATTERNS), columns=list(PATTERNS)).fillna(0).to_numpy()
    if not ((counts > 0) & (counts < MIN_SHOWN)).any():
        return False
    diagonal = np.eye(len(PATTERNS)).ravel()
    without = np.zeros(counts.size)
    without[PATTERNS.index("none")] = 1
    sums = np.vstack([margins(counts.shape), diagonal, without])
    open_ = possible_moves(counts)
    n = counts[open_]
    fixed = determined(sums[:, open_.ravel()], n, np.zeros(len(n)))
    return any(is_small(count) for count in n[fixed])


def shared_criteria_consistency(table: pd.DataFrame, known: Known) -> pd.DataFrame:
    """Mask the patients by what all criteria say: with the breakdowns, they tell of few who move.

    How many all criteria can classify is shown where it is the number classified here, or clearly
    another one.
    """
    n = float(table.set_index("quantity")["value"]["n_classified_by_all"])
    shown = {"n_criteria"}
    if not is_small(n) and not is_small(abs(n - known.classified)):
        shown.add("n_classified_by_all")
    return blanked(table, ~table["quantity"].isin(shown), ["value"])


def shared_exposure(table: pd.DataFrame, known: Known) -> pd.DataFrame:
    """Mask bands of treatment length in which few patients had a rupture, or few had none.

    Where `chance` hides the patients without a rupture, so they are here.
    """
    rows = table.set_index("length")
    bands = rows.drop(index="all")
    counts = pd.DataFrame(
        {"with": bands["n_ruptured"], "without": bands["n_patients"] - bands["n_ruptured"]}
    )
    none = known.bands["none"].reindex(counts.index, fill_value=False).to_numpy()
    mask = hidden_cells(counts, np.column_stack([none, none]))
    hidden = set(counts.index[mask.any(axis=1)])
    whole = rows.loc["all"]
    if is_small(whole["n_ruptured"]) or is_small(whole["n_patients"] - whole["n_ruptured"]):
        hidden |= set(rows.index)
    masked = blanked(
        table,
        table["length"].isin(hidden),
        [name for name in table if name not in {"length", "n_patients"}],
    )
    few = set(bands.index[hidden_cells(bands[["n_patients"]])[:, 0]])
    masked = blanked(masked, table["length"].isin(few), ["n_patients"])
    # ruptures beyond the first ones are those of the patients with several
    further = rows["n_ruptures"] - rows["n_ruptured"]
    several = set(bands.index[hidden_cells(further[bands.index].to_frame())[:, 0]])
    several |= {"all"} if is_small(further["all"]) else set()
    return blanked(masked, table["length"].isin(several), ["n_ruptures"])


def shared_hazard(table: pd.DataFrame, known: Known) -> pd.DataFrame:
    """Keep the whole cohort's curves at steps of enough patients; numbers by session go.

    Both curves together tell of those at risk, hence of those who ended: enough of them, too. The
    rest of what happens after the last step is known from the total: it is enough too.
    """
    rows = table[table["length"] == "all"].reset_index(drop=True)
    first = rows["n_first_ruptures"]
    left = (rows["n_at_risk"] - first).shift(1)
    steps = shown_steps(first, private=True, lost=(left - rows["n_at_risk"]).fillna(0))
    while steps.any() and is_small(float(first[np.flatnonzero(steps)[-1] + 1 :].sum())):
        steps[np.flatnonzero(steps)[-1]] = False
    alone = steps & np.r_[True, steps[:-1]] & ~first.map(is_small).to_numpy()
    curves = [name for name in rows if name.startswith(("incidence", "if_continued"))]
    hazard = [name for name in rows if name.startswith("hazard")]
    masked = blanked(rows, ~steps, curves)
    masked = blanked(masked, ~alone, [*hazard, "n_first_ruptures", "n_at_risk"])
    masked = blanked(masked, rows["n_at_risk"].map(is_small), [*hazard, "n_at_risk"])
    return blanked(masked, np.ones(len(rows), dtype=bool), ["n_in_treatment", "n_ended"])


def shared_multiverse(table: pd.DataFrame, known: Known) -> pd.DataFrame:
    """Keep the estimates; numbers of so many rules and samples differ by few from one another."""
    counts = ["n_patients", "n_sessions", "n_unclassifiable"]
    counts += [f"{kind}_{pattern}" for kind in ("n", "percent") for pattern in PATTERNS]
    return blanked(table, np.ones(len(table), dtype=bool), counts)


def shared_strip(table: pd.DataFrame, known: Known) -> pd.DataFrame:
    """Keep the estimates, and the shares where few patients do not follow, see `shown_thresholds`.

    The cohort's own threshold comes first, then the lowest and the highest one.
    """
    numbers = [f"n_{pattern}" for pattern in PATTERNS]
    counts = table[numbers].fillna(0).to_numpy(dtype=float)
    own = [int(place) for place in np.flatnonzero(table["chosen"] == 1)]
    ends = [place for place in (0, len(table) - 1) if place not in own]
    order = [*own, *ends, *(place for place in range(len(table)) if place not in {*own, *ends})]
    near = (counts.sum(axis=1) != known.classified) | bool(known.patterns)
    shown = ~near & shown_thresholds(
        counts, [p for p in order if not near[p]], known.without_rupture
    )
    columns = [*numbers, *(f"percent_{pattern}" for pattern in PATTERNS), "n_unclassifiable"]
    shared = blanked(table, ~shown, columns)
    return blanked(shared, np.ones(len(table), dtype=bool), ["n_patients", "n_unclassifiable"])
