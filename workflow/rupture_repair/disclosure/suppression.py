"""Which counts must not be shown, so that no small one can be read or worked out."""

from collections.abc import Mapping

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from rupture_repair.config.reporting import MIN_SHOWN
from rupture_repair.disclosure.audit import determined, margins

FEW = f"fewer than {MIN_SHOWN}"
MASKED = "–"


def is_small(n: float) -> bool:
    """Whether a count is too small to be shown; nobody (0) may be shown."""
    return 0 < n < MIN_SHOWN


def count_text(n: float) -> str:
    """Return a count for print; a masked one is missing in the shared tables."""
    return MASKED if pd.isna(n) else f"{n:,.0f}"


def hidden_cells(counts: ArrayLike, hidden: ArrayLike | None = None) -> NDArray[np.bool_]:
    """Return which cells of a table of counts must not be shown while its margins are.

    counts : shape (n_rows, n_columns), the parts of known row and column totals.
    hidden : cells that are hidden for another reason, same shape.

    Small cells are hidden. What is hidden in a row or column is known in sum, as the total minus
    the rest: it must be two cells at least, and that sum itself must not be small. The smallest
    other cells go with them until this holds (complementary suppression), and until no small
    count follows from all rows and columns together, see `audit.determined`.
    """
    n = np.asarray(counts, dtype=float)
    mask = (n > 0) & (n < MIN_SHOWN)
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
            if not _is_open(n[line], mask[line]):
                changed |= _hide_smallest(n[line], mask[line])
        if not changed and min(n.shape) > 1:
            for i, j in _given_away(n, mask):
                changed = changed or _hide_smallest(n[i], mask[i])
                changed = changed or _hide_smallest(n[:, j], mask[:, j])
    return mask


def hidden_parts(counts: Mapping[str, float]) -> frozenset[str]:
    """Return which parts of one known total must not be shown, see `hidden_cells`."""
    mask = hidden_cells([list(counts.values())])[0]
    return frozenset(name for name, hide in zip(counts, mask, strict=True) if hide)


def hidden_steps(n: ArrayLike, anchor: int) -> NDArray[np.bool_]:
    """Return which numbers of a falling chain must not be shown.

    n : numbers that remain after each step; the one at `anchor` is shown. The first and the last
    number come next, then the others, going away from the anchor: each is shown when it differs
    from every number shown so far by nobody or by enough patients.
    """
    left = np.asarray(n, dtype=float)
    outward = [*range(anchor - 1, -1, -1), *range(anchor + 1, len(left))]
    shown = [anchor]
    for step in [*({0, len(left) - 1} - {anchor}), *outward]:
        if not any(is_small(abs(left[step] - left[other])) for other in shown):
            shown.append(step)
    return ~np.isin(np.arange(len(left)), shown)


def shown_steps(
    events: pd.Series, private: bool, lost: pd.Series | None = None
) -> NDArray[np.bool_]:
    """Return at which points a cumulative curve is shown: only after enough new events.

    lost : how many fewer are at risk at each point than were left after the one before, for other
    reasons; where given, nobody or enough of them since the last point shown, too.
    """
    shown = np.ones(len(events), dtype=bool)
    gone = np.zeros(len(events)) if lost is None else np.asarray(lost, dtype=float)
    since = left = 0.0
    for place, n in enumerate(events):
        since, left = since + n, left + gone[place]
        shown[place] = not private or not (is_small(since) or is_small(abs(left)))
        if shown[place]:
            since = left = 0.0
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


def _hide_smallest(n: NDArray[np.float64], mask: NDArray[np.bool_]) -> bool:
    """Hide the smallest count of a line that is still shown; return whether there was one."""
    rest = np.flatnonzero(~mask & (n > 0))
    if len(rest):
        mask[rest[np.argmin(n[rest])]] = True
    return len(rest) > 0


def _given_away(n: NDArray[np.float64], mask: NDArray[np.bool_]) -> NDArray[np.intp]:
    """Return the places of small counts that all rows and columns together determine."""
    hidden = mask & (n > 0)  # nobody is always shown
    if not hidden.any():
        return np.empty((0, 2), dtype=np.intp)
    sums = margins((n.shape[0], n.shape[1]))[:, hidden.ravel()]
    fixed = np.zeros(n.shape, dtype=bool)
    fixed[hidden] = determined(sums, n[hidden], np.ones(hidden.sum()))
    return np.argwhere(fixed & (n < MIN_SHOWN))


def _is_open(n: NDArray[np.float64], mask: NDArray[np.bool_]) -> bool:
    """Whether what a line hides cannot be worked out from its total."""
    own = n[mask & (n > 0)]
    return len(own) == 0 or (len(own) > 1 and not is_small(float(own.sum())))
