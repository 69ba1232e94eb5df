"""Cohorts without any rupture, drawn apart from the package, and what is said of them."""

from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from rupture_repair.config.criteria import PATTERNS, Criterion
from rupture_repair.detection.chance import chance_by_criterion
from rupture_repair.detection.grid import Grid
from scipy.signal import lfilter

SIXTHS = Grid(0, 5, 1 / 6, items=6)
CRITERIA = {
    "igra2025_style": Criterion(),
    "case_sensitive_2sd": Criterion(scale="own_sd", k=2),
}
MISSING = 0.12


@dataclass(frozen=True)
class World:
    """What is true of the ratings.

    ar : autocorrelation of the noise. spread : SD of the logarithm of patients' noise SDs; `two` :
    instead of that, every third patient has three times the SD of the others. tails : degrees of
    freedom of t-distributed shocks, 0 for normal ones. drift : SD of patients' own slopes on
    log(session). level : mean of first ratings, of 0 to 5.
    """

    name: str
    ar: float = 0.25
    spread: float = 0.0
    two: bool = False
    tails: int = 0
    drift: float = 0.0
    level: float = 3.5
    n_patients: int = field(default=514)


WORLDS = (
    World("as the model says"),
    World("noise differs, SD of log .6", spread=0.6),
    World("many at the ceiling", level=4.3),
    World("many at the ceiling, noise differs, SD of log .5", level=4.3, spread=0.5),
    World("white noise", ar=0.0),
    World("autocorrelation .5", ar=0.5),
    World("100 patients, noise differs, SD of log .5", spread=0.5, n_patients=100),
    World("t(5) shocks", tails=5),
    World("every third patient has three times the noise", two=True),
    World("patients have slopes of their own, SD .25", drift=0.25),
)


def cohort(world: World, rng: np.random.Generator) -> pd.DataFrame:
    """Return a long table with the study's lengths; 12 % of the ratings are missing."""
    n = world.n_patients
    lengths = np.maximum(3, np.rint(2 + np.exp(rng.normal(1.667, 0.88, n)))).astype(int)
    lengths = np.minimum(lengths, 91)
    courses = []
    for patient, length in enumerate(lengths):
        shocks = rng.standard_normal(length)
        if world.tails:
            shocks = rng.standard_t(world.tails, length) * np.sqrt(1 - 2 / world.tails)
        shocks[1:] *= np.sqrt(1 - world.ar**2)
        noise = lfilter([1], [1, -world.ar], shocks)
        own = np.exp(world.spread * rng.standard_normal() - world.spread**2)
        if world.two:  # mean variance 1, as in the others
            own = np.sqrt(3 / 11) * (3 if patient % 3 == 0 else 1)
        when = np.log(np.arange(1, length + 1))
        level = world.level + 0.74 * rng.standard_normal()
        slope = 0.06 + world.drift * rng.standard_normal()
        rating = SIXTHS.onto(level + slope * when + 0.6 * own * noise)
        missing = rng.random(length) < MISSING
        missing[0] = False
        rating[missing] = np.nan
        courses.append(np.round(rating, 2))
    return pd.DataFrame(
        {
            "patient_id": np.repeat(np.arange(n), lengths),
            "session": np.concatenate([np.arange(1, length + 1) for length in lengths]),
            "alliance": np.concatenate(courses),
        }
    )


def judged(world: World, replicates: int, seed: int) -> pd.DataFrame:
    """Return what is said of one cohort: `criterion, pattern, excess, fewer, more`."""
    rng = np.random.default_rng(seed)
    given = cohort(world, rng)
    rows = chance_by_criterion(given, CRITERIA, SIXTHS, replicates, seed, ["simulated"])
    return rows.assign(fewer=rows["excess_high"] < 0, more=rows["excess_low"] > 0)[
        ["criterion", "pattern", "excess", "fewer", "more"]
    ]


def rates(world: World, cohorts: int, replicates: int, seed: int) -> pd.DataFrame:
    """Return bias (percentage points) and how often `fewer` or `more` is said."""
    every = pd.concat([judged(world, replicates, seed + n) for n in range(cohorts)])
    found = every.groupby(["criterion", "pattern"], sort=False)
    table = found[["excess", "fewer", "more"]].mean().reset_index()
    table["excess_se"] = found["excess"].sem().to_numpy()
    return table[table["pattern"].isin(PATTERNS)]
