"""Between tidy tables and the files of a clinic."""

from collections.abc import Mapping

import pandas as pd


def as_delivered(table: pd.DataFrame, columns: Mapping[str, str | None]) -> pd.DataFrame:
    """Return a tidy table under the clinic's column names, in the clinic's order."""
    named = {tidy: raw for tidy, raw in columns.items() if raw is not None and tidy in table}
    return table[list(named)].rename(columns=named)
