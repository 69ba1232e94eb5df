"""Small tables of model results made by hand, in the form of the file contract."""

import itertools

import numpy as np
import pandas as pd

PATTERNS = ("none", "unrepaired", "repaired")
CONTRASTS = ("repaired - unrepaired", "repaired - none", "unrepaired - none")
LENGTHS = (5, 10, 20)
LEVELS = (-1.0, 0.0, 1.0)


def tested(estimate, se=0.5, p=0.01):
    """Return the columns of a tested estimate."""
    return {
        "estimate": estimate,
        "se": se,
        "df": 123.4,
        "statistic": estimate / se,
        "p": p,
        "ci_low": estimate - 1.96 * se,
        "ci_high": estimate + 1.96 * se,
    }


def reported(found, reason="only 2 patients had a repaired pattern"):
    """Return the columns of an estimate with the inference that is reported.

    found : estimate and p, or None for nothing, which `reason` explains.
    """
    own = ("se", "df", "p", "ci_low", "ci_high")
    if found is None:
        names = [*tested(1.0), "clusters", *(f"model_{name}" for name in own)]
        return dict.fromkeys(names, np.nan) | {"clusters": None, "reason": reason}
    row = tested(found[0], p=found[1])
    model = {f"model_{name}": row[name] for name in own}
    return row | {"clusters": "therapist"} | model | {"reason": None}


def headline(
    average=(-0.8, 0.01),
    short=(-0.2, 0.5),
    middle=(-1.0, 0.01),
    long=(-2.0, 0.001),
    by_length=(-0.5, 0.01),
    averaged=(-0.9, 0.01),
    model="M3",
):
    """Return `headline`; of M2 alone, where all treatments have the same length."""
    at = [
        ("at length", length, found)
        for length, found in zip(LENGTHS, (short, middle, long), strict=True)
    ]
    rows = [("headline", np.nan, average), *at, ("by length", np.nan, by_length)]
    rows.append(("averaged", np.nan, averaged))
    if model == "M2":
        rows = [rows[0], ("by length", np.nan, None)]
    table = pd.DataFrame(
        {"role": role, "length": length, **reported(found)} for role, length, found in rows
    )
    is_m2 = table["role"].eq("averaged") | (table["role"].eq("headline") & (model == "M2"))
    return table.assign(model=np.where(is_m2, "M2", "M3"), contrast="repaired - none")


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
                rows.append({"model": model, "term": term, **tested(found[0], p=found[1])})
    return pd.DataFrame(rows)


def simple_slopes():
    """Return slopes of M3 that grow with pattern and length."""
    return pd.DataFrame(
        {
            "model": "M3",
            "pattern": pattern,
            "iip_z": level,
            "length": float(length),
            **reported((-2.0 + 0.5 * PATTERNS.index(pattern) - 0.3 * level - 0.02 * length, 0.01)),
        }
        for pattern, level, length in itertools.product(PATTERNS, LEVELS, LENGTHS)
    )


def contrasts(few=-0.3, many=-0.7, p=0.01, **of_m1):
    """Return contrasts of M1, of M2 and M3 at average length, and of M3 at each length.

    few, many : the estimate in patients with few and with many interpersonal problems.
    of_m1 : pattern → estimate and p against no rupture in M1, or None.
    """
    estimates = dict(zip(LEVELS, np.linspace(few, many, len(LEVELS)), strict=True))
    rows = [
        {"model": "M1", "contrast": c, "iip_z": 0.0, "length": np.nan}
        | reported(of_m1.get(c.removesuffix(" - none"), (-0.8, 0.01)))
        for c in CONTRASTS
    ]
    places = [("M2", np.nan), ("M3", np.nan), *(("M3", float(length)) for length in LENGTHS)]
    rows += [
        {"model": model, "contrast": contrast, "iip_z": level, "length": length}
        | reported((estimates[level], p))
        for contrast, level, (model, length) in itertools.product(CONTRASTS, LEVELS, places)
    ]
    return pd.DataFrame(rows)


def moderation(estimate=-0.8):
    """Return by how much each difference of slopes changes per SD, in M2 and at each length."""
    places = [("M2", np.nan), ("M3", np.nan), *(("M3", float(length)) for length in LENGTHS)]
    return pd.DataFrame(
        {"model": model, "contrast": contrast, "length": length, **reported((estimate, 0.01))}
        for model, length in places
        for contrast in CONTRASTS
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
            "model": "M3",
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


def moderation_curve(lengths=(5.0, 10.0, 20.0), slope=-4.0):
    """Return `moderation_curve`: no effect at the first length, `slope` per unit at the last."""
    iip = np.linspace(0.2, 3.2, 31)
    parts = []
    for place, length in enumerate(lengths):
        share = place / max(len(lengths) - 1, 1)
        estimate = share * slope * (iip - 1.5)
        known = {"length": length, "iip_z": (iip - 1.5) / 0.6, "iip": iip, "estimate": estimate}
        parts.append(pd.DataFrame(known | {"ci_low": estimate - 2, "ci_high": estimate + 2}))
    return pd.concat(parts, ignore_index=True)


def johnson_neyman_curve():
    """Return the difference of slopes over the observed range."""
    rows = []
    for contrast in CONTRASTS:
        for iip_z in np.linspace(-2, 2.4, 12):
            found = -0.6 * iip_z
            rows.append((contrast, iip_z, found, found - 0.8, found + 0.8))
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
            "interaction_chisq": np.nan if i == 0 else 12.0,
            "interaction_df": np.nan if i == 0 else 2.0,
            "interaction_p": (np.nan, 0.0025, 0.0025, 0.067)[i],
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


def not_estimated(*rows):
    """Return `not_estimated` with the given rows: model, term, what, why."""
    return pd.DataFrame(list(rows), columns=["model", "term", "what", "why"])


def effect_sizes(d=-0.4):
    """Return d of contrasts at each iip_z at average length, and moderations of M2 and M3."""
    rows = [
        (model, "contrast", contrast, z, np.nan)
        for model in ("M2", "M3")
        for contrast in CONTRASTS
        for z in LEVELS
    ]
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
