"""The context for masking the tables of one cohort: full counts, and what may be shown."""

from collections.abc import Mapping
from functools import cached_property

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from rupture_repair.config.criteria import PATTERNS
from rupture_repair.disclosure.nested import few_move, possible_moves
from rupture_repair.disclosure.suppression import hidden_cells, hidden_parts, hidden_steps, is_small

NAMES = (*PATTERNS, "unclassifiable")


class Known:
    """The tables of a cohort with all counts, and what of the whole cohort may be shown.

    A number that one table hides must not follow from another, so that each masking looks here.
    """

    def __init__(self, tables: Mapping[str, pd.DataFrame]) -> None:
        """Take the tables by name, at full precision."""
        self.tables = tables

    @cached_property
    def counts(self) -> pd.Series:
        """Patients by pattern."""
        return self.tables["pattern_breakdown"].set_index("pattern")["n"]

    @cached_property
    def patterns(self) -> frozenset[str]:
        """Patterns of which no number is shown."""
        return hidden_parts({pattern: float(self.counts[pattern]) for pattern in PATTERNS})

    @property
    def classified(self) -> float:
        """Patients classified by the cohort's criterion, whose number is shown."""
        return float(self.counts[list(PATTERNS)].sum())

    @property
    def some_unclassified(self) -> bool:
        """Whether a patient could not be classified."""
        return bool(self.counts.get("unclassifiable", 0))

    @cached_property
    def hidden_flow(self) -> NDArray[np.bool_]:
        """Which steps of the patient flow are not shown, shape (n_steps,)."""
        flow = self.tables["patient_flow"]
        return hidden_steps(flow["n"], list(flow["step"]).index("classified"))

    @property
    def steps(self) -> frozenset[str]:
        """Names of the steps of the patient flow that are not shown."""
        return frozenset(self.tables["patient_flow"].loc[self.hidden_flow, "step"])

    @property
    def admitted_hidden(self) -> bool:
        """Whether the number admitted is not shown: few unclassifiable ones would follow."""
        steps = list(self.tables["patient_flow"]["step"])
        return str(steps[steps.index("classified") - 1]) in self.steps

    @property
    def modelled_hidden(self) -> bool:
        """Whether the number of patients in the models is not shown."""
        return "modelled" in self.steps

    @property
    def modelled(self) -> float:
        """Patients in the models."""
        return float(self.tables["patient_flow"]["n"].iloc[-1])

    @cached_property
    def bands(self) -> pd.DataFrame:
        """Which cells of length × pattern are not shown, see `hidden_bands`."""
        return hidden_bands(self.tables["chance"], self.patterns)

    @cached_property
    def by_criterion(self) -> dict[str, frozenset[str]]:
        """Criterion → patterns of which no number is shown.

        What another criterion classifies is shown when it is the same or clearly another number;
        else all of its breakdown is hidden. How many it cannot classify is not shown where they are
        few, or where the number admitted, which would follow, is not.
        """
        hidden: dict[str, frozenset[str]] = {}
        for name, own in self.tables["criteria_breakdown"].groupby("criterion", sort=False):
            n = own.set_index("pattern")["n"]
            total = float(n[list(PATTERNS)].sum())
            others = float(n.sum()) - total
            few = is_small(others)
            near = is_small(abs(total - self.classified)) or (few and not self.admitted_hidden)
            parts: dict[str, float] = {pattern: float(n[pattern]) for pattern in PATTERNS}
            own = frozenset(NAMES) if near else hidden_parts(parts)
            if few or (others and self.admitted_hidden):
                own |= {"unclassifiable"}
            hidden[str(name)] = own | self._nearly_as(str(name), own, hidden)
        return hidden

    @property
    def without_rupture(self) -> list[float]:
        """Numbers without a rupture that are shown, by the cohort's criterion and by others."""
        table = self.tables["criteria_breakdown"]
        rows = table[table["pattern"] == "none"].itertuples()
        counts = [float(row.n) for row in rows if "none" not in self.by_criterion[row.criterion]]
        return [float(self.counts["none"]), *counts]

    def _nearly_as(
        self, name: str, own: frozenset[str], hidden: Mapping[str, frozenset[str]]
    ) -> frozenset[str]:
        """Return all patterns where few move between a criterion and one that is shown before.

        own : patterns of which no number is shown anyway; hidden : the same of criteria before.
        """
        moves = self.tables["criteria_moves"].set_index(["from_criterion", "to_criterion"])
        for other, not_shown in hidden.items():
            cells = moves.loc[[(other, name)]].pivot_table(
                index="from_pattern", columns="to_pattern", values="n_patients"
            )
            n = cells.reindex(index=list(PATTERNS), columns=list(PATTERNS)).fillna(0)
            first, second = n.sum(axis=1).to_dict(), n.sum().to_dict()
            shown = (set(PATTERNS) - not_shown, set(PATTERNS) - own)
            if few_move(first, second, shown, possible_moves(n.to_numpy())):
                return frozenset(PATTERNS)
        return frozenset()


def hidden_bands(table: pd.DataFrame, hidden: frozenset[str]) -> pd.DataFrame:
    """Return which cells of length × pattern must not be shown, from `chance`.

    hidden : patterns of which no number is shown in the whole cohort.
    """
    rows = table[(table["kind"] == table["kind"].iloc[0]) & (table["length"] != "all")]
    size = rows.groupby("length", sort=False)["n_patients"].first()
    percent = rows.pivot_table(
        index="length", columns="pattern", values="observed_percent", dropna=False
    ).reindex(index=size.index, columns=list(PATTERNS))
    counts = (percent.mul(size, axis=0) / 100).fillna(0).round()
    bands = hidden_cells(size.to_frame())[:, 0]
    known = np.array([pattern in hidden for pattern in PATTERNS])
    mask = hidden_cells(counts, bands[:, None] | known[None, :])
    return pd.DataFrame(mask, index=counts.index, columns=counts.columns)
