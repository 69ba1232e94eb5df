"""Numbers of confidential cohorts, no finer than they are printed."""

import numpy as np
import pandas as pd

from rupture_repair.config.catalogue.table import KAPPA, SHARE, Table

SIGNIFICANT = 4
# of means, SDs and medians of patients
DECIMALS = 2


def rounded(table: pd.DataFrame, about: Table) -> pd.DataFrame:
    """Return a table with its measured numbers rounded by their units.

    Percentages keep one decimal, shares three, kappas two; all else has four significant digits,
    and at least two decimals. Whole numbers and words stay.
    """
    shared = table.copy()
    for name, column in about.columns.items():
        if name in shared and pd.api.types.is_float_dtype(shared[name]):
            shared[name] = _rounded(shared[name], column.unit)
    return shared


def _rounded(values: pd.Series, unit: str) -> pd.Series:
    if unit.startswith(("%", "percentage points")):
        return values.round(1)
    if unit == SHARE:
        return values.round(3)
    if unit == KAPPA:
        return values.round(2)
    return values.map(significant)


def significant(value: float) -> float:
    """Return a number with four significant digits and at least two decimals."""
    if pd.isna(value) or value == 0 or np.isinf(value):
        return value
    return round(value, max(DECIMALS, SIGNIFICANT - 1 - int(np.floor(np.log10(abs(value))))))


def rounded_description(table: pd.DataFrame) -> pd.DataFrame:
    """Return Table 1, long, with percentages to one decimal and all else to two."""
    percent = table["statistic"] == "percent"
    value = table["value"].astype(float)
    return table.assign(value=value.round(DECIMALS).where(~percent, value.round(1)))
