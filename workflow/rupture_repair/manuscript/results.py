"""The results of one cohort that the paper speaks of."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

FEWEST_SHOWN = 5


@dataclass(frozen=True)
class Results:
    """Tables by name (see DESIGN's file contract), the cohort's settings and the run's record."""

    tables: Mapping[str, pd.DataFrame]
    settings: Mapping[str, Any]
    provenance: Mapping[str, Any]
    captions: Mapping[str, str]
    alts: Mapping[str, str]

    @property
    def synthetic(self) -> bool:
        """Whether the cohort was drawn by the workflow."""
        return bool(self.settings["synthetic"])

    @property
    def has_published(self) -> bool:
        """Whether there are published figures to compare with."""
        return len(self.tables["verification"]) > 0

    def masks(self, n: float) -> bool:
        """Return whether a count is too small to be shown (real, confidential cohorts)."""
        private = self.settings["confidential"] and not self.synthetic
        return private and 0 < n < FEWEST_SHOWN

    def effect(self, model: str, term: str) -> pd.Series | None:
        """Return the row of `fixed_effects` for a term, if the model has it."""
        rows = self.tables["fixed_effects"]
        rows = rows[(rows["model"] == model) & (rows["term"] == term)]
        return None if rows.empty else rows.iloc[0]

    def contrast(self, model: str, name: str, iip_z: float, length: float | None) -> pd.Series:
        """Return the row of `contrasts` at the given values."""
        rows = self.tables["contrasts"]
        at = rows["length"].isna() if length is None else rows["length"] == length
        rows = rows[(rows["model"] == model) & (rows["contrast"] == name) & at]
        return rows[rows["iip_z"] == iip_z].iloc[0]

    def quantity(self, name: str) -> float:
        """Return a value of the `detection` table."""
        return float(self.tables["detection"].set_index("quantity")["value"][name])

    def described(self, variable: str, statistic: str, group: str = "all") -> float:
        """Return a value of Table 1."""
        rows = self.tables["cohort"].set_index(["variable", "statistic", "group"])["value"]
        return float(rows[variable, statistic, group])
