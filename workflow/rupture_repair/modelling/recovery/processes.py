"""Simulated processes for the type-I error of the headline test (docs/inference.md).

Each case draws symptoms at the study's design from a process in which interpersonal problems do
not moderate how repaired ruptures go with the course. The design is drawn anew for each study:
lengths, caseloads, interpersonal problems, and patterns that are more frequent in longer
treatments. Patterns are given, not detected: what is asked is whether the tests hold their level.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.signal import lfilter

from rupture_repair.config.criteria import PATTERNS
from rupture_repair.modelling.design import time_at

Array = NDArray[np.float64]
# session numbers, in the study's distribution (docs/methods.md, Synthetic cohort)
MIN_LENGTH, MAX_LENGTH, SHIFT, MU, SIGMA = 3, 91, 2.0, 1.667, 0.88
CASELOADS = 3.0  # concentration of the Dirichlet draw of therapists' shares
MISSING = 0.12
R_LENGTH = 0.15  # of interpersonal problems with log length
BY_LENGTH = {"none": 0.0, "unrepaired": 0.9, "repaired": 1.3}  # log odds per unit of log length


@dataclass(frozen=True)
class Size:
    """Patients with each pattern, and therapists."""

    patients: Mapping[str, int]
    therapists: int


STUDY = Size({"none": 297, "unrepaired": 169, "repaired": 48}, 52)


@dataclass(frozen=True)
class Process:
    """Course of symptoms, in points and points per unit of time; SDs unless said otherwise.

    slope_sd : of patients without a repaired rupture. slope_sd_repaired : of the others.
    slope_sd_iip : log ratio of the slopes' SD per SD of interpersonal problems.
    autocorrelation : AR(1) of residuals over session numbers.
    therapist_slope, therapist_iip : of therapists' slopes, and of what an SD of interpersonal
    problems adds to them.
    linear : the course is linear in the session number, not in its logarithm.
    iip_length : what interpersonal problems × log length add to the slope, whatever the pattern.
    t_df : residuals from a t distribution of so many df, in place of normal ones. floor : no
    symptoms lie below.
    moderation, by_length : slope that an SD of interpersonal problems adds in patients with
    repaired ruptures at average length, and what a unit of log length adds to that.
    """

    mean: float = 19.7
    intercept_sd: float = 6.0
    residual_sd: float = 3.5
    slope: float = -2.6
    slope_iip: float = 0.2
    slope_sd: float = 1.2
    slope_sd_repaired: float = 1.2
    slope_sd_iip: float = 0.0
    autocorrelation: float = 0.0
    therapist_sd: float = 1.7
    therapist_slope: float = 0.0
    therapist_iip: float = 0.0
    linear: bool = False
    iip_length: float = 0.0
    t_df: float | None = None
    floor: float | None = None
    moderation: float = 0.0
    by_length: float = 0.0


@dataclass(frozen=True)
class Case:
    """One truth: what is said of it, and the process."""

    words: str
    process: Process = field(default_factory=Process)


CASES = {
    "model": Case("the model"),
    "autocorrelation": Case("AR(1) residuals, .5", Process(autocorrelation=0.5)),
    "variance_by_pattern": Case(
        "repaired patients' slopes vary more (1.8 : .9)",
        Process(slope_sd=0.9, slope_sd_repaired=1.8),
    ),
    "variance_by_iip": Case(
        "slope variance grows with interpersonal problems", Process(slope_sd_iip=0.35)
    ),
    "therapists": Case(
        "therapists differ in slope and in its dependence on problems",
        Process(therapist_slope=0.6, therapist_iip=0.5),
    ),
    "linear_time": Case("time linear, fitted as log", Process(linear=True)),
    "iip_length": Case(
        "interpersonal problems × length acts, no moderation", Process(iip_length=0.5)
    ),
    "heavy_tails": Case("t(3) residuals", Process(t_df=3.0)),
    "floor": Case("floor", Process(mean=9.0, floor=0.0)),
}

# the moderations of the shipped synthetic cohort, and one that is the same at all lengths
POWER = {
    "planted": Case(
        "−0.8 at average length, −1.2 more per unit of log length",
        Process(moderation=-0.8, by_length=-1.2),
    ),
    "constant": Case("−0.8 at every length", Process(moderation=-0.8)),
}


def draw_study(size: Size, process: Process, rng: np.random.Generator) -> pd.DataFrame:
    """Return the analysis table of one study, a row per rated session (`design.COLUMNS`)."""
    people = _people(size, rng)
    session = np.concatenate([np.arange(1, n + 1) for n in people["length"]])
    who = np.repeat(np.arange(len(people)), people["length"])
    table = people.iloc[who].reset_index(drop=True).assign(session=session)
    table["time"] = time_at(table["session"].astype(float), "log")
    table["symptoms"] = _symptoms(people, who, table["session"].to_numpy(), process, rng)
    rated = (rng.random(len(table)) >= MISSING) | (session <= 2)
    table = table[rated]
    return table.sort_values(["therapist_id", "patient_id", "session"], ignore_index=True)


def _people(size: Size, rng: np.random.Generator) -> pd.DataFrame:
    n = sum(size.patients.values())
    length = np.round(SHIFT + np.exp(rng.normal(MU, SIGMA, n)))
    length = np.clip(length, MIN_LENGTH, MAX_LENGTH).astype(int)
    log = np.log(length)
    standard = (log - log.mean()) / log.std()
    iip = R_LENGTH * standard + np.sqrt(1 - R_LENGTH**2) * rng.normal(size=n)
    share = rng.dirichlet(np.full(size.therapists, CASELOADS))
    # every therapist has a patient
    extra = rng.choice(size.therapists, n - size.therapists, p=share)
    therapist = rng.permutation(np.concatenate([np.arange(size.therapists), extra]))
    pattern = np.full(n, "none", dtype=object)
    for name in PATTERNS[1:]:
        free = np.flatnonzero(pattern == "none")
        odds = np.exp(BY_LENGTH[name] * standard[free])
        pattern[rng.choice(free, size.patients[name], replace=False, p=odds / odds.sum())] = name
    return pd.DataFrame(
        {
            "patient_id": [f"P{k:05d}" for k in range(n)],
            "therapist_id": [f"T{k:04d}" for k in therapist],
            "iip": iip,
            "iip_z": (iip - iip.mean()) / iip.std(ddof=1),
            "length": length,
            "length_c": log - log.mean(),
            "pattern": pd.Categorical(pattern, PATTERNS),
        }
    )


def _symptoms(
    people: pd.DataFrame,
    who: NDArray[np.intp],
    session: NDArray[np.int64],
    process: Process,
    rng: np.random.Generator,
) -> Array:
    n, iip, length = len(people), people["iip_z"].to_numpy(), people["length_c"].to_numpy()
    repaired = (people["pattern"] == "repaired").to_numpy()
    therapist = pd.factorize(people["therapist_id"])[0]
    of_therapist = rng.normal(size=(3, therapist.max() + 1))[:, therapist]
    spread = np.where(repaired, process.slope_sd_repaired, process.slope_sd)
    spread = spread * np.exp(process.slope_sd_iip * iip)
    level = process.mean + 3.5 * iip + process.intercept_sd * rng.normal(size=n)
    level += process.therapist_sd * of_therapist[0]
    slope = process.slope + process.slope_iip * iip + spread * rng.normal(size=n)
    slope += (
        process.therapist_slope * of_therapist[1] + process.therapist_iip * of_therapist[2] * iip
    )
    slope += process.iip_length * iip * length
    slope += repaired * iip * (process.moderation + process.by_length * length)
    time = np.log(session)
    if process.linear:
        # as much change by session 10 as on the logarithmic scale
        time = (session - 1.0) * np.log(10) / 9
    symptoms = level[who] + slope[who] * time + process.residual_sd * _noise(session, process, rng)
    return symptoms if process.floor is None else np.maximum(symptoms, process.floor)


def _noise(session: NDArray[np.int64], process: Process, rng: np.random.Generator) -> Array:
    """Return residuals of variance 1; each patient's start anew."""
    n = len(session)
    if process.t_df is not None:
        return rng.standard_t(process.t_df, n) / np.sqrt(process.t_df / (process.t_df - 2))
    noise = rng.normal(size=n)
    if not process.autocorrelation:
        return noise
    first = np.flatnonzero(session == 1)
    parts = []
    for part in np.split(noise, first[1:]):
        step = part * np.sqrt(1 - process.autocorrelation**2)
        step[0] = part[0]
        parts.append(lfilter([1.0], [1.0, -process.autocorrelation], step))
    return np.concatenate(parts)
