"""Models side by side: likelihood-ratio tests, variance components, certificates."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from scipy.special import chdtrc

from rupture_repair.modelling.fit import Fit
from rupture_repair.modelling.keys import NoSecondEngine, verdict

COMPARISON = [
    *("model", "formula", "n_parameters", "llf_ml", "llf_reml", "deviance", "aic", "bic"),
    *("against", "chisq", "chisq_df", "p", "n_obs", "n_patients", "n_therapists"),
]
# variances at session 1, where time is zero, that add up to the variance of a rating
AT_START = ("therapist", "patient", "residual")
CERTIFICATE = [
    *("model", "method", "starts", "agreeing", "spread", "scaled_gradient"),
    *("smallest_eigenvalue", "boundary", "rank", "aliased", "llf", "second_engine", "verdict"),
]
ENGINES = [
    *("model", "method", "optimiser", "llf", "llf_same", "llf_statsmodels", "shortfall"),
    *("largest_shift", "agrees", "message"),
]


def model_comparison(ml: Sequence[Fit], reml: Sequence[Fit]) -> pd.DataFrame:
    """Return a row per model: ML likelihoods and tests against the model before; REML beside.

    ml, reml : the nested models in order, fitted by ML and by REML. `chisq`, `chisq_df` and `p`
    test a model against the one before it, `against`: twice the difference of ML log-likelihoods;
    missing where the data do not let a model say more than the one before. AIC and BIC (N = number
    of patients, the independent units of slopes) are by ML.
    """
    rows = []
    for position, (fit, restricted) in enumerate(zip(ml, reml, strict=True)):
        deviance = -2 * fit.llf
        against, chisq, chisq_df, p = None, np.nan, np.nan, np.nan
        if position and fit.n_parameters > ml[position - 1].n_parameters:
            before = ml[position - 1]
            against = before.model
            chisq = max(-2 * before.llf - deviance, 0.0)
            chisq_df = fit.n_parameters - before.n_parameters
            p = float(chdtrc(chisq_df, chisq))
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
                "against": against,
                "chisq": chisq,
                "chisq_df": chisq_df,
                "p": p,
                "n_obs": fit.n_obs,
                "n_patients": fit.n_patients,
                "n_therapists": fit.n_therapists,
            }
        )
    return pd.DataFrame(rows, columns=COMPARISON)


def variance_components(fits: Sequence[Fit]) -> pd.DataFrame:
    """Return `model, component, value, sd, share_at_start`, by REML.

    Components are variances in points², the covariance and `patient_correlation` of intercept and
    slope, and R². `share_at_start` is the intraclass correlation at session 1 (time 0), where the
    patient slope adds nothing. What the design does not let the data tell apart is missing. R²
    marginal and conditional follow Nakagawa and Schielzeth (2013) with the random-slope extension
    of Johnson (2014).
    """
    rows = []
    for fit in fits:
        unknown = set(fit.certificate["unidentified"])
        at_start = sum(fit.variances[name] for name in AT_START if name in fit.variances)
        of = {name: np.nan if name in unknown else v for name, v in fit.variances.items()}
        for component, value in of.items():
            sd = np.nan if component == "patient_covariance" else np.sqrt(value)
            share = value / at_start if component in AT_START else np.nan
            rows.append((fit.model, component, value, sd, share))
        if "patient_covariance" in of:
            product = of["patient"] * of["patient_slope"]
            correlation = of["patient_covariance"] / np.sqrt(product) if product > 0 else np.nan
            rows.append((fit.model, "patient_correlation", correlation, np.nan, np.nan))
        explained = fit.fixed_variance + fit.random_variance
        total = explained + fit.variances["residual"]
        rows.append((fit.model, "r2_marginal", fit.fixed_variance / total, np.nan, np.nan))
        both = np.nan if "residual" in unknown else explained / total
        rows.append((fit.model, "r2_conditional", both, np.nan, np.nan))
    return pd.DataFrame(rows, columns=["model", "component", "value", "sd", "share_at_start"])


def certificates(fits: Sequence[Fit]) -> pd.DataFrame:
    """Return a row per fit: the evidence that it is the optimum, and the verdict.

    second_engine : `agrees`, or why there is no second opinion. verdict : `passed`, or failures.
    """
    rows = []
    for fit in fits:
        found, agrees = fit.certificate, fit.second_engine["agrees"]
        alone = () if agrees else (NoSecondEngine(fit.second_engine["message"]),)
        rows.append(
            {name: found[name] for name in ("starts", "agreeing", "spread", "scaled_gradient")}
            | {
                "model": fit.model,
                "method": fit.method,
                "smallest_eigenvalue": min(found["eigenvalues"], default=np.nan),
                "boundary": "; ".join(found["boundary"]),
                "rank": found["rank"],
                "aliased": "; ".join(fit.aliased),
                "llf": fit.llf,
                "second_engine": "agrees" if agrees else "failed",
                "verdict": verdict(found["failing"], *alone),
            }
        )
    return pd.DataFrame(rows, columns=CERTIFICATE)


def engine_agreement(fits: Sequence[Fit]) -> pd.DataFrame:
    """Return a row per fit: the same model, independent patient terms, in two engines."""
    rows = [{"model": fit.model, "method": fit.method} | fit.second_engine for fit in fits]
    return pd.DataFrame(rows, columns=ENGINES)
