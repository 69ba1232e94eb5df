"""All tables of the models, from the stored fits."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from rupture_repair.modelling.compare import (
    engine_agreement,
    model_comparison,
    optimiser_record,
    variance_components,
)
from rupture_repair.modelling.design import mean_log_length, per_patient
from rupture_repair.modelling.effects import (
    fixed_effects,
    simple_slopes,
    slope_contrasts,
    trajectories,
)
from rupture_repair.modelling.fit import Fit
from rupture_repair.modelling.johnson_neyman import curve, regions


def model_tables(
    fits: Mapping[str, Sequence[Fit]], table: pd.DataFrame, settings: Mapping[str, Any]
) -> dict[str, pd.DataFrame]:
    """Return the tables of the file contract by name.

    fits : `ML` and `REML`, each M0 to M3. Estimates are REML; likelihood-ratio tests ML.
    table : the analysis table the models were fitted to.
    settings : `time`, `lengths`, `iip_levels`, `confidence` of the cohort file.
    """
    reml = fits["REML"]
    by_model = {fit.model: fit for fit in reml}
    confidence = settings["confidence"]
    iip = settings["iip_levels"]
    centre = mean_log_length(table)
    lengths = {float(length): float(np.log(length) - centre) for length in settings["lengths"]}
    without_length = {float("nan"): 0.0}
    patients = per_patient(table)
    sessions = np.arange(1, max(settings["lengths"]) + 1, dtype=float)
    time = np.log(sessions) if settings["time"] == "log" else sessions - 1
    m1, m2, m3 = by_model["M1"], by_model["M2"], by_model["M3"]
    return {
        "model_comparison": model_comparison(fits["ML"], reml),
        "fixed_effects": fixed_effects(reml, confidence),
        "variance_components": variance_components(reml),
        "contrasts": pd.concat(
            [
                slope_contrasts(m1, [0.0], without_length, confidence),
                slope_contrasts(m2, iip, without_length, confidence),
                slope_contrasts(m3, iip, lengths, confidence),
            ],
            ignore_index=True,
        ),
        "simple_slopes": pd.concat(
            [
                simple_slopes(m2, iip, without_length, confidence),
                simple_slopes(m3, iip, lengths, confidence),
            ],
            ignore_index=True,
        ),
        "johnson_neyman": regions(m2, patients, confidence),
        "johnson_neyman_curve": curve(m2, patients, confidence),
        "trajectories": trajectories(m2, sessions, time, iip, confidence),
        "optimisers": optimiser_record([*fits["ML"], *reml]),
        "engines": engine_agreement([*fits["ML"], *reml]),
    }
