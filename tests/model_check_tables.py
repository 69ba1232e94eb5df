"""Small tables of what checks the models, made by hand, in the form of the file contract."""

import itertools

import model_tables
import numpy as np
import pandas as pd
from model_tables import CONTRASTS, tested


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


KEY_TERMS = [
    ("M2", "time:pattern[repaired]:iip_z"),
    ("M3", "time:pattern[repaired]:iip_z"),
    ("M3", "time:pattern[repaired]:iip_z:length_c"),
]


def robustness(model=0.01, cr2=0.02, bootstrap=0.03, df=21.4, n_failed=0, n_units=52):
    """Return the key terms by each method with the given p values; NaN for no bootstrap."""
    rows = []
    for name, term in KEY_TERMS:
        for method, p in (("model", model), ("cr2", cr2), ("bootstrap", bootstrap)):
            row = tested(-0.8, p=p) | {"model": name, "term": term, "method": method}
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


def sampled(rhat=1.002, ess=1200.0, divergences=0, shift=0.0, wider=1.0):
    """Return what the sampler writes of a headline by `model_tables.headline`.

    shift : of the posterior means from the estimates; wider : posterior by the model's intervals.
    """
    rows = model_tables.headline()
    checks = {"rhat": rhat, "ess_bulk": ess, "ess_tail": ess}
    found = []
    for row in rows[rows["role"] != "averaged"].to_dict("records"):
        half = wider * (row["model_ci_high"] - row["model_ci_low"]) / 2
        mean = row["estimate"] + shift
        found.append(
            {
                "role": row["role"],
                "length": None if np.isnan(row["length"]) else row["length"],
                "mean": mean,
                "median": mean,
                "sd": 0.5,
                "low": mean - half,
                "high": mean + half,
                "below_zero": 0.945,
                **checks,
            }
        )
    sampling = {"chains": 4, "draws": 1000, "seed": 1, "divergences": divergences, **checks}
    environment = {"python": "3", "packages": {"pymc": "5.0.0"}}
    return {"sampling": sampling, "posterior": found, "environment": environment}


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
        for model, term in KEY_TERMS
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
    """Return quantiles of each part near the line, and in the tails a value at each end."""
    expected = np.linspace(-2.5, 2.5, 21)
    tail = [1, *[0] * 19, 1]
    points = {"expected": expected, "observed": expected * 1.04, "tail": tail}
    return pd.concat(
        pd.DataFrame({"model": "M2", "part": part} | points)
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


def session_correlation(r=-0.12):
    """Return `session_correlation`."""
    row = {"n_sessions": 400, "r": r, "ci_low": r - 0.05, "ci_high": r + 0.05, "latent_r": r * 1.1}
    return pd.DataFrame([row])


def shared_noise(estimate=0.9, null=0.3):
    """Return `shared_noise`: the same estimate and null of every term, ± .2 for the null."""
    asked = [("M1", f"time:pattern[{p}]", s) for s in ("all", "without_last") for p in
             ("unrepaired", "repaired")]  # fmt: skip
    moderation = "time:pattern[repaired]:iip_z"
    asked += [(m, moderation, "all") for m in ("M2", "M3")]
    known = {"estimate": estimate, "se": 0.2, "p": 0.01, "ci_low": 0.5, "ci_high": 1.3}
    known |= {"null_mean": null, "null_low": null - 0.2, "null_high": null + 0.2}
    known |= {"null_significant": 0.25, "replicates": 40, "reason": None}
    return pd.DataFrame([{"model": m, "term": t, "sample": s} | known for m, t, s in asked])


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
    known |= {"model": None, "session": np.nan}
    rows = []
    for effect in CONTRASTS[1::-1]:
        for name, label, estimate, clear in zip(variants, labels, estimates, shown, strict=True):
            se = abs(estimate) / (4 if clear else 1)
            row = known | tested(estimate, se, 0.001 if clear else 0.3)
            row |= {"variant": name, "label": label, "effect": effect}
            row["model"] = "M2" if name == "headline" else None
            row["session"] = 10.0 if name == "landmark" else np.nan
            rows.append(row)
        spread = {"variant": "without_each_therapist", "label": "Without each therapist"}
        rows.append(known | spread | {"effect": effect, "range_low": -5.0, "range_high": -3.5})
        moved = {"variant": "winsorised", "label": "Symptoms winsorised", "effect": effect}
        rows.append(known | moved | tested(-4.1) | {"limit_low": 1.0, "limit_high": 31.25})
    other = known | {"part": "B", "at_session": np.nan}
    for variant, label in (("rupture_state", ""), ("rupture_state_next", ", next session")):
        state = {"variant": variant, "label": f"Rupture state{label}"}
        for effect, estimate in zip(
            [*CONTRASTS[1::-1], "unrepaired - none"], (-0.975, -0.975, 1.25), strict=True
        ):
            rows.append(other | state | {"effect": effect} | tested(estimate))
    nobody = dict.fromkeys(("n_none", "n_unrepaired", "n_repaired"), np.nan)
    for before, after in (("alliance", "symptoms"), ("symptoms", "alliance")):
        step = {"variant": f"{before}_to_{after}", "label": f"{before.capitalize()} → {after}"}
        for effect in ("per SD of interpersonal problems", "at average interpersonal problems"):
            rows.append(other | nobody | step | {"effect": effect} | tested(-0.044, p=0.2))
    table = pd.DataFrame(rows).assign(reason=None)
    numbers = [*tested(1.0), "range_low", "range_high"]
    for variant, reason in reasons.items():
        own = table["variant"] == variant
        table.loc[own, numbers] = np.nan
        table.loc[own, "reason"] = reason
    return table
