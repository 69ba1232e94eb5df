"""The results of one cohort that the paper speaks of."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from rupture_repair.config.criteria import PATTERNS, printed_name
from rupture_repair.config.reporting import NO_CRITERION
from rupture_repair.config.steps.manuscript import ManuscriptSettings
from rupture_repair.disclosure.suppression import MASKED, count_text, hidden_parts, is_small
from rupture_repair.manuscript.markdown import escape_markdown


@dataclass(frozen=True)
class Results:
    """Tables by name (see workflow/TABLES.md), the cohort's settings and the run's record."""

    tables: Mapping[str, pd.DataFrame]
    settings: ManuscriptSettings
    provenance: Mapping[str, Any]
    captions: Mapping[str, str]
    alts: Mapping[str, str]

    @property
    def synthetic(self) -> bool:
        """Whether there are no real patients in the data."""
        return self.settings.synthetic

    @property
    def calibrated(self) -> bool:
        """Whether the cohort was drawn by the workflow to meet published figures."""
        return self.settings.parameters is not None

    @property
    def has_published(self) -> bool:
        """Whether there are published figures to compare with."""
        return len(self.tables["verification"]) > 0

    @property
    def has_reliable_change(self) -> bool:
        """Whether a criterion of reliable change is known for the symptoms."""
        return self.tables["reliable_change"]["basis"].iloc[0] != NO_CRITERION

    @property
    def confidence(self) -> float:
        """Level of the cohort's intervals, in percent."""
        return 100 * self.settings.modelling.confidence

    def criterion(self, name: str) -> str:
        """Return what a criterion is called in print; other text as it is."""
        if name not in self.settings.criteria:
            return name
        return escape_markdown(printed_name(name, self.settings.criteria[name].label))

    @property
    def own_criterion(self) -> str:
        """What the cohort's criterion is called in print."""
        return escape_markdown(self.settings.criterion.printed)

    @property
    def log_time(self) -> bool:
        """Whether time enters the models as the logarithm of the session."""
        return self.settings.modelling.time == "log"

    def component(self, model: str, name: str) -> float:
        """Return a value of `variance_components`; missing where the model has none."""
        rows = self.tables["variance_components"]
        rows = rows[(rows["model"] == model) & (rows["component"] == name)]
        return float("nan") if rows.empty else float(rows["value"].iloc[0])

    @property
    def uncertified(self) -> bool:
        """Whether a fit shown has failed its certificate."""
        return bool((self.tables["certificates"]["verdict"] != "passed").any())

    @property
    def private(self) -> bool:
        """Whether small counts must not be shown: real patients, and confidential."""
        return self.settings.private

    @property
    def hidden(self) -> frozenset[str]:
        """Patterns of which no number is shown: the shared tables have none."""
        counts = self.tables["pattern_breakdown"].set_index("pattern")["n"]
        return frozenset(pattern for pattern in PATTERNS if pd.isna(counts[pattern]))

    def masks(self, n: float) -> bool:
        """Return whether a count is too small to be shown."""
        return self.private and is_small(n)

    def small_cells(self, counts: Mapping[str, float]) -> frozenset[str]:
        """Return which of `counts`, the parts of a known total, must not be shown."""
        return hidden_parts(counts) if self.private else frozenset()

    def shown(self, n: float) -> str:
        """Return a count for print, masked where it is small or was masked before."""
        return MASKED if self.masks(n) else count_text(n)

    def count(self, n: float) -> int | None:
        """Return a count, or None where it is small or was masked before."""
        return None if pd.isna(n) or self.masks(n) else int(n)

    def effect(self, model: str, term: str) -> pd.Series | None:
        """Return the row of `fixed_effects` for a term, if the model has it."""
        rows = self.tables["fixed_effects"]
        rows = rows[(rows["model"] == model) & (rows["term"] == term)]
        return None if rows.empty else rows.iloc[0]

    def contrast(
        self, model: str, name: str, iip_z: float, length: float | None
    ) -> pd.Series | None:
        """Return the row of `contrasts` at the given values, if it has an estimate.

        length : None is the average log length, or a model without length.
        """
        rows = self.tables["contrasts"]
        at = rows["length"].isna() if length is None else rows["length"] == length
        rows = rows[(rows["model"] == model) & (rows["contrast"] == name) & at]
        rows = rows[rows["iip_z"] == iip_z].dropna(subset=["estimate"])
        return None if rows.empty else rows.iloc[0]

    @property
    def headline_model(self) -> str:
        """Model of the headline: M3, or M2 where all treatments have the same length."""
        rows = self.tables["headline"]
        return str(rows.loc[rows["role"] == "headline", "model"].iloc[0])

    def quantity(self, name: str) -> float:
        """Return a value of the `detection` table."""
        return float(self.tables["detection"].set_index("quantity")["value"][name])

    def described(self, variable: str, statistic: str, group: str = "all") -> float:
        """Return a value of Table 1."""
        rows = self.tables["cohort"].set_index(["variable", "statistic", "group"])["value"]
        return float(rows[variable, statistic, group])
