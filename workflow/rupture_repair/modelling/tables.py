"""All tables of the models, from the stored fits."""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from rupture_repair.config.analysis import Modelling
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
    fixed_effects,
    moderations,
    simple_slopes,
    slope_contrasts,
    trajectories,
)
from rupture_repair.modelling.fit import Fit, restored
from rupture_repair.modelling.formulas import KEY_TERMS
from rupture_repair.modelling.headline import headline, headline_model
from rupture_repair.modelling.inference import REPORTED, Reported, too_few
from rupture_repair.modelling.interactions import interaction_tests
from rupture_repair.modelling.johnson_neyman import (
    CHANGE_CURVE,
    COLUMNS,
    change_curve,
    curve,
    regions,
)
from rupture_repair.modelling.not_estimated import not_estimated

PLACE = ["iip_z", "length"]


def model_tables(
    fits: Mapping[str, Sequence[Fit]],
    reasons: Mapping[str, str],
    table: pd.DataFrame,
    settings: Modelling,
) -> dict[str, pd.DataFrame]:
    """Return the tables of the file contract by name.

    fits : `ML` and `REML`, those of M0 to M3 that could be estimated. Estimates are REML;
        likelihood-ratio tests ML. `fixed_effects` are the models' own; slopes, contrasts,
        moderations, courses and regions have the inference that is reported (`headline`).
    reasons : model → why it could not.
    table : the analysis table the models were fitted to.
    """
    reml = fits["REML"]
    reported = {fit.model: Reported.of(restored(fit, table), table, fit.model) for fit in reml}
    confidence, iip = settings.confidence, list(settings.iip_levels)
    centre = mean_log_length(table)
    stated = {float(length): float(np.log(length) - centre) for length in settings.lengths}
    average = {float("nan"): 0.0}
    patients = per_patient(table)
    sessions = np.arange(1, max(settings.lengths) + 1, dtype=float)
    time = time_at(sessions, settings.time)
    wanted = {"M1": ([0.0], average), "M2": (iip, average), "M3": (iip, average | stated)}
    wanted = {model: at for model, at in wanted.items() if model in reported}
    contrasts = [slope_contrasts(reported[model], *at, confidence) for model, at in wanted.items()]
    slopes = [simple_slopes(reported[model], *at, confidence) for model, at in wanted.items()]
    moderated = [
        moderations(reported[model], at[1], confidence)
        for model, at in wanted.items()
        if model in KEY_TERMS
    ]
    courses = [
        trajectories(reported[model], sessions, time, iip, lengths, confidence)
        for model, lengths in (("M2", average), ("M3", stated))
        if model in reported
    ]
    difference = ["contrast", "iip_z", "estimate", "ci_low", "ci_high"]
    main = [reported[model] for model in [headline_model(table)] if model in reported]
    tables = {
        "headline": headline(reported, reasons, table, stated, confidence),
        "model_comparison": model_comparison(fits["ML"], reml).merge(
            interaction_tests(fits["ML"], table), on="model", how="left"
        ),
        "fixed_effects": fixed_effects(reml, confidence, too_few(table)),
        "variance_components": variance_components(reml),
        "contrasts": _one(contrasts, ["model", "contrast", *PLACE, *REPORTED]),
        "simple_slopes": _one(slopes, ["model", "pattern", *PLACE, *REPORTED]),
        "moderation": _one(moderated, ["model", "contrast", "length", *REPORTED]),
        "johnson_neyman": _one([regions(fit, patients, confidence) for fit in main], COLUMNS),
        "johnson_neyman_curve": _one(
            [curve(fit, patients, confidence) for fit in main], difference
        ),
        "moderation_curve": _one(
            [
                change_curve(fit, patients, _until(fit.model, stated, settings), confidence)
                for fit in main
            ],
            CHANGE_CURVE,
        ),
        "trajectories": _one(courses, COURSE),
        "certificates": certificates([*fits["ML"], *reml]),
        "engines": engine_agreement([*fits["ML"], *reml]),
    }
    kinds = {"slope": "simple_slopes", "contrast": "contrasts", "moderation": "moderation"}
    linear = {kind: tables[name] for kind, name in kinds.items()}
    duration, scale = settings.effect_duration, settings.time
    tables["effect_sizes"] = effect_sizes(linear, table, duration, scale)
    return tables | {"not_estimated": not_estimated(reml, reasons, tables, patients)}


def _until(
    model: str, stated: Mapping[float, float], settings: Modelling
) -> dict[float, tuple[float, float]]:
    """Return the lengths at which the moderation is shown, with `length_c` and the time until then.

    Of a model without length there is one, the session that effects are stated for.
    """
    at = stated if model == "M3" else {float(settings.effect_duration): 0.0}
    return {
        length: (length_c, float(time_at(length, settings.time))) for length, length_c in at.items()
    }


def _one(parts: list[pd.DataFrame], columns: list[str]) -> pd.DataFrame:
    """Return the parts one below the other; no rows where there are none."""
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=columns)
