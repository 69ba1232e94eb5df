"""From ruptures to one pattern per patient."""

from collections.abc import Mapping
from typing import assert_never

import numpy as np
import pandas as pd

from rupture_repair.config.criteria import PATTERNS, Aggregate
from rupture_repair.detection.ruptures import Ruptures
from rupture_repair.detection.series import Ints, Series

UNCLASSIFIABLE = -1


def pattern_codes(series: Series, found: Ruptures, aggregate: Aggregate) -> Ints:
    """Return each patient's pattern as a place in `PATTERNS`, or −1 where unclassifiable.

    A patient with fewer than two ratings or nothing to compare is unclassifiable.
    """
    match aggregate:
        case "all":
            repaired = found.n_repaired == found.n_ruptures
        case "any":
            repaired = found.n_repaired > 0
        case "first" | "last":
            edge = _first_of(found.owner) if aggregate == "first" else _last_of(found.owner)
            repaired = np.zeros(len(series.patients), dtype=bool)
            repaired[found.owner[edge]] = found.repaired[edge] >= 0
        case unknown:
            assert_never(unknown)
    codes = (found.n_ruptures > 0) * (1 + repaired.astype(np.int64))
    codes[(series.counts < 2) | (found.n_testable == 0)] = UNCLASSIFIABLE
    return codes


def patterns_of(series: Series, found: Ruptures, aggregate: Aggregate) -> pd.DataFrame:
    """Return a row per patient, see `patterns_table`."""
    return patterns_table(series.patients, pattern_columns(series, found, aggregate))


def pattern_columns(series: Series, found: Ruptures, aggregate: Aggregate) -> dict[str, Ints]:
    """Return `code` of the pattern, counts, and `first_rupture`, 0 without one, by patient."""
    first = np.zeros(len(series.patients), dtype=np.int64)
    n_ruptures = found.n_ruptures
    ruptured = np.flatnonzero(n_ruptures)
    opens = (np.cumsum(n_ruptures) - n_ruptures).take(ruptured)
    first[ruptured] = series.session.take(found.first.take(opens))
    unobservable = found.owner.take(np.flatnonzero(~found.observable))
    return {
        "code": pattern_codes(series, found, aggregate),
        "n_rated": series.counts,
        "n_testable": found.n_testable,
        "n_ruptures": n_ruptures,
        "n_repaired": found.n_repaired,
        "n_unobservable": np.bincount(unobservable, minlength=len(first)),
        "first_rupture": first,
    }


def patterns_table(patients: pd.Index, columns: Mapping[str, Ints]) -> pd.DataFrame:
    """Return a row per patient: `pattern` and counts.

    `n_rated` ratings, `n_testable` ratings that had something to be compared with, `n_ruptures`,
    `n_repaired`, `n_unobservable` (ruptures in the last rating), `first_rupture` (session).
    """
    names = pd.array([*PATTERNS, "unclassifiable"], dtype="str")
    counts = {name: column for name, column in columns.items() if name.startswith("n_")}
    first = pd.arrays.IntegerArray(columns["first_rupture"], columns["n_ruptures"] == 0)
    return pd.DataFrame(
        {
            "patient_id": patients,
            "pattern": names.take(columns["code"]),  # UNCLASSIFIABLE is the last
            **counts,
            "first_rupture": first,
        },
        copy=False,
    )


def _first_of(owner: Ints) -> Ints:
    return np.flatnonzero(np.diff(owner, prepend=-1))


def _last_of(owner: Ints) -> Ints:
    return np.flatnonzero(np.diff(owner, append=-1))
