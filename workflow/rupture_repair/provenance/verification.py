"""Published figures beside the recomputed ones, with a verdict for each."""

import numpy as np
import pandas as pd

from rupture_repair.config.criteria import PATTERNS
from rupture_repair.config.reporting import ALPHA

COLUMNS = ["item", "description", "published", "recomputed", "tolerance", "kind", "verdict", "note"]
COLUMNS += ["source"]
# what a direction row looks at: model and term of the fixed effects
DIRECTIONS = {
    "moderation_iip": ("M2", "time:pattern[repaired]:iip_z"),
    "moderation_length": ("M3", "time:pattern[repaired]:iip_z:length_c"),
}


def verify(
    published: pd.DataFrame,
    cohort: pd.DataFrame,
    breakdown: pd.DataFrame,
    fixed_effects: pd.DataFrame,
    *,
    synthetic: bool,
) -> pd.DataFrame:
    """Return a row per published item, with `COLUMNS`.

    published : `item, published, decimals, tag, description` (`data/published`).
    cohort, breakdown, fixed_effects : the tables of the file contract.

    A number is `reproduced` when it rounds to the published one: within half a unit of its last
    decimal. In a synthetic cohort those rows are `calibrated` (true by construction), in real data
    `emergent`. A `direction` is reproduced when the coefficient has the sign at p < .05.
    The `source` is `derived` where the figure follows from published ones by arithmetic, else
    `published`.
    """
    found = _recomputed(cohort, breakdown)
    rows = []
    for row in published.to_dict("records"):
        item = row["item"]
        row["source"] = "derived" if row["tag"] == "der" else "published"
        if item in DIRECTIONS:
            rows.append(row | _direction(row, fixed_effects, synthetic))
        elif item in found:
            rows.append(row | _number(row, found[item], synthetic))
        else:
            unknown = {"recomputed": np.nan, "tolerance": np.nan, "kind": "emergent"}
            rows.append(row | unknown | {"verdict": "not computed", "note": ""})
    return pd.DataFrame(rows)[COLUMNS]


def summary_line(verification: pd.DataFrame) -> str:
    """Return one sentence: how many items were reproduced, and how many of all are derived."""
    reproduced = int((verification["verdict"] == "reproduced").sum())
    derived = int((verification["source"] == "derived").sum())
    words = f"{reproduced} of {len(verification)} published items reproduced"
    return f"{words} ({derived} of them derived from published ones)" if derived else words


def _recomputed(cohort: pd.DataFrame, breakdown: pd.DataFrame) -> dict[str, float]:
    everyone = cohort[cohort["group"] == "all"].set_index(["variable", "statistic"])["value"]
    values = {"n_patients": everyone["patients", "n"]}
    if everyone["therapists", "n"]:  # 0: therapists were not recorded
        values["n_therapists"] = everyone["therapists", "n"]
    values |= {f"sessions_{name}": everyone["sessions", name] for name in ("min", "max", "mean")}
    values["sessions_sd"] = everyone["sessions", "sd"]
    rows = breakdown.set_index("pattern")
    for pattern in PATTERNS:
        values[f"n_{pattern}"] = rows.loc[pattern, "n"]
        values[f"percent_{pattern}"] = rows.loc[pattern, "percent"]
    return {item: float(value) for item, value in values.items()}


def _number(row: dict, recomputed: float, synthetic: bool) -> dict[str, object]:
    tolerance = 0.5 * 10.0 ** -_decimals(row)
    near = abs(recomputed - float(row["published"])) <= tolerance + 1e-9
    return {
        "recomputed": recomputed,
        "tolerance": tolerance,
        "kind": "calibrated" if synthetic else "emergent",
        # of a masked number neither the value nor what it equals is told
        "verdict": "masked" if np.isnan(recomputed) else "reproduced" if near else "differs",
        "note": "met by construction" if synthetic else "",
    }


def _decimals(row: dict) -> int:
    """Return the decimals of a published number: as stated, else as printed."""
    if pd.notna(row["decimals"]):
        return int(row["decimals"])
    return len(str(row["published"]).partition(".")[2])


def _direction(row: dict, fixed_effects: pd.DataFrame, synthetic: bool) -> dict[str, object]:
    model, term = DIRECTIONS[row["item"]]
    match = fixed_effects[(fixed_effects["model"] == model) & (fixed_effects["term"] == term)]
    note = f"{term} in {model}"
    if synthetic:
        note += "; planted in the synthetic cohort: recovered, not discovered"
    if match.empty:
        verdict, estimate = "not estimable", np.nan
    else:
        estimate, p = float(match["estimate"].iloc[0]), float(match["p"].iloc[0])
        same = (estimate < 0) == (str(row["published"]) == "negative")
        if same:
            verdict = "reproduced" if p < ALPHA else "same direction, not significant"
        else:
            verdict = "opposite direction"
    return {
        "recomputed": estimate,
        "tolerance": np.nan,
        "kind": "direction",
        "verdict": verdict,
        "note": note,
    }
