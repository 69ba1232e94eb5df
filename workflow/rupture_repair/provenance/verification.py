"""Published figures beside the recomputed ones, with a verdict for each."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd

from rupture_repair.config.criteria import PATTERNS
from rupture_repair.modelling.answers import verdict_on_length, verdict_on_moderation

COLUMNS = ["item", "description", "published", "recomputed", "tolerance", "kind", "verdict", "note"]
COLUMNS += ["source"]
# what a direction row looks at: the verdict and the estimate that it is told with
DIRECTIONS: dict[str, tuple[Callable[[pd.DataFrame, bool], str], str, str]] = {
    "moderation_iip": (verdict_on_moderation, "headline", "the moderation at average length"),
    "moderation_length": (verdict_on_length, "by length", "its change with length"),
}


def verify(
    published: pd.DataFrame,
    cohort: pd.DataFrame,
    breakdown: pd.DataFrame,
    headline: pd.DataFrame,
    *,
    synthetic: bool,
) -> pd.DataFrame:
    """Return a row per published item, with `COLUMNS`.

    published : `item, published, decimals, tag, description` (`data/published`).
    cohort, breakdown, headline : the tables of the file contract.

    A number is `reproduced` when it rounds to the published one: within half a unit of its last
    decimal. In a synthetic cohort those rows are `calibrated`, and their verdict is `met by
    construction`; in real data they are `emergent`. A `direction` is `reproduced` (where it was
    planted: `recovered`) or has the `opposite direction` by what the headline shows, else it is
    `not shown` (`modelling.answers`).
    The `source` is `derived` where the figure follows from published ones by arithmetic, else
    `published`.
    """
    found = _recomputed(cohort, breakdown)
    rows = []
    for row in published.to_dict("records"):
        item = row["item"]
        row["source"] = "derived" if row["tag"] == "der" else "published"
        if item in DIRECTIONS:
            rows.append(row | _direction(row, headline, synthetic))
        elif item in found:
            rows.append(row | _number(row, found[item], synthetic))
        else:
            unknown = {"recomputed": np.nan, "tolerance": np.nan, "kind": "emergent"}
            rows.append(row | unknown | {"verdict": "not computed", "note": ""})
    return pd.DataFrame(rows)[COLUMNS]


def could_fail(verification: pd.DataFrame) -> pd.Series:
    """Return which rows could have come out otherwise: not those that are met by construction."""
    return verification["kind"] != "calibrated"


def summary_line(verification: pd.DataFrame) -> str:
    """Return one sentence: how many items could have failed, and what became of those."""
    tested = could_fail(verification)
    rows = verification[tested]
    met = int(rows["verdict"].isin(["reproduced", "recovered"]).sum())
    by_construction = int((~tested).sum())
    if not by_construction:
        derived = int((verification["source"] == "derived").sum())
        words = f"{met} of {len(verification)} published items reproduced"
        return f"{words} ({derived} of them derived from published ones)" if derived else words
    return (
        f"{len(rows)} of {len(verification)} published items could have failed, {met} of them "
        f"{'was' if met == 1 else 'were'} recovered; {by_construction} by construction"
    )


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


def _number(row: dict[str, Any], recomputed: float, synthetic: bool) -> dict[str, object]:
    tolerance = 0.5 * 10.0 ** -_decimals(row)
    met = "met by construction" if synthetic else "reproduced"
    near = abs(recomputed - float(row["published"])) <= tolerance + 1e-9
    return {
        "recomputed": recomputed,
        "tolerance": tolerance,
        "kind": "calibrated" if synthetic else "emergent",
        # neither the value of a masked number nor what it equals is shown
        "verdict": "masked" if np.isnan(recomputed) else met if near else "differs",
        "note": "could not have failed: the cohort was made to meet it" if synthetic else "",
    }


def _decimals(row: dict[str, Any]) -> int:
    """Return the decimals of a published number: as stated, else as printed."""
    if pd.notna(row["decimals"]):
        return int(row["decimals"])
    return len(str(row["published"]).partition(".")[2])


def _direction(row: dict[str, Any], headline: pd.DataFrame, synthetic: bool) -> dict[str, object]:
    verdict_on, role, what = DIRECTIONS[row["item"]]
    verdict = verdict_on(headline, str(row["published"]) == "negative")
    rows = headline[headline["role"] == role]
    note = f"{what}, in {rows['model'].iloc[0]}"
    if synthetic:
        note += "; planted in the synthetic cohort: recovered, not discovered"
        verdict = "recovered" if verdict == "reproduced" else verdict
    return {
        "recomputed": float(rows["estimate"].iloc[0]),
        "tolerance": np.nan,
        "kind": "direction",
        "verdict": verdict,
        "note": note,
    }
