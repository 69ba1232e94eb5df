"""Small tables of the multiverse made by hand, in the form of the file contract."""

import numpy as np
import pandas as pd

GRID = {
    "scale": ["pooled_within_sd", "own_sd"],
    "k": [1.5, 2.0],
    "reference": ["previous"],
    "max_gap": [1, None],
    "repair_window": [None, 3],
    "repair_tolerance": [0.0, 0.5],
    "aggregate": ["all", "any"],
    "time": ["log", "linear"],
    "length": ["none", "adjusted", "moderator"],
    "baseline": ["none", "adjusted"],
    "patient_terms": ["correlated", "independent"],
    "therapist_terms": ["intercept", "none"],
    "covariates": ["none"],
    "min_sessions": [3, 5],
    "winsorise": [0.0, 0.02],
    "min_patients_per_therapist": [1],
}


def specifications(n=40, seed=1):
    """Return `multiverse_specifications`: the cohort's own analysis, n − 1 drawn."""
    rng = np.random.default_rng(seed)
    rows = [{name: values[0] for name, values in GRID.items()}]
    rows += [
        {name: values[rng.integers(len(values))] for name, values in GRID.items()}
        for _ in range(n - 1)
    ]
    table = pd.DataFrame(rows)
    table[["max_gap", "repair_window"]] = table[["max_gap", "repair_window"]].astype("Int64")
    table.insert(0, "id", [f"{i:012x}" for i in range(n)])
    table.insert(1, "origin", ["own", *["drawn"] * (n - 1)])
    return table


def multiverse(estimates, p, reasons=0):
    """Return `multiverse` with these estimates and p; the last `reasons` have none."""
    n = len(estimates)
    known = np.arange(n) < n - reasons
    estimates = np.where(known, np.asarray(estimates, dtype=float), np.nan)
    return pd.DataFrame(
        {
            "id": [f"{i:012x}" for i in range(n)],
            "at_session": 10,
            "n_patients": 80,
            "n_sessions": 700,
            "n_unclassifiable": 0,
            **{f"n_{pattern}": 20 for pattern in ("none", "unrepaired", "repaired")},
            **{f"percent_{pattern}": 100 / 3 for pattern in ("none", "unrepaired", "repaired")},
            "estimate": estimates,
            "ci_low": estimates - 1,
            "ci_high": estimates + 1,
            "p": np.where(known, np.asarray(p, dtype=float), np.nan),
            "model_p": np.where(known, np.asarray(p, dtype=float), np.nan),
            "length_estimate": np.nan,
            "certificate": np.where(known, "passed", None),
            "reason": np.where(known, None, "fewer than 5 patients had a repaired pattern"),
        }
    )


def influence(**shares):
    """Return `multiverse_influence`: of the moderation by choice, the rest residual."""
    shares = shares or {"time": 0.3, "scale": 0.2, "k": 0.05, "length": 0.1}
    rows = [
        {"outcome": "moderation", "choice": name, "n_values": 2, "df": 1.0, "sum_sq": share}
        | {"share": share, "n_specifications": 40}
        for name, share in (shares | {"residual": 1 - sum(shares.values())}).items()
    ]
    return pd.DataFrame(rows)


def inference(no_rupture=None, permuted=None, observed=(-1.5, 0.7), specifications=40):
    """Return `multiverse_inference`; of each kind p of median and share, or None: not resampled."""
    rows = []
    for kind, tested in (("no_rupture", no_rupture), ("permuted", permuted)):
        for i, statistic in enumerate(("median_estimate", "share_significant")):
            row = {"kind": kind, "statistic": statistic, "specifications": specifications}
            row |= {"observed": observed[i]}
            known = {"expected": 0.05, "low": -0.4, "high": 0.5, "replicates": 100}
            unknown = dict.fromkeys(("expected", "low", "high"), np.nan) | {"replicates": 0}
            row |= unknown if tested is None else known
            rows.append(row | {"p": np.nan if tested is None else tested[i]})
    return pd.DataFrame(rows)


def tables(estimates=None, p=None, **changed):
    """Return the four tables by name, 40 clearly negative estimates unless told otherwise."""
    found = np.linspace(-3, -1, 40) if estimates is None else np.asarray(estimates, dtype=float)
    p_values = np.full(len(found), 0.001) if p is None else p
    made = {
        "multiverse": multiverse(found, p_values),
        "multiverse_specifications": specifications(len(found)),
        "multiverse_influence": influence(),
        "multiverse_inference": inference(),
        "threshold_strip": threshold_strip(),
    }
    return made | changed


def threshold_strip(chosen=1.5):
    """Return `threshold_strip`: fewer ruptures with each step, the same moderation throughout."""
    k = np.round(np.arange(1, 3.001, 0.05), 2)
    n_none = np.round(np.linspace(40, 80, len(k))).astype(int)
    n_repaired = np.round(np.linspace(20, 8, len(k))).astype(int)
    counts = {"none": n_none, "unrepaired": 100 - n_none - n_repaired, "repaired": n_repaired}
    return pd.DataFrame(
        {
            "k": k,
            "chosen": (k == chosen).astype(int),
            "n_patients": 100,
            "n_unclassifiable": 0,
            **{f"n_{name}": n for name, n in counts.items()},
            **{f"percent_{name}": n.astype(float) for name, n in counts.items()},
            "estimate": np.linspace(-1, -3, len(k)),
            "se": 0.5,
            "p": np.linspace(0.06, 0.001, len(k)),
            "ci_low": np.linspace(-2, -4, len(k)),
            "ci_high": np.linspace(0, -2, len(k)),
            "reason": None,
        }
    )
