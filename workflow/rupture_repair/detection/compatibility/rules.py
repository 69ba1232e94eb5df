"""The rules that are weighed, and what each finds in many cohorts at once."""

from collections.abc import Callable, Iterable, Sequence
from itertools import product

import numpy as np
import pandas as pd

from rupture_repair.config.criteria import PATTERNS, Aggregate, Criterion, Reference, Scale
from rupture_repair.detection.patterns import pattern_codes
from rupture_repair.detection.ruptures import find_ruptures, with_repairs
from rupture_repair.detection.scales import scale_of
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

    series : who is rated in which session; ratings : shape (n_cohorts, n_ratings). All cohorts
    are one long series, in which scales of a whole cohort are worked out cohort by cohort. Rules
    that differ in repair or aggregation alone share what they have in common.
    """
    n_cohorts, n_patients = len(ratings), len(series.patients)
    every = _side_by_side(series, ratings)
    counts = np.zeros((len(rules), n_cohorts, len(PATTERNS)), dtype=np.int64)
    scales: dict[tuple[object, ...], Floats] = {}
    for same_drops in _grouped(range(len(rules)), lambda place: _drops_of(rules[place])):
        rule = rules[same_drops[0]]
        unit = (rule.scale, rule.reliability)
        if unit not in scales:
            scales[unit] = np.concatenate(
                [scale_of(series.with_ratings(row), rule) for row in ratings]
            )
        drops = find_ruptures(every, rule, scales[unit])
        for same_repairs in _grouped(same_drops, lambda place: _repair_of(rules[place])):
            found = with_repairs(every, drops, rules[same_repairs[0]])
            for place in same_repairs:
                codes = pattern_codes(every, found, rules[place].aggregate)
                codes = codes.reshape(n_cohorts, n_patients)
                for code in range(len(PATTERNS)):
                    counts[place, :, code] = (codes == code).sum(axis=1)
    return counts


def _side_by_side(series: Series, ratings: Floats) -> Series:
    n = len(ratings)
    return Series(
        pd.RangeIndex(n * len(series.patients)),
        np.tile(series.counts, n),
        np.tile(series.session, n),
        ratings.ravel(),
    )


def _drops_of(rule: Criterion) -> str:
    """Return what makes a drop a rupture, as a key."""
    repair = {"repair_window": None, "repair_tolerance": 0.0, "aggregate": "all"}
    words = {"source": "", "citation": None, "assumed": ""}
    return rule.model_copy(update=repair | words).model_dump_json()


def _repair_of(rule: Criterion) -> tuple[int | None, float]:
    return rule.repair_window, rule.repair_tolerance


def _grouped(places: Iterable[int], key: Callable[[int], object]) -> list[list[int]]:
    groups: dict[object, list[int]] = {}
    for place in places:
        groups.setdefault(key(place), []).append(place)
    return list(groups.values())
