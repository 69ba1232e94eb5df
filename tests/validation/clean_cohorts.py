"""Cohorts in which nothing is wrong, drawn in two ways.

`shipped` draws with the workflow's own generator; `other` shares nothing with it: other
questionnaires, skewed symptoms with a floor, ceilings, few therapists, few sessions, rows left out.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import yaml
from rupture_repair.cohort.synthetic import Targets, simulate
from rupture_repair.config.criteria import Criterion
from rupture_repair.config.instruments import Instrument
from rupture_repair.config.synthetic import Synthetic
from rupture_repair.detection.detector import classifier

ROOT = Path(__file__).parents[2]
LIBRARY = yaml.safe_load((ROOT / "config/instruments.yaml").read_text(encoding="utf-8"))
ALLIANCES = ("SAI", "WAI-SR", "WAI-S", "HAQ-II", "SRS")
SYMPTOMS = ("PHQ-9", "GAD-7", "CORE-10", "OQ-45")
PROBLEMS = ("IIP-32", "IIP-64")


@dataclass(frozen=True)
class Cohort:
    """Tidy tables and the questionnaires by role."""

    patients: pd.DataFrame
    sessions: pd.DataFrame
    instruments: dict[str, Instrument]


def shipped(seed: int, n: int | None = None) -> Cohort:
    """Draw 60 to 600 patients (or `n`) like the shipped cohort."""
    rng = np.random.default_rng([17, seed])
    n = int(rng.integers(60, 601)) if n is None else n
    cohort = yaml.safe_load((ROOT / "config/cohorts/igra2025.yaml").read_text(encoding="utf-8"))
    repaired, unrepaired = round(0.093 * n), round(0.329 * n)
    patterns = {"none": n - repaired - unrepaired, "unrepaired": unrepaired, "repaired": repaired}
    therapists = max(3, round(n / rng.uniform(5, 20)))
    targets = Targets(n, therapists, None, None, 3, 91, patterns)
    tools = _tools(*cohort["instruments"].values())
    spec = Synthetic(**cohort["synthetic"] | {"seed": seed})
    found = simulate(spec, targets, tools, classifier(Criterion()))
    sessions = found.sessions.astype({"session": float})
    return Cohort(found.patients, sessions, tools)


def other(seed: int, n: int | None = None, **fixed: Any) -> Cohort:
    """Draw 60 to 600 patients (or `n`) whose kind is drawn, too; `fixed` sets parts of the kind."""
    rng = np.random.default_rng([18, seed])
    n = int(rng.integers(60, 601)) if n is None else n
    kind = {
        "alliance": str(rng.choice(ALLIANCES)),
        "symptoms": str(rng.choice(SYMPTOMS)),
        "iip": str(rng.choice(PROBLEMS)),
        "therapists": int(rng.integers(2, max(4, n // 4))),
        "caseload_sd": rng.uniform(0.2, 0.8),  # of log caseloads
        "mean_sessions": rng.uniform(4, 20),
        "autocorrelation": rng.uniform(0, 0.6),
        "therapist_share": rng.uniform(0, 0.15),
        "r_alliance_symptoms": rng.uniform(-0.4, 0.0),
        "r_iip_symptoms": rng.uniform(0.1, 0.6),
        "missing": rng.uniform(0, 0.25),
        "rows_left_out": bool(rng.random() < 0.5),
        "dates": bool(rng.random() < 0.5),
        "alliance_level": rng.uniform(0.5, 0.85),  # of the range
        "symptom_level": rng.uniform(0.2, 0.55),  # of the range, at the start
        "skew": rng.uniform(0, 1),
    } | fixed
    tools = _tools(kind["alliance"], kind["symptoms"], kind["iip"])
    lengths = 3 + rng.negative_binomial(1.2, 1.2 / (kind["mean_sessions"] - 2), n)
    lengths = np.minimum(lengths, 80)
    weights = np.exp(kind["caseload_sd"] * rng.standard_normal(kind["therapists"]))
    therapist = rng.choice(kind["therapists"], n, p=weights / weights.sum())
    r, q = kind["r_alliance_symptoms"], kind["r_iip_symptoms"]
    trait = rng.multivariate_normal([0, 0, 0], [[1, r, 0], [r, 1, q], [0, q, 1]], n)
    share = kind["therapist_share"]
    for column in range(2):
        own = rng.standard_normal(kind["therapists"])[therapist]
        trait[:, column] = np.sqrt(1 - share) * trait[:, column] + np.sqrt(share) * own
    who = np.repeat(np.arange(n), lengths)
    session = np.arange(len(who)) - np.repeat(np.cumsum(lengths) - lengths, lengths) + 1
    time = np.log(session)
    patient_share = rng.uniform(0.4, 0.75)
    spread = rng.uniform(0.12, 0.2)  # SD of the alliance, of the range
    wobble = _ar1(rng, who, session, kind["autocorrelation"])
    alliance = kind["alliance_level"] + spread * np.sqrt(patient_share) * trait[who, 0]
    alliance += 0.01 * time + spread * np.sqrt(1 - patient_share) * wobble
    drops = rng.random(len(who)) < 0.02
    alliance -= drops * spread * rng.gamma(3, 0.5, len(who))
    level = kind["symptom_level"] * np.exp(0.5 * kind["skew"] * trait[:, 1])
    level += 0.12 * (1 - kind["skew"]) * trait[:, 1]
    slope = -level * np.abs(rng.normal(0.2, 0.15, n))
    noise = _ar1(rng, who, session, kind["autocorrelation"])
    size = 0.03 + 0.2 * np.clip(level, 0, 1)[who] * rng.uniform(0.5, 1.0)
    symptoms = level[who] + slope[who] * time + size * noise
    sessions = pd.DataFrame(
        {
            "patient_id": np.array([f"P{i:04d}" for i in rng.permutation(n)])[who],
            "session": session.astype(float),
            "alliance": _scores(alliance, tools["alliance"]),
            "symptoms": _scores(symptoms, tools["symptoms"]),
        }
    )
    patients = sessions[["patient_id"]].drop_duplicates(ignore_index=True)
    iip = _scores(0.38 + 0.15 * trait[:, 2], tools["iip"])
    patients = patients.assign(therapist_id=[f"T{t:02d}" for t in therapist], iip=iip)
    if kind["dates"]:
        begins = rng.uniform(0, 900, n)
        days = begins[who] + 7 * session + rng.integers(-2, 3, len(who))
        sessions["date"] = pd.Timestamp("2021-01-04") + pd.to_timedelta(np.rint(days), unit="D")
    absent = (rng.random(len(who)) < kind["missing"]) & (session > 1)
    if kind["rows_left_out"]:
        sessions = sessions[~absent].reset_index(drop=True)
    else:
        sessions.loc[absent, ["alliance", "symptoms"]] = np.nan
    return Cohort(patients, sessions, tools)


def _tools(*names: str) -> dict[str, Instrument]:
    roles = ("alliance", "symptoms", "iip")
    return {role: Instrument(**LIBRARY[name]) for role, name in zip(roles, names, strict=True)}


def _scores(share: np.ndarray, tool: Instrument) -> np.ndarray:
    """Turn shares of the range into possible scores."""
    points = tool.minimum + np.clip(share, 0, 1) * (tool.maximum - tool.minimum)
    step = tool.step or 0.1
    return np.round(tool.minimum + np.rint((points - tool.minimum) / step) * step, 2)


def _ar1(rng: np.random.Generator, who: np.ndarray, session: np.ndarray, rho: float) -> np.ndarray:
    shocks = rng.standard_normal(len(who))
    noise = shocks.copy()
    for row in np.flatnonzero(session > 1):
        noise[row] = rho * noise[row - 1] + np.sqrt(1 - rho**2) * shocks[row]
    return noise
