"""The grid of rules that are compared, and the patterns that each finds in many cohorts."""

from collections.abc import Sequence
from itertools import product

import numpy as np

from rupture_repair.config.criteria import PATTERNS, Aggregate, Criterion, Reference, Scale
from rupture_repair.detection.batch import batch_pattern_codes
from rupture_repair.detection.patterns import UNCLASSIFIABLE
from rupture_repair.detection.series import Floats, Ints, Series

SCALES: tuple[Scale, ...] = (
    "own_sd",
    "pooled_within_sd",
    "stricter",
    "between_sd",
    "diff_sd",
    "moving_range",
)
MULTIPLIERS = (1.0, 1.5, 2.0, 2.5, 3.0)
REFERENCES: tuple[Reference, ...] = ("previous", "running_mean", "own_mean")
WINDOWS = (1, 3, None)
TOLERANCES = (0.0, 0.5)
AGGREGATES: tuple[Aggregate, ...] = ("all", "any", "first", "last")


def rule_grid() -> list[Criterion]:
    """Return every combination of the values above."""
    return [
        Criterion(
            scale=scale,
            k=k,
            reference=reference,
            repair_window=window,
            repair_tolerance=tolerance,
            aggregate=aggregate,
        )
        for scale, k, reference, window, tolerance, aggregate in product(
            SCALES, MULTIPLIERS, REFERENCES, WINDOWS, TOLERANCES, AGGREGATES
        )
    ]


def pattern_counts(series: Series, ratings: Floats, rules: Sequence[Criterion]) -> Ints:
    """Return patients of each pattern, shape (n_rules, n_cohorts, n_patterns).

    series : who is rated in which session; ratings : shape (n_cohorts, n_ratings).
    """
    kinds = len(PATTERNS) + 1  # the first column counts unclassifiable patients and is dropped
    counts = np.zeros((len(rules), len(ratings), kinds), dtype=np.int64)
    for cohorts, place, codes in batch_pattern_codes(series, ratings, rules):
        cells = codes + kinds * np.arange(len(codes))[:, None] - UNCLASSIFIABLE
        found = np.bincount(cells.ravel(), minlength=kinds * len(codes))
        counts[place, cohorts] = found.reshape(-1, kinds)
    return counts[..., 1:]
