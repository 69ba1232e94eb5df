"""Between tidy tables and the files of a clinic."""

from collections.abc import Mapping
from typing import Any

import pandas as pd

from rupture_repair.config.instruments import Instrument


def instruments_of(section: Mapping[str, Mapping[str, Any]]) -> dict[str, Instrument]:
    """Return the instruments by role from a configuration section."""
    return {
        role: Instrument(**{name: value for name, value in entry.items() if name != "key"})
        for role, entry in section.items()
    }


def as_delivered(table: pd.DataFrame, columns: Mapping[str, str | None]) -> pd.DataFrame:
    """Return a tidy table under the clinic's column names, in the clinic's order."""
    named = {tidy: raw for tidy, raw in columns.items() if raw is not None and tidy in table}
    return table[list(named)].rename(columns=named)
