"""Small cohorts, and the likelihood by brute force: dense matrices, no profiling."""

import numpy as np
import pandas as pd
from rupture_repair.modelling.engine.structure import Structure


def relative_covariance(table: pd.DataFrame, structure: Structure, theta) -> np.ndarray:
    """V of Var(y) = σ²V, shape (n, n)."""
    z = np.column_stack([np.ones(len(table)), table["time"]])
    patient, therapist = structure.covariances(np.asarray(theta, dtype=float))
    same_patient = np.equal.outer(table["patient_id"].to_numpy(), table["patient_id"].to_numpy())
    v = np.eye(len(table)) + same_patient * (z @ patient @ z.T)
    if "therapist_id" in table:
        carers = table["therapist_id"].to_numpy()
        v = v + np.equal.outer(carers, carers) * (z @ therapist @ z.T)
    return v


def deviance(y, x, v, reml: bool) -> float:
    """−2 log-likelihood with b and σ² profiled out, or the REML criterion."""
    inverse = np.linalg.inv(v)
    xvx = x.T @ inverse @ x
    b = np.linalg.solve(xvx, x.T @ inverse @ y)
    residual = y - x @ b
    dof = len(y) - reml * x.shape[1]
    sigma2 = residual @ inverse @ residual / dof
    value = dof * (1 + np.log(2 * np.pi * sigma2)) + np.linalg.slogdet(v)[1]
    return float(value + reml * np.linalg.slogdet(xvx)[1])


def duplicated(table: pd.DataFrame, patients=None, therapists=None) -> pd.DataFrame:
    """Rows repeated by integer multiplicity, copies being patients and therapists of their own."""
    parts = []
    for (carer, patient), rows in table.groupby(["therapist_id", "patient_id"], sort=False):
        for outer in range(1 if therapists is None else therapists[carer]):
            for inner in range(1 if patients is None else patients[patient]):
                ids = {
                    "patient_id": f"{patient}/{outer}/{inner}",
                    "therapist_id": f"{carer}/{outer}",
                }
                parts.append(rows.assign(**ids))
    return pd.concat(parts, ignore_index=True)


def tiny_cohort(seed=1, n_patients=18, n_therapists=4) -> pd.DataFrame:
    """Sessions with everything awkward: one-session patients, repeated times, unequal caseloads."""
    rng = np.random.default_rng(seed)
    lengths = rng.integers(1, 8, n_patients)
    who = np.repeat(np.arange(n_patients), lengths)
    time = np.round(np.concatenate([np.log(np.arange(n) + 1) for n in lengths]), 4)
    time[who == who[-1]] = 0.7  # a patient whose times do not vary
    carer = np.sort(rng.integers(0, n_therapists, n_patients))
    carer[:n_therapists] = np.arange(n_therapists)
    pattern = rng.choice(["none", "unrepaired", "repaired"], n_patients)
    pattern[:3] = ["none", "unrepaired", "repaired"]
    z = np.round(rng.normal(size=n_patients), 3)
    level, slope, centre = (
        rng.normal(size=n_patients) * 3,
        rng.normal(size=n_patients),
        rng.normal(size=n_therapists),
    )
    y = 10 + level[who] + centre[carer[who]] + (slope[who] - 1) * time + rng.normal(size=len(who))
    table = pd.DataFrame(
        {
            "patient_id": [f"P{n:02d}" for n in who],
            "therapist_id": [f"T{n}" for n in carer[who]],
            "time": time,
            "pattern": pd.Categorical(pattern[who], ["none", "unrepaired", "repaired"]),
            "z": z[who],
            "mood": np.round(rng.normal(size=len(who)), 3),
            "y": y,
        }
    )
    return table.sample(frac=1, random_state=seed).reset_index(drop=True)
