"""What the posterior of the headline is sampled from, and its tables: docs/bayes.md.

The workflow writes the problem and reads the result; PyMC samples in an environment of its own
(`posterior_sampling`), only when it is asked to.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from rupture_repair.config.steps.modelling import PosteriorSettings
from rupture_repair.modelling.design import mean_log_length
from rupture_repair.modelling.effects import difference
from rupture_repair.modelling.engine import MixedModelResults
from rupture_repair.modelling.fit import Fit
from rupture_repair.modelling.headline import CONTRAST, by_length_weights
from rupture_repair.modelling.keys import NotDetermined
from rupture_repair.modelling.posterior_sampling import input_digests

# roles of the headline's own model
ROLES = ("headline", "at length", "by length")
# chains have converged when no R-hat is above and no effective sample size below (Vehtari et al.
# 2021), and no step diverged
MAX_RHAT, MIN_ESS = 1.01, 400
CONVERGED, NOT_CONVERGED = "converged", "did not converge"
BESIDE = ["estimate", "model_ci_low", "model_ci_high", "ci_low", "ci_high"]
SUMMARY = ["mean", "median", "sd", "low", "high", "below_zero"]
CHECKS = ["rhat", "ess_bulk", "ess_tail"]
COLUMNS = ["role", "model", "length", *BESIDE, *SUMMARY, *CHECKS, "verdict"]
SAMPLING = ["sampler", "chains", "draws", "seed", "divergences", *CHECKS, "verdict"]


def posterior_problem(
    fit: Fit | None,
    found: MixedModelResults | None,
    table: pd.DataFrame,
    headline: pd.DataFrame,
    settings: PosteriorSettings,
) -> dict[str, Any]:
    """Return the input of the posterior of the headline in plain values.

    fit, found : the headline's model by REML, stored and restored; None where there is none.
    table : the analysis table it was fitted to. headline : its table: what is not estimated there
    has no posterior. Returns `outcome`, `time`, `patient` (n,), `therapist` (J,) or None, the
    columns' `level` and `slope` of each patient (J, p), and `quantities` with weights (p,); or
    `why` there is nothing to be sampled.
    """
    rows = headline[headline["role"].isin(ROLES)]
    if fit is None or found is None or rows["estimate"].isna().all():
        reasons = rows["reason"].dropna()
        return {"why": reasons.iloc[0] if len(reasons) else str(NotDetermined())}
    design = found.model.design
    if design.rows.remainder is not None:
        raise ValueError("the fixed part is not linear in time within patients")
    level, slope = np.moveaxis(design.fixed.predict(np.eye(len(design.terms))), 1, 0)
    quantities = [
        {"role": row.role, "length": None if np.isnan(row.length) else row.length, "weights": w}
        for row, w in zip(rows.itertuples(), _weights(fit.columns, rows, table), strict=True)
        if not pd.isna(row.estimate)
    ]
    kept = len(fit.terms)  # no quantity depends on an aliased coefficient
    return {
        "model": fit.model,
        "terms": fit.terms,
        "patient_terms": fit.patient_terms,
        "outcome": design.rows.outcome.tolist(),
        "time": design.rows.time.tolist(),
        "patient": design.rows.patient.tolist(),
        "therapist": design.sessions.therapist.tolist() if "therapist" in fit.variances else None,
        "level": level.T.tolist(),
        "slope": slope.T.tolist(),
        "quantities": [one | {"weights": one["weights"][:kept].tolist()} for one in quantities],
        "confidence": settings.confidence,
        "seed": settings.seed,
    }


def _weights(columns: list[str], rows: pd.DataFrame, table: pd.DataFrame) -> list[np.ndarray]:
    """Return the weights of the fixed effects that give each row of the headline."""
    centre, weights = mean_log_length(table), []
    for row in rows.itertuples():
        if row.role == "by length":
            weights.append(by_length_weights(columns))
            continue
        at = 0.0 if pd.isna(row.length) else float(np.log(row.length)) - centre
        high, low = (difference(columns, CONTRAST, iip_z=iip, length_c=at) for iip in (1.0, 0.0))
        weights.append(high - low)
    return weights


def is_current(sampled: Mapping[str, Any], problem: str, lock: str) -> bool:
    """Return whether a posterior was sampled from these files, with the model as it is now."""
    return bool(sampled["made_from"] == input_digests(problem, lock))


def posterior_tables(
    headline: pd.DataFrame, sampled: Mapping[str, Any] | None
) -> dict[str, pd.DataFrame]:
    """Return `posterior` and `posterior_sampling`; without rows where nothing was sampled.

    sampled : what `posterior_sampling` wrote. For chains that did not converge
    only the checks are given.
    """
    if sampled is None or "why" in sampled:
        return {
            "posterior": pd.DataFrame(columns=COLUMNS),
            "posterior_sampling": pd.DataFrame(columns=SAMPLING),
        }
    sampling, packages = sampled["sampling"], sampled["environment"]["packages"]
    verdict = verdict_of(sampling)
    found = pd.DataFrame(sampled["posterior"]).astype({"length": float})
    if verdict != CONVERGED:
        found[SUMMARY] = np.nan
    beside = headline.loc[headline["role"].isin(ROLES), ["role", "model", "length", *BESIDE]]
    table = beside.merge(found, on=["role", "length"], how="inner").assign(verdict=verdict)
    about = {"sampler": f"PyMC {packages['pymc']}", **sampling, "verdict": verdict}
    return {"posterior": table[COLUMNS], "posterior_sampling": pd.DataFrame([about])[SAMPLING]}


def verdict_of(sampling: Mapping[str, Any]) -> str:
    """Return whether the chains converged; a check that is not a number has failed."""
    mixed = sampling["rhat"] <= MAX_RHAT
    enough = min(sampling["ess_bulk"], sampling["ess_tail"]) >= MIN_ESS
    return CONVERGED if mixed and enough and sampling["divergences"] == 0 else NOT_CONVERGED
