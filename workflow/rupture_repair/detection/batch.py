"""Patterns in many simulated cohorts by many rules, detected together as one long series."""

from collections.abc import Callable, Iterable, Iterator, Sequence

import numpy as np
import pandas as pd

from rupture_repair.config.criteria import Criterion
from rupture_repair.detection.patterns import pattern_codes
from rupture_repair.detection.ruptures import find_ruptures, with_repairs
from rupture_repair.detection.scales import scale_of
from rupture_repair.detection.series import Floats, Ints, Series

# ratings that are judged at a time: many, so that calls cost little beside the work in them
AT_ONCE = 1_000_000


def batch_pattern_codes(
    series: Series, ratings: Floats, rules: Sequence[Criterion]
) -> Iterator[tuple[slice, int, Ints]]:
    """Yield which cohorts, the place of a rule, and each patient's pattern as `pattern_codes`.

    series : who is rated in which session; ratings : shape (n_cohorts, n_ratings). Patterns have
    shape (n_cohorts of the slice, n_patients). Cohorts are one long series, as many at a time as
    `AT_ONCE` allows, in which scales of a whole cohort are worked out cohort by cohort. Rules
    that differ in repair or aggregation alone share what they have in common.
    """
    at_once = max(1, AT_ONCE // max(len(series.rating), 1))
    groups = [_grouped(same, lambda place: _repair_of(rules[place])) for same in _by_drops(rules)]
    for first in range(0, len(ratings), at_once):
        cohorts = slice(first, first + at_once)
        each = [series.with_ratings(row) for row in ratings[cohorts]]
        every = _joined(each)
        scales: dict[tuple[object, ...], Floats] = {}
        for same_drops in groups:
            rule = rules[same_drops[0][0]]
            unit = (rule.scale, rule.reliability)
            if unit not in scales:
                scales[unit] = np.concatenate([scale_of(one, rule) for one in each])
            found = drops = find_ruptures(every, rule, scales[unit])
            for same_repairs in same_drops:
                if same_repairs is not same_drops[0]:
                    found = with_repairs(every, drops, rules[same_repairs[0]])
                for place in same_repairs:
                    codes = pattern_codes(every, found, rules[place].aggregate)
                    yield cohorts, place, codes.reshape(len(each), -1)


def _joined(each: Sequence[Series]) -> Series:
    n, one = len(each), each[0]
    return Series(
        pd.RangeIndex(n * len(one.patients)),
        np.tile(one.counts, n),
        np.tile(one.session, n),
        np.concatenate([other.rating for other in each]),
    )


def _by_drops(rules: Sequence[Criterion]) -> list[list[int]]:
    return _grouped(range(len(rules)), lambda place: _drops_of(rules[place]))


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
