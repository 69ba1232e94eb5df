"""Which counts must not be shown, so that no small one can be read or worked out."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

FEWEST_SHOWN = 5
MASKED = "–"
MASK_NOTE = (
    f" {MASKED}: masked, because it counts fewer than {FEWEST_SHOWN} patients or would give such a "
    "count away."
)


def is_private(settings: Mapping[str, Any]) -> bool:
    """Whether small counts and single patients must not be shown: real patients, confidential."""
    return bool(settings["confidential"]) and not settings["synthetic"]


def is_small(n: float) -> bool:
    """Whether a count is too small to be shown; nobody (0) may be told."""
    return 0 < n < FEWEST_SHOWN


def told(n: float) -> str:
    """Return a count for print; a masked one is missing in the shared tables."""
    return MASKED if pd.isna(n) else f"{n:,.0f}"


def hidden_cells(counts: ArrayLike, hidden: ArrayLike | None = None) -> NDArray[np.bool_]:
    """Return which cells of a table of counts must not be shown while its margins are.

    counts : shape (n_rows, n_columns), the parts of known row and column totals.
    hidden : cells that are hidden for another reason, same shape.

    Small cells are hidden. What is hidden in a row or column is known in sum, as the total minus
    the rest: it must be two cells at least, and that sum itself must not be small. The smallest
    other cells go with them until this holds (complementary suppression; it protects from
    subtraction within a row or column, not from systems of equations).
    """
    n = np.asarray(counts, dtype=float)
    mask = (n > 0) & (n < FEWEST_SHOWN)
    if hidden is not None:
        mask |= np.asarray(hidden, dtype=bool)
    lines: list[tuple[int | slice, int | slice]] = [
        *((i, slice(None)) for i in range(n.shape[0])),
        *((slice(None), j) for j in range(n.shape[1])),
    ]
    changed = True
    while changed:
        changed = False
        for line in lines:
            if _is_open(n[line], mask[line]):
                continue
            rest = np.flatnonzero(~mask[line] & (n[line] > 0))
            if len(rest):
                mask[line][rest[np.argmin(n[line][rest])]] = True
                changed = True
    return mask


def hidden_parts(counts: Mapping[str, float]) -> frozenset[str]:
    """Return which parts of one known total must not be shown, see `hidden_cells`."""
    mask = hidden_cells([list(counts.values())])[0]
    return frozenset(name for name, hide in zip(counts, mask, strict=True) if hide)


def hidden_steps(n: ArrayLike, anchor: int) -> NDArray[np.bool_]:
    """Return which numbers of a falling chain must not be shown.

    n : numbers that remain after each step; the one at `anchor` is shown. Going away from it in
    both directions, a number is shown when it differs from the last one shown by nobody or by
    enough patients.
    """
    left = np.asarray(n, dtype=float)
    mask = np.zeros(len(left), dtype=bool)
    for path in (range(anchor - 1, -1, -1), range(anchor + 1, len(left))):
        last = left[anchor]
        for step in path:
            if is_small(abs(left[step] - last)):
                mask[step] = True
            else:
                last = left[step]
    return mask


def shown_steps(events: pd.Series, private: bool) -> NDArray[np.bool_]:
    """Return at which points a cumulative curve is shown: only after enough new events."""
    shown = np.ones(len(events), dtype=bool)
    since = 0
    for place, n in enumerate(events):
        since += n
        shown[place] = not private or since == 0 or since >= FEWEST_SHOWN
        since = 0 if shown[place] else since
    return shown


def blanked(table: pd.DataFrame, rows: ArrayLike, columns: list[str]) -> pd.DataFrame:
    """Return the table without what stands in `columns` of the marked rows.

    Columns of whole numbers stay such.
    """
    shared = table.copy()
    marked = np.asarray(rows, dtype=bool)
    for column in columns:
        if pd.api.types.is_integer_dtype(shared[column]):
            shared[column] = shared[column].astype("Int64")
        shared.loc[marked, column] = pd.NA
    return shared


def _is_open(n: NDArray[np.float64], mask: NDArray[np.bool_]) -> bool:
    """Whether what a line hides cannot be worked out from its total."""
    own = n[mask & (n > 0)]
    return len(own) == 0 or (len(own) > 1 and not is_small(float(own.sum())))
