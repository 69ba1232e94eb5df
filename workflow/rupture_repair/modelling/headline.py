"""The headline: the moderation at average and at stated treatment lengths, and by length.

The model was specified before any result was known: M3, in which every effect may depend on length,
wherever lengths differ. M2 averages over the lengths in the data and mistakes a dependence on
length for a moderation where problems are associated with length; it is reported beside M3.
"""

from collections.abc import Iterable, Mapping

import numpy as np
import pandas as pd

from rupture_repair.modelling.effects import difference, moderations
from rupture_repair.modelling.engine import MixedModelResults
from rupture_repair.modelling.fit import Fit, restored, varies
from rupture_repair.modelling.formulas import KEY_TERMS
from rupture_repair.modelling.inference import REPORTED, Reported

CONTRAST = ("repaired", "none")
COLUMNS = ["role", "model", "contrast", "length", *REPORTED]
ROLES = {
    "headline": "the moderation at average log length",
    "at length": "the moderation at a stated length",
    "by length": "its change per unit of log length",
    "averaged": "the moderation without length in the model",
}


def headline_model(table: pd.DataFrame) -> str:
    """Return the model of the headline: M2 only where all treatments have the same length."""
    return "M3" if varies(table, "length_c") else "M2"


def headline(
    reported: Mapping[str, Reported],
    reasons: Mapping[str, str],
    table: pd.DataFrame,
    lengths: Mapping[float, float],
    confidence: float,
) -> pd.DataFrame:
    """Return `COLUMNS`, a row per role (`ROLES`) and length, for repaired against no rupture.

    reported : models by name; reasons : model → why there is none. lengths : sessions →
    `length_c`. Points per unit of time and SD of interpersonal problems.
    """
    model = headline_model(table)
    average = {float("nan"): 0.0}
    wanted = [("headline", model, average)]
    if model == "M3":
        wanted += [("at length", "M3", dict(lengths)), ("averaged", "M2", average)]
    parts = []
    for role, name, at in wanted:
        if name in reported:
            rows = moderations(reported[name], at, confidence)
            rows = rows[rows["contrast"] == " - ".join(CONTRAST)]
        else:
            rows = _nothing(name, list(at), reasons.get(name, ""))
        parts.append(rows.assign(role=role))
    by_length = _nothing("M3", [np.nan], reasons.get("M3", ""))
    if "M3" in reported:
        found = reported["M3"].tests(by_length_weights(reported["M3"].columns), confidence)
        by_length = by_length[["model", "length"]].join(found)
    parts.append(by_length.assign(role="by length"))
    together = pd.concat([part.astype(object) for part in parts], ignore_index=True)
    together = together.assign(contrast=" - ".join(CONTRAST)).infer_objects()
    order = pd.Categorical(together["role"], list(ROLES))
    return together.iloc[np.argsort(order.codes, kind="stable")].reset_index(drop=True)[COLUMNS]


def by_length_weights(columns: list[str]) -> np.ndarray:
    """Return the weights of what a unit of log length adds to the moderation."""
    corners = [
        difference(columns, CONTRAST, iip_z=iip, length_c=length)
        for iip, length in ((1.0, 1.0), (0.0, 1.0), (1.0, 0.0), (0.0, 0.0))
    ]
    return corners[0] - corners[1] - corners[2] + corners[3]


def _nothing(model: str, lengths: list[float], reason: str) -> pd.DataFrame:
    empty = pd.DataFrame({"model": model, "length": lengths}).reindex(
        columns=["model", "length", *REPORTED]
    )
    return empty.assign(reason=reason)


def headline_fits(fits: Iterable[Fit], table: pd.DataFrame) -> dict[str, MixedModelResults]:
    """Return the models that carry the study's questions; those without an optimum are left out.

    fits : by REML; table : the analysis table that they were fitted to.
    """
    return {fit.model: restored(fit, table) for fit in fits if fit.model in KEY_TERMS}


def by_therapist(found: MixedModelResults) -> bool:
    """Whether therapists are the units that are drawn or left out; else patients are."""
    return len(found.model.design.rows.therapist_ids) > 1
