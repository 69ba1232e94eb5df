"""Committed reference values of a cohort's headline results, and whether a run agrees with them."""

from pathlib import Path

import numpy as np
import pandas as pd

from rupture_repair.cohort.csv_tables import read_csv, write_csv
from rupture_repair.config.settings import Settings

REFERENCE = Path("data/reference")
COLUMNS = ["item", "reference", "recomputed", "tolerance", "verdict"]
SIGNIFICANT = 8  # digits of a committed value
# a fixed effect may move by this share of its standard error, and so may the error itself:
# another optimiser or BLAS moves them less, another model or other data move them more
SHARE_OF_SE = 0.01
DESCRIPTION_TOLERANCE = 1e-6


def headline_values(tables: Path) -> pd.DataFrame:
    """Return `item, value, tolerance`: sizes, pattern counts, and all fixed effects.

    tables : the folder `tables` of a cohort's results.
    """
    rows: list[tuple[str, float, float]] = []
    cohort = read_csv(tables / "cohort.csv")
    everyone = cohort[
        (cohort["group"] == "all") & cohort["variable"].isin(["patients", "sessions"])
    ]
    for row in everyone.itertuples():
        rows.append((f"{row.variable} {row.statistic}", row.value, DESCRIPTION_TOLERANCE))
    for row in read_csv(tables / "pattern_breakdown.csv").itertuples():
        rows.append((f"pattern {row.pattern}", float(row.n), 0.0))
    for row in read_csv(tables / "fixed_effects.csv").itertuples():
        allowed = SHARE_OF_SE * row.se
        rows.append((f"{row.model} {row.term} estimate", row.estimate, allowed))
        rows.append((f"{row.model} {row.term} se", row.se, allowed))
    table = pd.DataFrame(rows, columns=["item", "value", "tolerance"])
    return table.dropna(subset="value").reset_index(drop=True)


def compare(reference: pd.DataFrame, found: pd.DataFrame) -> pd.DataFrame:
    """Return a row per item with a verdict: `agrees`, `differs`, `missing`, or `new`.

    reference, found : `item, value, tolerance`. The tolerance of the reference counts.
    """
    both = reference.set_index("item").join(
        found.set_index("item")["value"].rename("value_found"), how="outer"
    )
    order = dict.fromkeys([*reference["item"], *found["item"]])
    both = both.loc[list(order)].reset_index(names="item")
    unknown, absent = both["value"].isna(), both["value_found"].isna()
    distance = (both["value"] - both["value_found"]).abs()
    rounding = both["value"].abs() * 10.0**-SIGNIFICANT
    agrees = distance <= both["tolerance"] + rounding
    verdict = np.select([unknown, absent, agrees], ["new", "missing", "agrees"], "differs")
    columns = {"value": "reference", "value_found": "recomputed"}
    return both.rename(columns=columns).assign(verdict=verdict)[COLUMNS]


def write_reference(settings: Settings, folder: Path = REFERENCE) -> tuple[int, str]:
    """Make the present results the reference values; return exit status and what to say."""
    lines = []
    for name in settings.cohorts:
        tables = Path(settings.project.results) / name / "tables"
        if not (tables / "fixed_effects.csv").is_file():
            return 1, f"{tables} is not complete: run `make reproduce COHORT={name}` first."
        values = headline_values(tables)
        folder.mkdir(parents=True, exist_ok=True)
        file = folder / f"{name}.csv"
        write_csv(values, file, f"%.{SIGNIFICANT}g")
        lines.append(f"Wrote {len(values)} values to {file}. Look at what `git diff` says of it.")
    return 0, "\n".join(lines)


def verify_reference(settings: Settings, folder: Path = REFERENCE) -> tuple[int, str]:
    """Compare the results of each cohort with its reference values.

    Returns 0 when every value agrees, else 1, and the verdict table. Values without a reference
    are named and do not count.
    """
    status, lines = 0, []
    for name in settings.cohorts:
        file = folder / f"{name}.csv"
        tables = Path(settings.project.results) / name / "tables"
        if not file.is_file():
            status = 1
            lines.append(f"{name}: no {file}; `make reference COHORT={name}` writes it.")
            continue
        if not (tables / "fixed_effects.csv").is_file():
            status = 1
            lines.append(f"{name}: no results; run `make reproduce COHORT={name}` first.")
            continue
        table = compare(read_csv(file), headline_values(tables))
        shown = table.to_string(index=False, na_rep="", float_format=lambda value: f"{value:.6g}")
        counts = table["verdict"].value_counts()
        agreed, compared = int(counts.get("agrees", 0)), int((table["verdict"] != "new").sum())
        verdict = "verified" if agreed == compared else "NOT VERIFIED"
        lines += [shown, "", f"{name}: {verdict}, {agreed} of {compared} reference values agree."]
        status |= agreed != compared
    return int(status), "\n".join(lines)
