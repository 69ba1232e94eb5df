"""Pages of the forest plot: as many as the text needs to be read in print."""

import math
from dataclasses import dataclass
from itertools import pairwise

FIGURE = "forest_plot"
TERMS = 2  # that are shown, see `SHOWN` in slopes.py
# heights in mm: of the page, of what stands around the rows of a panel and below all
PAGE, AROUND, BELOW = 225.0, 12.0, 12.0
MIN_ROW = 3.0  # text of such a row is printed with 7.2 points


@dataclass(frozen=True)
class Part:
    """What a page shows: terms by position, and rows from `first` to before `last`.

    The rows of all cohorts and of another one follow those of the cohorts.
    """

    terms: tuple[int, ...]
    first: int
    last: int


def parts(n_cohorts: int) -> list[Part]:
    """Return the pages of a forest plot of so many cohorts.

    One page as long as that holds both terms; else each term has pages of its own.
    """
    rows = n_cohorts + 2
    if row_height(rows, TERMS) >= MIN_ROW:
        return [Part(tuple(range(TERMS)), 0, rows)]
    pages = math.ceil(rows / int(row_height(1, 1) / MIN_ROW))
    ends = [round(rows * page / pages) for page in range(pages + 1)]
    return [Part((term,), *ends_of) for term in range(TERMS) for ends_of in pairwise(ends)]


def part_names(n_cohorts: int) -> list[str]:
    """Return the names of the files of the pages, without ending."""
    count = len(parts(n_cohorts))
    return [FIGURE, *(f"{FIGURE}_{number}" for number in range(2, count + 1))]


def row_height(n_rows: int, n_lines: int) -> float:
    """Return the height of a row, in mm, with which so many panels of rows fill the page."""
    return ((PAGE - BELOW) / n_lines - AROUND) / n_rows
