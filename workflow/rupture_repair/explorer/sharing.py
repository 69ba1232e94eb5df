"""What of a choice may be shown to others: masked by the disclosure room, as a run's tables."""

from dataclasses import dataclass

import pandas as pd

from rupture_repair.config.catalogue import TABLES
from rupture_repair.config.criteria import PATTERNS
from rupture_repair.config.multiverse import Choices
from rupture_repair.disclosure.known import Known
from rupture_repair.disclosure.rounding import rounded
from rupture_repair.disclosure.sharing import shared
from rupture_repair.explorer.choice import ChoiceError
from rupture_repair.explorer.data import Explored
from rupture_repair.explorer.names import CHOICES as WORDS
from rupture_repair.multiverse.specifications import DETECTION, FIXED, SAMPLE, Specification

OBSERVED = ["observed_percent", "excess", "excess_low", "excess_high"]


@dataclass(frozen=True, repr=False)
class Sharing:
    """Whether single patients are shown, and what of the counts is.

    shareable : the page is meant to be shown to others: no view of single patients.
    masked : its patients are real and confidential besides: small counts are masked, and only
        choices are offered that every run makes anyway.
    """

    explored: Explored
    shareable: bool = False

    @property
    def masked(self) -> bool:
        """Whether counts are masked."""
        return self.shareable and self.explored.settings.disclosure.private

    def require_allowed(self, choice: Specification) -> None:
        """Raise `ChoiceError` for a choice whose counts, beside others, would tell of few patients.

        Each single patient shows in the difference of two samples that differ by one session, or
        of two cut-offs that are close enough. Only named criteria, values of `multiverse.yaml` and
        the cohort's own sample are therefore computed.
        """
        if not self.masked:
            return
        own = self.explored.own
        if any(getattr(choice, name) != getattr(own, name) for name in SAMPLE):
            raise ChoiceError(
                "A shareable page of confidential patients keeps the cohort's sample."
            )
        rule = {name: getattr(choice, name) for name in (*DETECTION, *FIXED)}
        if rule in self.named_rules:
            return
        varied = self.explored.multiverse.multiverse.choices
        for name in DETECTION:
            if rule[name] not in (*getattr(varied, name), getattr(own, name)):
                raise ChoiceError(
                    f"{WORDS[name]}: a shareable page of confidential patients computes named "
                    "criteria and the values in config/multiverse.yaml alone."
                )

    @property
    def named_rules(self) -> list[dict[str, object]]:
        """The rules of all named criteria."""
        names = {*DETECTION, *FIXED}
        return [rule.model_dump(include=names) for rule in self.explored.settings.criteria.values()]

    @property
    def varied(self) -> Choices | None:
        """The values that controls offer; None: any."""
        return self.explored.multiverse.multiverse.choices if self.masked else None

    def row(self, choice: Specification, row: pd.DataFrame, own: dict[str, float]) -> pd.DataFrame:
        """Return breakdown and moderation of a choice, own : breakdown of the cohort's analysis.

        The breakdown by the cohort's own rule is that which the run shares.
        """
        masked_row = self._shared(row, "multiverse", _known(own))
        if self.masked and self._own_rule(choice):
            for shown in self.explored.tables["pattern_breakdown"].to_dict("records"):
                if shown["pattern"] in PATTERNS:
                    for kind in ("n", "percent"):
                        masked_row[f"{kind}_{shown['pattern']}"] = shown[kind]
        return masked_row

    def hazard(
        self, choice: Specification, table: pd.DataFrame, own: dict[str, float]
    ) -> pd.DataFrame:
        """Return first ruptures by session: masked, by the cohort's own rule alone."""
        if self.masked and not self._own_rule(choice):
            return table.iloc[:0]
        return self._shared(table, "rupture_hazard", _known(own))

    def _own_rule(self, choice: Specification) -> bool:
        own = self.explored.own
        return choice.criterion == own.criterion and choice.sample == own.sample

    def chance(self, table: pd.DataFrame, row: pd.DataFrame) -> pd.DataFrame:
        """Return the comparison with chance, without what `row`, as shared, does not show."""
        if not self.masked:
            return table
        hidden = [bool(row[f"percent_{name}"].isna().iloc[0]) for name in table["pattern"]]
        masked_table = table.copy()
        masked_table.loc[hidden, OBSERVED] = float("nan")
        masked_table["n_patients"] = pd.NA
        return masked_table

    def _shared(self, table: pd.DataFrame, name: str, known: Known) -> pd.DataFrame:
        if not self.masked:
            return table
        return rounded(shared(table, TABLES[name].masking, known), TABLES[name])


def _known(own: dict[str, float]) -> Known:
    counts = [{"pattern": name, "n": own[f"n_{name}"]} for name in (*PATTERNS, "unclassifiable")]
    return Known({"pattern_breakdown": pd.DataFrame(counts)})
