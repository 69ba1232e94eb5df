"""Slopes and their differences as standardised change over a named duration."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from rupture_repair.config.analysis import Time
from rupture_repair.modelling.design import time_at

COLUMNS = [
    *("model", "kind", "what", "iip_z", "length", "d", "d_low", "d_high"),
    *("duration", "time_units", "baseline_sd", "n_patients"),
]
KINDS = {"slope": "pattern", "contrast": "contrast", "moderation": "contrast"}


def effect_sizes(
    tables: dict[str, pd.DataFrame], table: pd.DataFrame, duration: int, time: Time
) -> pd.DataFrame:
    """Return d = b × duration / SD for each slope, contrast and moderation (Feingold 2009).

    tables : `slope`, `contrast` and `moderation`, in points per unit of time. duration : session
    up to which change since session 1 is counted; `time_units`: how much time that is on the
    models' scale, log(duration) or duration − 1. baseline_sd : raw SD, ddof 1, of the first rating
    of the `n_patients` analysed. Intervals are those of b by the same factor: the SD is taken as
    known. Without a positive SD all of d is missing.
    """
    first = table.sort_values("session").groupby("patient_id")["symptoms"].first()
    sd = float(first.std(ddof=1))
    units = time_at(duration, time)
    factor = units / sd if sd > 0 else np.nan
    parts = []
    for kind, what in KINDS.items():
        of = tables[kind]
        part = of.reindex(columns=["model", "iip_z", "length"]).assign(kind=kind, what=of[what])
        for name, column in (("d", "estimate"), ("d_low", "ci_low"), ("d_high", "ci_high")):
            part[name] = of[column].astype(float) * factor
        parts.append(part)
    known = {"duration": duration, "time_units": units, "baseline_sd": sd, "n_patients": len(first)}
    return _together(parts).assign(**known)[COLUMNS]


def _together(parts: Sequence[pd.DataFrame]) -> pd.DataFrame:
    filled = [part for part in parts if len(part)]
    return pd.concat(filled or parts[:1], ignore_index=True)
