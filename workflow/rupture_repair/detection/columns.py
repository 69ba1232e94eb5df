"""Columns that are made part by part, without a second copy of the parts in the end."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

GROWTH = 1.5


class Columns:
    """Arrays of one length by name, to which parts are added.

    expected : number of rows that there will be, as far as is known; memory that is not used is
    given back.
    """

    def __init__(self, expected: int) -> None:
        self._room, self._used = expected, 0
        self._whole: dict[str, NDArray[Any]] = {}

    def add(self, part: Mapping[str, NDArray[Any]]) -> None:
        """Add rows; every part has the same names and types."""
        end = self._used + len(next(iter(part.values())))
        if not self._whole:
            self._room = max(self._room, end)
            self._whole = {name: np.empty(self._room, rows.dtype) for name, rows in part.items()}
        elif end > self._room:
            self._room = max(end, int(self._room * GROWTH))
            for name, old in self._whole.items():
                self._whole[name] = np.empty(self._room, old.dtype)
                self._whole[name][: self._used] = old[: self._used]
        for name, rows in part.items():
            self._whole[name][self._used : end] = rows
        self._used = end

    def taken(self) -> dict[str, NDArray[Any]]:
        """Return the columns; nothing can be added any more."""
        for column in self._whole.values():
            column.resize(self._used, refcheck=False)  # in place
        return self._whole
