"""From ruptures to one pattern per patient."""

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from rupture_repair.config.criteria import Aggregate
from rupture_repair.detection.series import Series


def patterns_of(
    series: Series, events: pd.DataFrame, testable: NDArray[np.bool_], aggregate: Aggregate
) -> pd.DataFrame:
    """Return a row per patient: `pattern` and counts.

    `n_rated` ratings, `n_testable` ratings that had something to be compared with, `n_ruptures`,
    `n_repaired`, `n_unobservable` (ruptures in the last rating), `first_rupture` (session).
    A patient with fewer than two ratings or nothing to compare is `unclassifiable`.
    """
    index = pd.Index(series.patients, name="patient_id")
    repaired = events["repaired_at"].notna()
    groups = events.assign(repaired=repaired).groupby("patient_id", sort=False)
    counts = pd.DataFrame(
        {
            "n_rated": series.counts,
            "n_testable": np.bincount(series.patient[testable], minlength=len(series.patients)),
            "n_ruptures": groups.size().reindex(index, fill_value=0).to_numpy(),
            "n_repaired": groups["repaired"].sum().reindex(index, fill_value=0).to_numpy(),
            "n_unobservable": (~events["repair_observable"])
            .groupby(events["patient_id"])
            .sum()
            .reindex(index, fill_value=0)
            .to_numpy(),
            "first_rupture": groups["session"].first().reindex(index).astype("Int64").array,
        },
        index=index,
    ).astype({"n_ruptures": "int64", "n_repaired": "int64", "n_unobservable": "int64"})
    match aggregate:
        case "all":
            mended = counts["n_repaired"] == counts["n_ruptures"]
        case "any":
            mended = counts["n_repaired"] > 0
        case "first" | "last":
            chosen = groups["repaired"].agg(aggregate)
            mended = chosen.reindex(index, fill_value=False).astype(bool)
    pattern = np.where(
        (counts["n_rated"] < 2) | (counts["n_testable"] == 0),
        "unclassifiable",
        np.where(counts["n_ruptures"] == 0, "none", np.where(mended, "repaired", "unrepaired")),
    )
    counts.insert(0, "pattern", pattern)
    return counts.reset_index()
