"""From ruptures to one pattern per patient."""

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
    """Return a row per patient: `pattern` and counts.

    `n_rated` ratings, `n_testable` ratings that had something to be compared with, `n_ruptures`,
    `n_repaired`, `n_unobservable` (ruptures in the last rating), `first_rupture` (session).
    """
    n_patients = len(series.patients)
    owner = found.owner
    edge = _first_of(owner)
    first = np.zeros(n_patients, dtype=np.int64)
    first[owner[edge]] = series.session[found.first[edge]]
    names = pd.array([*PATTERNS, "unclassifiable"], dtype="str")
    codes = pattern_codes(series, found, aggregate)
    return pd.DataFrame(
        {
            "patient_id": series.patients,
            "pattern": names.take(codes),  # UNCLASSIFIABLE is the last
            "n_rated": series.counts,
            "n_testable": found.n_testable,
            "n_ruptures": found.n_ruptures,
            "n_repaired": found.n_repaired,
            "n_unobservable": np.bincount(owner[~found.observable], minlength=n_patients),
            "first_rupture": pd.arrays.IntegerArray(first, found.n_ruptures == 0),
        },
        copy=False,
    )


def _first_of(owner: Ints) -> Ints:
    return np.flatnonzero(np.diff(owner, prepend=-1))


def _last_of(owner: Ints) -> Ints:
    return np.flatnonzero(np.diff(owner, append=-1))
