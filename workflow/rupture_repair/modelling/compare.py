"""Models side by side: likelihood-ratio tests, variance components, explained variance."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from scipy import stats

from rupture_repair.modelling.fit import Fit


def model_comparison(ml: Sequence[Fit], reml: Sequence[Fit]) -> pd.DataFrame:
    """Return a row per model: ML likelihoods and tests against the model before; REML beside.

    ml, reml : the nested models in order, fitted by ML and by REML. `chisq`, `chisq_df` and `p`
    test a model against the one before it; twice the difference of ML log-likelihoods. AIC and BIC
    (N = number of patients, the independent units of slopes) are by ML.
    """
    rows = []
    for position, (fit, restricted) in enumerate(zip(ml, reml, strict=True)):
        deviance = -2 * fit.llf
        chisq = chisq_df = p = np.nan
        if position:
            before = ml[position - 1]
            chisq = max(-2 * before.llf - deviance, 0.0)
            chisq_df = fit.n_parameters - before.n_parameters
            p = float(stats.chi2.sf(chisq, chisq_df))
        rows.append(
            {
                "model": fit.model,
                "formula": fit.formula,
                "n_parameters": fit.n_parameters,
                "llf_ml": fit.llf,
                "llf_reml": restricted.llf,
                "deviance": deviance,
                "aic": deviance + 2 * fit.n_parameters,
                "bic": deviance + np.log(fit.n_patients) * fit.n_parameters,
                "chisq": chisq,
                "chisq_df": chisq_df,
                "p": p,
                "n_obs": fit.n_obs,
                "n_patients": fit.n_patients,
                "n_therapists": fit.n_therapists,
            }
        )
    return pd.DataFrame(rows)


def variance_components(fits: Sequence[Fit]) -> pd.DataFrame:
    """Return `model, component, variance, sd, share_at_start` and R² rows, by REML.

    `share_at_start` is the intraclass correlation at session 1 (time 0), where the patient slope
    adds nothing. R² marginal and conditional follow Nakagawa and Schielzeth (2013) with the
    random-slope extension of Johnson (2014); they stand in `variance` under `r2_marginal` and
    `r2_conditional`.
    """
    rows = []
    for fit in fits:
        at_start = sum(v for name, v in fit.variances.items() if name != "patient_slope")
        for component, variance in fit.variances.items():
            share = np.nan if component == "patient_slope" else variance / at_start
            rows.append((fit.model, component, variance, np.sqrt(variance), share))
        total = fit.fixed_variance + fit.random_variance + fit.variances["residual"]
        explained = fit.fixed_variance + fit.random_variance
        rows.append((fit.model, "r2_marginal", fit.fixed_variance / total, np.nan, np.nan))
        rows.append((fit.model, "r2_conditional", explained / total, np.nan, np.nan))
    return pd.DataFrame(rows, columns=["model", "component", "variance", "sd", "share_at_start"])


def optimiser_record(fits: Sequence[Fit]) -> pd.DataFrame:
    """Return a row per model, method and optimiser: where it stopped and how far from the best."""
    return pd.DataFrame(
        [
            {"model": fit.model, "method": "REML" if fit.reml else "ML", "kept": fit.optimiser}
            | attempt
            | {"agreement": fit.agreement}
            for fit in fits
            for attempt in fit.attempts
        ]
    )


def engine_agreement(fits: Sequence[Fit]) -> pd.DataFrame:
    """Return a row per fit: log-likelihood of both engines, and how far their results differ."""
    return pd.DataFrame(
        [
            {
                "model": fit.model,
                "method": "REML" if fit.reml else "ML",
                "llf_statsmodels": fit.llf,
                "llf_second": fit.second_engine["llf"],
                "shortfall": fit.second_engine["shortfall"],
                "largest_shift": fit.second_engine["largest_shift"],
                "agrees": fit.second_engine["agrees"],
            }
            for fit in fits
        ]
    )
