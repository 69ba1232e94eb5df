"""What the breakdowns of one cohort by several rules reveal about patients who change pattern."""

from collections.abc import Collection, Mapping

import numpy as np
from numpy.typing import ArrayLike, NDArray

from rupture_repair.config.criteria import PATTERNS
from rupture_repair.disclosure.audit import determined, margins, some_counts
from rupture_repair.disclosure.suppression import is_small

# who has a rupture by the stricter of two rules has one by the other
STRICTER_FIRST = np.array([[True, True, True], [False, True, True], [False, True, True]])


def few_move(
    first: Mapping[str, float],
    second: Mapping[str, float],
    shown: tuple[Collection[str], Collection[str]],
    possible: ArrayLike,
) -> bool:
    """Return whether two breakdowns determine a small number of patients who change pattern.

    first, second : patients by pattern, of the same patients. shown : patterns whose numbers are
    shown, of each. possible : shape (3, 3), whether somebody can have the pattern of the row by the
    first rule and of the column by the second; an attacker may know that nobody has.
    """
    open_ = np.asarray(possible, dtype=bool).ravel()
    sums = margins((len(PATTERNS), len(PATTERNS)))
    is_shown = [pattern in shown[0] for pattern in PATTERNS]
    is_shown += [pattern in shown[1] for pattern in PATTERNS]
    numbers = [*(first[p] for p in PATTERNS), *(second[p] for p in PATTERNS)]
    if open_.all() and min(numbers) > 0:
        return False  # each cell lies between max(0, row + column - all) and min(row, column)
    sums = np.vstack([sums[is_shown], np.ones(sums.shape[1])])[:, open_]
    values = np.append(np.array(numbers)[is_shown], sum(first.values()))
    counts = some_counts(sums, values)
    if counts is None:  # these are not the same patients
        return False
    fixed = determined(sums, counts, np.zeros(len(counts)))
    return any(is_small(count) for count in counts[fixed])


def possible_moves(counts: ArrayLike) -> NDArray[np.bool_]:
    """Return which moves an attacker must take as possible, from the true numbers, shape (3, 3).

    Where the ruptures of one rule are all ruptures of the other, this may be known; so where the
    ruptures are the same ones and the repairs of one rule are all repairs of the other.
    """
    n = np.asarray(counts, dtype=float)
    possible = np.ones(n.shape, dtype=bool)
    for line in ((0, slice(1, None)), (slice(1, None), 0)):  # none by one, a rupture by the other
        possible[line] = n[line].any()
    if not n[0, 1:].any() and not n[1:, 0].any():
        for cell in ((1, 2), (2, 1)):
            possible[cell] = n[cell] > 0
    return possible


def shown_thresholds(
    counts: NDArray[np.float64], order: Collection[int], others: Collection[float]
) -> NDArray[np.bool_]:
    """Return which breakdowns over a rising threshold are shown, shape (n_rows,).

    counts : patients by pattern, a row per threshold. order : rows in the order in which they are
    shown; the first always is. others : numbers without rupture that other tables show.

    Neighbours differ by one or two patients. A row is shown when, beside each row and number shown
    before, nobody or enough patients lose their rupture, and no small number of those who move
    between patterns follows. Rows with small numbers are not shown.
    """
    shown: list[int] = []
    for place in order:
        own = dict(zip(PATTERNS, counts[place], strict=True))
        if shown and (
            any(is_small(n) for n in own.values())
            or any(is_small(abs(own["none"] - n)) for n in [*others, *counts[shown, 0]])
            or any(_moves(counts, *sorted((place, other))) for other in shown)
        ):
            continue
        shown.append(place)
    return np.isin(np.arange(len(counts)), shown)


def _moves(counts: NDArray[np.float64], lower: int, higher: int) -> bool:
    first, second = (dict(zip(PATTERNS, counts[row], strict=True)) for row in (higher, lower))
    return few_move(first, second, (PATTERNS, PATTERNS), STRICTER_FIRST)
