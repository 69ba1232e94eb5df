"""Small tables of model results made by hand, in the form of the file contract."""

import itertools

import numpy as np
import pandas as pd

PATTERNS = ("none", "unrepaired", "repaired")
CONTRASTS = ("repaired - unrepaired", "repaired - none", "unrepaired - none")
LENGTHS = (5, 10, 20)
LEVELS = (-1.0, 0.0, 1.0)


def _tested(estimate, se=0.5, p=0.01):
    return {
        "estimate": estimate,
        "se": se,
        "df": 123.4,
        "statistic": estimate / se,
        "p": p,
        "ci_low": estimate - 1.96 * se,
        "ci_high": estimate + 1.96 * se,
    }


def terms(model):
    """Return the terms of M0 … M3, each product with and without time."""
    factors = ["pattern[unrepaired]", "pattern[repaired]"]
    products = [] if model == "M0" else [*factors]
    for variable in {"M2": ["iip_z"], "M3": ["iip_z", "length_c"]}.get(model, []):
        products += [variable, *(f"{product}:{variable}" for product in products)]
    return ["Intercept", "time", *products, *(f"time:{product}" for product in products)]


def fixed_effects(**changed):
    """Return `fixed_effects`; `changed`: model → term → (estimate, p), or None to drop."""
    rows = []
    for model in ("M0", "M1", "M2", "M3"):
        for term in terms(model):
            found = changed.get(model, {}).get(term, (-0.8, 0.01))
            if found is not None:
                rows.append({"model": model, "term": term, **_tested(found[0], p=found[1])})
    return pd.DataFrame(rows)


def simple_slopes():
    """Return slopes of M3 that grow with pattern and length."""
    return pd.DataFrame(
        {
            "model": "M3",
            "pattern": pattern,
            "iip_z": level,
            "length": float(length),
            **_tested(-2.0 + 0.5 * PATTERNS.index(pattern) - 0.3 * level - 0.02 * length),
        }
        for pattern, level, length in itertools.product(PATTERNS, LEVELS, LENGTHS)
    )


def contrasts():
    """Return contrasts of M2 (no length) and M3 (each length)."""
    return pd.DataFrame(
        {
            "model": "M2" if length is None else "M3",
            "contrast": contrast,
            "iip_z": level,
            "length": np.nan if length is None else float(length),
            **_tested(-0.5 - 0.2 * level),
        }
        for contrast, level, length in itertools.product(CONTRASTS, LEVELS, (None, *LENGTHS))
    )


def trajectories(spread=2.0):
    """Return courses whose ends lie `spread` points apart: of M2, and of M3 for each length."""
    rows = []
    models = [("M2", np.nan, 20), *(("M3", float(length), length) for length in LENGTHS)]
    for (model, length, last), pattern, level in itertools.product(models, PATTERNS, LEVELS):
        for session in range(1, last + 1):
            mean = 20 - 2 * np.log(session) + spread * PATTERNS.index(pattern) * session / last
            place = (model, pattern, level, length, float(session))
            rows.append((*place, mean, mean - 2, mean + 2))
    names = ["model", "pattern", "iip_z", "length", "session", "estimate", "ci_low", "ci_high"]
    return pd.DataFrame(rows, columns=names)


def johnson_neyman(supported=(-0.5, 0.9), region=(0.25, 2.4)):
    """Return regions, significant above `region`, the same for each contrast."""
    return pd.DataFrame(
        {
            "model": "M2",
            "contrast": contrast,
            "interaction": -0.6,
            "low_from": np.nan,
            "low_to": np.nan,
            "high_from": region[0],
            "high_to": region[1],
            "observed_low": -2.0,
            "observed_high": 2.4,
            "supported_low": supported[0],
            "supported_high": supported[1],
            "share_of_patients": 0.4,
        }
        for contrast in CONTRASTS
    )


def johnson_neyman_curve():
    """Return the difference of slopes over the observed range."""
    rows = []
    for contrast in CONTRASTS:
        for iip_z in np.linspace(-2, 2.4, 12):
            rows.append((contrast, iip_z, -0.6 * iip_z, -0.6 * iip_z - 0.8, -0.6 * iip_z + 0.8))
    names = ["contrast", "iip_z", "estimate", "ci_low", "ci_high"]
    return pd.DataFrame(rows, columns=names)


def model_comparison():
    """Return four nested models, each better than the one before."""
    names = ("M0", "M1", "M2", "M3")
    return pd.DataFrame(
        {
            "model": name,
            "formula": "",
            "n_parameters": (7, 11, 17, 29)[i],
            "llf_ml": -3000.0 + 10 * i,
            "llf_reml": -2995.0 + 10 * i,
            "deviance": 6000.0 - 20 * i,
            "aic": 6010.0 - 20 * i,
            "bic": 6030.0 - 20 * i,
            "against": None if i == 0 else names[i - 1],
            "chisq": np.nan if i == 0 else 20.0,
            "chisq_df": (np.nan, 4.0, 6.0, 12.0)[i],
            "p": (np.nan, 0.0005, 0.0025, 0.067)[i],
            "n_obs": 600,
            "n_patients": 80,
            "n_therapists": 9,
        }
        for i, name in enumerate(names)
    )


def variance_components():
    """Return the components of each model."""
    values = {
        "therapist": (2.0, 0.05),
        "patient": (28.0, 0.65),
        "patient_slope": (1.4, np.nan),
        "patient_covariance": (-1.2, np.nan),
        "patient_correlation": (-0.19, np.nan),
        "residual": (12.0, 0.3),
        "r2_marginal": (0.12, np.nan),
        "r2_conditional": (0.74, np.nan),
    }
    return pd.DataFrame(
        {
            "model": model,
            "component": component,
            "value": value,
            "sd": abs(value) ** 0.5,
            "share_at_start": share,
        }
        for model in ("M0", "M1", "M2", "M3")
        for component, (value, share) in values.items()
    )


def certificates(**failed):
    """Return certificates that pass, but for `failed`: model → words of the failure."""
    return pd.DataFrame(
        {
            "model": model,
            "method": method,
            "starts": 4,
            "agreeing": 4,
            "spread": 1e-9,
            "scaled_gradient": 2e-6,
            "smallest_eigenvalue": 0.007,
            "boundary": "",
            "rank": 6,
            "aliased": "",
            "llf": -3000.0,
            "second_engine": "agrees",
            "verdict": failed.get(model, "passed"),
        }
        for model, method in itertools.product(("M0", "M1", "M2", "M3"), ("ML", "REML"))
    )


def engines():
    """Return two engines that agree on each fit."""
    return pd.DataFrame(
        {
            "model": model,
            "method": method,
            "optimiser": "lbfgs",
            "llf": -3000.0,
            "llf_same": -3000.0,
            "llf_statsmodels": -3000.0,
            "shortfall": 0.0,
            "largest_shift": 0.0001,
            "agrees": True,
            "message": "",
        }
        for model, method in itertools.product(("M0", "M1", "M2", "M3"), ("ML", "REML"))
    )


def not_estimated(*rows):
    """Return `not_estimated` with the given rows: model, term, what, why."""
    return pd.DataFrame(list(rows), columns=["model", "term", "what", "why"])


KEY_TERMS = {
    "M2": "time:pattern[repaired]:iip_z",
    "M3": "time:pattern[repaired]:iip_z:length_c",
}


def robustness(model=0.01, cr2=0.02, bootstrap=0.03, df=21.4, n_failed=0, n_units=52):
    """Return the key terms by each method with the given p values; NaN for no bootstrap."""
    rows = []
    for name, term in KEY_TERMS.items():
        for method, p in (("model", model), ("cr2", cr2), ("bootstrap", bootstrap)):
            row = _tested(-0.8, p=p) | {"model": name, "term": term, "method": method}
            drawn = method == "bootstrap"
            if drawn:
                row |= {"df": np.nan, "statistic": np.nan}
                row |= dict.fromkeys(("se", "ci_low", "ci_high"), np.nan) if np.isnan(p) else {}
            elif method == "cr2":
                row |= {"df": df}
            row |= {"unit": "therapist", "n_units": n_units}
            row |= {"n_replicates": 1000 if drawn else np.nan}
            rows.append(row | {"n_failed": n_failed if drawn else np.nan})
    return pd.DataFrame(rows)


def influence(without=(-1.1, -0.8, -0.5)):
    """Return therapists left out, with what the key coefficient of −0.8 then is."""
    return pd.DataFrame(
        {
            "model": model,
            "rank": rank,
            "cook": 0.4 / rank,
            "largest_change": 0.6,
            "largest_term": "time",
            "term": term,
            "estimate": -0.8,
            "estimate_without": value,
            "change": (value + 0.8) / 0.5,
        }
        for model, term in KEY_TERMS.items()
        for rank, value in enumerate(without, start=1)
    )


def diagnostics(**residual):
    """Return diagnostics of a fit that is as its model assumes, but for `residual`."""
    rows = []
    for model in ("M2", "M3"):
        for part in ("residual", "patient_intercept", "patient_slope", "therapist_intercept"):
            row = {"model": model, "part": part, "n": 600, "sd": 1.0, "skewness": 0.1}
            row |= {"excess_kurtosis": -0.1, "n_far": 6, "share_far": 0.01, "expected_far": 0.0027}
            only = {"spread_ratio": 1.1, "trend": 0.02} if part == "residual" else {}
            rows.append(row | only | (residual if part == "residual" else {}))
    return pd.DataFrame(rows)


def diagnostic_quantiles():
    """Return quantiles of each part near the line."""
    expected = np.linspace(-2.5, 2.5, 21)
    return pd.concat(
        pd.DataFrame(
            {"model": "M2", "part": part, "expected": expected, "observed": expected * 1.04}
        )
        for part in ("residual", "patient_intercept", "patient_slope", "therapist_intercept")
    )


def residual_bins(n_patients=40):
    """Return residuals in ten bins."""
    fitted = np.linspace(3, 30, 10)
    mean = (fitted - 16) / 100
    return pd.DataFrame(
        {
            "model": "M2",
            "bin": range(1, 11),
            "n_sessions": 60,
            "n_patients": n_patients,
            "fitted": fitted,
            "mean": mean,
            "low": mean - 0.2,
            "high": mean + 0.2,
            "sd": 1.0,
        }
    )


def effect_sizes(d=-0.4):
    """Return d of contrasts at each iip_z in M2, and moderations of M2 and M3."""
    rows = [("M2", "contrast", contrast, z, np.nan) for contrast in CONTRASTS for z in LEVELS]
    rows += [("M2", "moderation", contrast, np.nan, np.nan) for contrast in CONTRASTS]
    rows += [("M3", "moderation", c, np.nan, float(n)) for c in CONTRASTS for n in LENGTHS]
    table = pd.DataFrame(rows, columns=["model", "kind", "what", "iip_z", "length"])
    known = {"duration": 10, "time_units": np.log(10), "baseline_sd": 7.0, "n_patients": 80}
    return table.assign(d=d, d_low=d - 0.2, d_high=d + 0.2, **known)


def reliable_change(basis="published", n_once=0, **counts):
    """Return reliable change; counts: pattern → improved, unchanged, deteriorated."""
    given = {"none": (20, 20, 10), "unrepaired": (8, 10, 6), "repaired": (7, 0, 5), **counts}
    given = {"all": tuple(map(sum, zip(*given.values(), strict=True))), **given}
    rows = []
    for pattern, numbers in given.items():
        for outcome, n in zip(("improved", "unchanged", "deteriorated"), numbers, strict=True):
            row = {"pattern": pattern, "outcome": outcome, "n": n, "n_rated": sum(numbers)}
            share = n / sum(numbers) if sum(numbers) else np.nan
            row |= {"n_once": n_once, "share": share, "low": share - 0.05, "high": share + 0.05}
            rows.append(row | {"confidence": 0.95, "threshold": 6.0, "basis": basis})
    table = pd.DataFrame(rows)
    if basis == "not recorded":
        table[["n", "share", "low", "high", "threshold"]] = np.nan
    return table


def sensitivity(estimates=(-4.0, -3.0, -2.0), shown=(1, 1, 0), **reasons):
    """Return `sensitivity`: headline, linear time and landmark, a range, a state and steps.

    estimates : of the first three; shown : whether their intervals exclude zero; reasons : by
    variant, why there is none.
    """
    labels = ("Headline (M2)", "Linear time", "Landmark at session 10")
    variants = ("headline", "time_linear", "landmark")
    known = {"part": "A", "question": "What?", "unit": "points", "at_session": 10.0}
    known |= {"n_patients": 514, "n_sessions": 4423, "n_therapists": 52, "certificate": "passed"}
    known |= {"n_none": 297.0, "n_unrepaired": 169.0, "n_repaired": 48.0}
    rows = []
    for effect in CONTRASTS[1::-1]:
        for name, label, estimate, clear in zip(variants, labels, estimates, shown, strict=True):
            se = abs(estimate) / (4 if clear else 1)
            row = known | _tested(estimate, se, 0.001 if clear else 0.3)
            rows.append(row | {"variant": name, "label": label, "effect": effect})
        spread = {"variant": "without_each_therapist", "label": "Without each therapist"}
        rows.append(known | spread | {"effect": effect, "range_low": -5.0, "range_high": -3.5})
        moved = {"variant": "winsorised", "label": "Symptoms winsorised", "effect": effect}
        rows.append(known | moved | _tested(-4.1) | {"limit_low": 1.0, "limit_high": 31.25})
    other = known | {"part": "B", "at_session": np.nan}
    for effect in CONTRASTS[1::-1]:
        state = {"variant": "rupture_state", "label": "Rupture state", "effect": effect}
        rows.append(other | state | _tested(-0.975))
    nobody = dict.fromkeys(("n_none", "n_unrepaired", "n_repaired"), np.nan)
    for before, after in (("alliance", "symptoms"), ("symptoms", "alliance")):
        step = {"variant": f"{before}_to_{after}", "label": f"{before.capitalize()} → {after}"}
        for effect in ("per SD of interpersonal problems", "at average interpersonal problems"):
            rows.append(other | nobody | step | {"effect": effect} | _tested(-0.044, p=0.2))
    table = pd.DataFrame(rows).assign(reason=None)
    numbers = [*_tested(1.0), "range_low", "range_high"]
    for variant, reason in reasons.items():
        own = table["variant"] == variant
        table.loc[own, numbers] = np.nan
        table.loc[own, "reason"] = reason
    return table
