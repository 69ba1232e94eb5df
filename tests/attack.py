"""What an attacker computes from everything shared: an integer linear programme over the counts.

Every unknown number of patients is a variable, every number that is told an equation; a percentage
binds a count and its total within its rounding. The smallest and the largest value that agree with
all of it are what the attacker knows (an audit of suppression in the sense of Hundepool et al.,
2012); where the two are the same, the count is recovered.
"""

from collections.abc import Hashable, Mapping
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from rupture_repair.config.criteria import PATTERNS
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import csr_array

NAMES = (*PATTERNS, "unclassifiable")
MAX_COUNT = 1000  # patients of any cohort here
Key = Hashable
Sum = Mapping[Key, float]


@dataclass
class Attack:
    """Linear equations on whole numbers of patients.

    possible : whole numbers that agree with all of them, as they were found.
    """

    place: dict[Key, int] = field(default_factory=dict)
    rows: list[tuple[Sum, float, float]] = field(default_factory=list)
    possible: list[np.ndarray] = field(default_factory=list)

    def add(self, parts: Sum, low: float, high: float) -> None:
        """State that the weighted sum of counts lies between two values."""
        for key in parts:
            self.place.setdefault(key, len(self.place))
        self.rows.append((parts, low, high))
        self.possible.clear()

    def add_cell(self, parts: Sum, value: float) -> None:
        """State what a cell tells of a sum; a masked cell tells nothing."""
        if pd.notna(value):
            self.add(parts, value, value)

    def percent(self, part: Sum, whole: Sum, percent: float, step: float) -> None:
        """State a percentage that is rounded to `step`."""
        if pd.notna(percent):
            for share, low, high in (
                (percent - step / 2 - 1e-9, 0, np.inf),
                (percent + step / 2 + 1e-9, -np.inf, 0),
            ):
                sums = {key: 100.0 * n for key, n in part.items()}
                for key, n in whole.items():
                    sums[key] = sums.get(key, 0) - share * n
                self.add(sums, low, high)

    def ends(self, key: Key, sign: int, limits: LinearConstraint) -> int:
        """Return the smallest (`sign` 1) or the largest (-1) possible value of a count."""
        cost = np.zeros(len(self.place))
        cost[self.place[key]] = sign
        whole = np.ones(len(self.place))
        done = milp(cost, constraints=limits, bounds=Bounds(0, MAX_COUNT), integrality=whole)
        assert done.success, (key, done.message)
        self.possible.append(done.x.round())
        return round(sign * done.fun)

    def recovered(self, *kinds: str) -> dict[Key, int]:
        """Return the counts of 1 to 4 patients that have one possible value only.

        kinds : of which counts; all of them where none is named.
        """
        found, limits = {}, self._limits()
        for key, place in self.place.items():
            if key[0] == "all criteria" or (kinds and key[0] not in kinds):
                continue
            values = {other[place] for other in self.possible}
            if len(values) > 1 or 0 in values:
                continue
            least = self.ends(key, 1, limits)
            if 0 < least < 5 and self.ends(key, -1, limits) == least:
                found[key] = least
        return found

    def _limits(self) -> LinearConstraint:
        at, column, value = [], [], []
        for row, (parts, _, _) in enumerate(self.rows):
            for key, weight in parts.items():
                at.append(row)
                column.append(self.place[key])
                value.append(weight)
        matrix = csr_array((value, (at, column)), shape=(len(self.rows), len(self.place)))
        return LinearConstraint(
            matrix, [row[1] for row in self.rows], [row[2] for row in self.rows]
        )


def one(*key: Hashable) -> Sum:
    """Return a count alone."""
    return {key: 1.0}


def total(kind: Hashable, keys, names=PATTERNS) -> Sum:
    """Return the sum of counts `(kind, key, name)` or, without `keys`, `(kind, name)`."""
    return {(kind, *key, name): 1.0 for key in keys for name in names}


def difference(first: Sum, second: Sum) -> Sum:
    """Return one sum less another."""
    return {**first, **{key: first.get(key, 0) - n for key, n in second.items()}}
