"""Tables of the models and of change in symptoms, for sharing."""

import numpy as np
import pandas as pd

from rupture_repair.config.criteria import PATTERNS
from rupture_repair.disclosure.known import Known
from rupture_repair.disclosure.suppression import blanked, hidden_cells, is_small

SHARES = ["n", "share", "low", "high"]


def shared_modelled(table: pd.DataFrame, known: Known) -> pd.DataFrame:
    """Mask the number of patients in the models where the patient flow hides it.

    The Bayesian criterion tells it too: it is the deviance and its logarithm by parameter.
    """
    columns = [name for name in ("n_patients", "bic") if name in table]
    return blanked(table, np.full(len(table), known.modelled_hidden), columns)


def shared_robustness(table: pd.DataFrame, known: Known) -> pd.DataFrame:
    """Mask how many patients are resampled where they are those in the models, and hidden."""
    return blanked(table, (table["unit"] == "patient") & known.modelled_hidden, ["n_units"])


def shared_diagnostics(table: pd.DataFrame, known: Known) -> pd.DataFrame:
    """Mask few values far off, and the number of patients in the models where it is hidden."""
    masked = blanked(table, table["n_far"].map(is_small), ["n_far", "share_far"])
    patients = table["part"].str.startswith("patient") & known.modelled_hidden
    return blanked(masked, patients, ["n", "n_far", "share_far"])


def shared_quantiles(table: pd.DataFrame, known: Known) -> pd.DataFrame:
    """Draw quantiles between those of the data, in steps of 0.1 inside of what was observed.

    So none is the value of a patient, and the ends do not tell of how many values they are.
    """
    parts = []
    inside = table[table["tail"] == 0]  # each value in the tails is that of a patient
    for (model, part), own in inside.groupby(["model", "part"], sort=False):
        at = own["expected"].to_numpy(dtype=float)
        # away from zero the ends are shared, 1.0 for 1.09
        steps = np.arange(np.ceil(round(10 * at[0], 6)), np.floor(round(10 * at[-1], 6)) + 1)
        points = {"expected": steps / 10, "observed": np.interp(steps / 10, at, own["observed"])}
        parts.append(pd.DataFrame(points).assign(model=model, part=part, tail=0)[list(table)])
    return pd.concat(parts, ignore_index=True) if parts else inside


def shared_bins(table: pd.DataFrame, known: Known) -> pd.DataFrame:
    """Mask bins of few patients, and the number of patients in a bin of nearly all."""
    rest = (known.classified - table["n_patients"]).abs()
    masked = blanked(table, rest.map(is_small), ["n_patients"])
    few = table["n_patients"].map(is_small)
    return blanked(masked, few, ["n_patients", "fitted", "mean", "low", "high", "sd"])


def shared_johnson_neyman(table: pd.DataFrame, known: Known) -> pd.DataFrame:
    """Mask shares of patients in or outside of a region in which there are few.

    The lowest and the highest score are each of a single patient: the observed range, and what
    ends with it, goes to the next half SD outside of it; where patients support it, to the next
    one inside.
    """
    modelled = known.modelled
    inside = (table["share_of_patients"].astype(float) * modelled).round()
    few = inside.map(is_small) | (modelled - inside).map(is_small) | known.modelled_hidden
    masked = blanked(table, few, ["share_of_patients"])
    for end, away in (("observed_low", np.floor), ("observed_high", np.ceil)):
        observed = table[end].astype(float)
        wide = away(2 * observed) / 2
        for column in (end, "low_from", "low_to", "high_from", "high_to"):
            at = np.isclose(masked[column].astype(float), observed)
            masked[column] = masked[column].astype(float).mask(at, wide)
    low = np.ceil(2 * table["supported_low"].astype(float)) / 2
    high = np.floor(2 * table["supported_high"].astype(float)) / 2
    masked["supported_low"], masked["supported_high"] = (
        low.where(low < high),
        high.where(low < high),
    )
    return masked


def shared_curve(table: pd.DataFrame, known: Known) -> pd.DataFrame:
    """Draw each curve between half SDs inside of the observed range, in steps of 0.05 SD.

    So it does not end at the scores of two patients. Between its points the difference of slopes
    is linear, its interval nearly.
    """
    (kind,) = {"contrast", "length"} & set(table.columns)
    numbers = [name for name in table.columns if name not in {kind, "iip_z"}]
    parts = []
    for which, own in table.groupby(kind, sort=False):
        at = own["iip_z"].to_numpy(dtype=float)
        first, last = np.ceil(2 * at[0]) / 2, np.floor(2 * at[-1]) / 2
        grid = np.linspace(first, last, round((last - first) / 0.05) + 1)
        values = {name: np.interp(grid, at, own[name]) for name in numbers}
        parts.append(pd.DataFrame({kind: which, "iip_z": grid} | values))
    return pd.concat(parts, ignore_index=True)[list(table.columns)] if parts else table


def shared_reliable_change(table: pd.DataFrame, known: Known) -> pd.DataFrame:
    """Mask outcomes that few patients of a pattern had, and those that would give them away."""
    # few of a pattern that are in no model would follow from the numbers of those who are
    judged = table["n_rated"] + table["n_once"]
    counts = table["pattern"].map(dict(known.counts) | {"all": known.classified}).astype(float)
    near = table["pattern"].isin(table.loc[(counts - judged).abs().map(is_small), "pattern"])
    hidden = known.patterns | set(table.loc[near, "pattern"])
    masked = blanked(table, table["pattern"].isin(hidden), ["n_rated", "n_once", *SHARES])
    once = table["n_once"].map(is_small)
    masked = blanked(masked, once, ["n_once", "n_rated"])
    if table["n"].isna().any():
        return masked
    counts = table.pivot_table(index="pattern", columns="outcome", values="n", sort=False)
    own = counts.loc[list(PATTERNS)]
    whole = np.repeat([[pattern in hidden] for pattern in PATTERNS], own.shape[1], axis=1)
    masks = pd.concat(
        [
            pd.DataFrame(hidden_cells(own, whole), own.index, own.columns),
            pd.DataFrame(hidden_cells(counts.loc[["all"]]), ["all"], own.columns),
        ]
    )
    few = [
        bool(masks.loc[pattern, outcome])
        for pattern, outcome in zip(table["pattern"], table["outcome"], strict=True)
    ]
    return blanked(masked, few, SHARES)


def shared_sensitivity(table: pd.DataFrame, known: Known) -> pd.DataFrame:
    """Mask numbers of patients that are small, or that differ by few from another that is shown.

    So are the ratings of as many patients. How many patients were ever in a state overlaps with
    everything: it goes.
    """
    counts, hidden = known.counts, known.patterns
    masked, columns = table, {pattern: f"n_{pattern}" for pattern in PATTERNS}
    states = (table["part"] == "B").to_numpy()
    shown = {pattern: {float(counts[pattern])} for pattern in PATTERNS}
    totals = {float(sum(counts[pattern] for pattern in PATTERNS))}
    for place, row in enumerate(table.to_dict("records")):
        here = np.arange(len(table)) == place
        total = float(row["n_patients"])
        if is_small(total) or any(is_small(abs(total - other)) for other in totals):
            masked = blanked(masked, here, ["n_patients", "n_sessions", *columns.values()])
            continue
        totals.add(total)
        if states[place]:
            masked = blanked(masked, here, list(columns.values()))
            continue
        n = {pattern: float(row[column]) for pattern, column in columns.items()}
        near = [
            pattern in hidden or any(is_small(abs(n[pattern] - other)) for other in shown[pattern])
            for pattern in PATTERNS
        ]
        mask = hidden_cells([list(n.values())], [near])[0]
        few = {pattern for pattern, hide in zip(PATTERNS, mask, strict=True) if hide}
        masked = blanked(masked, here, [columns[pattern] for pattern in PATTERNS if pattern in few])
        for pattern in set(PATTERNS) - few:
            shown[pattern].add(n[pattern])
    return masked
