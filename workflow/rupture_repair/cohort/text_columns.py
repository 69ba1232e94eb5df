"""A raw table that grows part by part: text cells by column, in Arrow's memory."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from rupture_repair.cohort.memory import require_memory
from rupture_repair.cohort.raw_file import named_columns

# Checking a table takes about this many times its own size (of files with 100,000 to 3 million
# sessions), and so do cells that are too short to weigh anything themselves.
CHECKING = 10
CELL = 8  # bytes that a text cell takes beside its letters


class TextColumns:
    """Columns of text cells, added part by part; file : as messages call it."""

    def __init__(self, file: str, width: int) -> None:
        self.file, self.width = file, width
        self._parts: list[list[pa.Array]] = [[] for _ in range(width)]
        self._lines: list[np.ndarray] = []
        self._bytes = 0

    def add(self, columns: Sequence[pa.Array], lines: np.ndarray) -> None:
        """Add rows; rows without any cell are left out.

        columns : large strings without nulls; lines : of each row.

        Raises `RawFileError` where the memory would not do for what was added so far.
        """
        size = sum(column.nbytes for column in columns) + lines.nbytes
        self._bytes += size
        require_memory(self.file, CHECKING * self._bytes - self._bytes, "the table")
        filled = np.zeros(len(lines), dtype=bool)
        for column in columns:
            filled |= pc.greater(pc.binary_length(column), 0).to_numpy(zero_copy_only=False)
        if not filled.all():
            columns = [column.filter(pa.array(filled)) for column in columns]
            lines = lines[filled]
        for parts, column in zip(self._parts, columns, strict=True):
            parts.append(column)
        self._lines.append(lines)

    def holds(self, place: int) -> bool:
        """Whether a column holds any cell."""
        return any(pc.max(pc.binary_length(part)).as_py() for part in self._parts[place])

    def table(self, heading: Sequence[str], without: int = 0) -> pd.DataFrame:
        """Return the raw table, from the row `without` on; errors are those of `raw_table`."""
        names = named_columns(self.file, heading, self.holds)
        text = pd.StringDtype(na_value=np.nan)
        columns = {}
        for place, name in names.items():
            whole = pa.chunked_array(self._parts[place], pa.large_string())
            self._parts[place] = []
            columns[name] = text.__from_arrow__(whole.slice(without).combine_chunks())
        lines = np.concatenate([*self._lines, np.empty(0, dtype=np.int64)])[without:]
        return pd.DataFrame(columns | {"line": lines}, copy=False)
