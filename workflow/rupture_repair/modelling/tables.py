"""All tables of the models, from the stored fits."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from rupture_repair.modelling.compare import (
    certificates,
    engine_agreement,
    model_comparison,
    variance_components,
)
from rupture_repair.modelling.design import mean_log_length, per_patient, time_at
from rupture_repair.modelling.effect_sizes import effect_sizes
from rupture_repair.modelling.effects import (
    COURSE,
    TESTED,
    fixed_effects,
    moderations,
    simple_slopes,
    slope_contrasts,
    trajectories,
)
from rupture_repair.modelling.fit import Fit
from rupture_repair.modelling.johnson_neyman import COLUMNS, curve, regions
from rupture_repair.modelling.not_estimated import not_estimated

PLACE = ["iip_z", "length"]


def model_tables(
    fits: Mapping[str, Sequence[Fit]],
    reasons: Mapping[str, str],
    table: pd.DataFrame,
    settings: Mapping[str, Any],
) -> dict[str, pd.DataFrame]:
    """Return the tables of the file contract by name.

    fits : `ML` and `REML`, those of M0 to M3 that could be estimated. Estimates are REML;
        likelihood-ratio tests ML.
    reasons : model → why it could not.
    table : the analysis table the models were fitted to.
    settings : `time`, `lengths`, `iip_levels`, `effect_duration`, `confidence` of the cohort file.
    """
    reml = fits["REML"]
    by_model = {fit.model: fit for fit in reml}
    confidence, iip = settings["confidence"], settings["iip_levels"]
    centre = mean_log_length(table)
    lengths = {float(length): float(np.log(length) - centre) for length in settings["lengths"]}
    without_length = {float("nan"): 0.0}
    patients = per_patient(table)
    sessions = np.arange(1, max(settings["lengths"]) + 1, dtype=float)
    time = time_at(sessions, settings["time"])
    wanted = {"M1": ([0.0], without_length), "M2": (iip, without_length), "M3": (iip, lengths)}
    contrasts = [
        slope_contrasts(by_model[model], *at, confidence)
        for model, at in wanted.items()
        if model in by_model
    ]
    slopes = [
        simple_slopes(by_model[model], *wanted[model], confidence)
        for model in wanted
        if model in by_model
    ]
    moderated = [
        moderations(by_model[model], wanted[model][1], confidence)
        for model in ("M2", "M3")
        if model in by_model
    ]
    m2 = [by_model["M2"]] if "M2" in by_model else []
    courses = [
        trajectories(by_model[model], sessions, time, *wanted[model], confidence)
        for model in ("M2", "M3")
        if model in by_model
    ]
    difference = ["contrast", "iip_z", "estimate", "ci_low", "ci_high"]
    tables = {
        "model_comparison": model_comparison(fits["ML"], reml),
        "fixed_effects": fixed_effects(reml, confidence),
        "variance_components": variance_components(reml),
        "contrasts": _one(contrasts, ["model", "contrast", *PLACE, *TESTED]),
        "simple_slopes": _one(slopes, ["model", "pattern", *PLACE, *TESTED]),
        "moderation": _one(moderated, ["model", "contrast", "length", *TESTED]),
        "johnson_neyman": _one([regions(fit, patients, confidence) for fit in m2], COLUMNS),
        "johnson_neyman_curve": _one([curve(fit, patients, confidence) for fit in m2], difference),
        "trajectories": _one(courses, COURSE),
        "certificates": certificates([*fits["ML"], *reml]),
        "engines": engine_agreement([*fits["ML"], *reml]),
    }
    kinds = {"slope": "simple_slopes", "contrast": "contrasts", "moderation": "moderation"}
    linear = {kind: tables[name] for kind, name in kinds.items()}
    duration, scale = settings["effect_duration"], settings["time"]
    tables["effect_sizes"] = effect_sizes(linear, table, duration, scale)
    return tables | {"not_estimated": not_estimated(reml, reasons, tables, patients)}


def _one(parts: list[pd.DataFrame], columns: list[str]) -> pd.DataFrame:
    """Return the parts one below the other; no rows where there are none."""
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=columns)
