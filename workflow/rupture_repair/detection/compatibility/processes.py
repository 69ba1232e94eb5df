"""Alliance processes from pure noise to real ruptures with repair, on stated ranges."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.stats import qmc

from rupture_repair.detection.grid import Grid
from rupture_repair.detection.series import Floats, Series

# Ranges from which processes are drawn, uniformly (the rupture rate: uniformly in its logarithm).
# All are assumptions; sources of those that lean on published figures are in docs/methods.
NOISE: dict[str, tuple[float, float]] = {
    "person_share": (0.40, 0.85),  # of the variance of ratings, between patients
    "autocorrelation": (0.0, 0.6),  # of successive sessions within patients
    "spread_of_noise": (0.0, 0.6),  # SD of the logarithm of patients' own noise SDs
    "total_sd": (0.10, 0.25),  # of ratings, as a share of the instrument's range
    "headroom": (0.75, 2.25),  # from the mean of first ratings to the maximum, in total SDs
    "rise": (0.0, 0.15),  # total SDs per unit of log(session)
}
RUPTURES: dict[str, tuple[float, float]] = {
    "rupture_rate": (0.01, 0.15),  # chance per rated session after the first
    "drop": (1.5, 4.5),  # in the patient's own noise SDs
    "repair_chance": (0.1, 0.9),  # that a rupture ends within the next sessions
    "recovery": (0.0, 0.6),  # share of the drop regained in the long run without repair
}
# sessions until a repaired rupture is over: each equally likely
REPAIR_WITHIN = 3
RECOVERY_SESSIONS = 3.0


@dataclass(frozen=True)
class Family:
    """Processes of one kind: `noise` alone, or `ruptures` on top of it."""

    name: str
    processes: pd.DataFrame


def draw_families(n: int, seed: int) -> tuple[Family, Family]:
    """Return `n` processes of each family, spread evenly over the ranges (scrambled Sobol points).

    n : a power of two, else the points are less even. Columns are the keys of `NOISE`, and of
    `RUPTURES` where there are any; both families share their noise, so that they differ in
    ruptures alone.
    """
    ranges = NOISE | RUPTURES
    unit = qmc.Sobol(len(ranges), rng=np.random.default_rng(seed)).random(n)
    low, high = np.array(list(ranges.values())).T
    values = pd.DataFrame(low + unit * (high - low), columns=list(ranges))
    rate = np.log(RUPTURES["rupture_rate"])
    place = unit[:, list(ranges).index("rupture_rate")]
    values["rupture_rate"] = np.exp(rate[0] + place * (rate[1] - rate[0]))
    return Family("noise", values[list(NOISE)]), Family("ruptures", values)


def simulate_ratings(
    series: Series, grid: Grid, processes: pd.DataFrame, rng: np.random.Generator
) -> Floats:
    """Return ratings of a cohort of each process, shape (n_processes, n_ratings).

    series : who is rated in which session; its ratings play no part.
    grid : ratings the instrument allows, points.
    """
    value = {name: processes[name].to_numpy()[:, None] for name in processes}
    total = value["total_sd"] * (grid.maximum - grid.minimum)
    size = (len(processes), len(series.patients))
    # E exp(2hZ − 2h²) = 1: patients' noise variances have the stated mean
    spread = value["spread_of_noise"]
    own = np.exp(spread * rng.standard_normal(size) - spread**2)
    noise_sd = total * np.sqrt(1 - value["person_share"]) * own
    level = grid.maximum - value["headroom"] * total
    level = level + total * np.sqrt(value["person_share"]) * rng.standard_normal(size)
    shape = (len(processes), len(series.rating))
    noise = _autoregressive(series, value["autocorrelation"], rng.standard_normal(shape))
    fall = _falls(series, value, size, rng) if "rupture_rate" in value else 0.0
    course = level[:, series.patient] + value["rise"] * total * np.log(series.session)
    return grid.onto(course + noise_sd[:, series.patient] * (noise - fall))


def _autoregressive(series: Series, ar: Floats, draws: Floats) -> Floats:
    """Turn white noise into AR(1) noise of variance 1 that decays over unrated sessions."""
    gap = np.ones(len(series.rating))
    gap[1:] = np.maximum(series.session[1:] - series.session[:-1], 1)
    decay = ar ** gap[None, :]
    fresh = np.sqrt(1 - decay**2)
    for at in _by_position(series)[1:]:
        draws[:, at] = decay[:, at] * draws[:, at - 1] + fresh[:, at] * draws[:, at]
    return draws


def _falls(
    series: Series, value: dict[str, Floats], size: tuple[int, int], rng: np.random.Generator
) -> Floats:
    """Return how far each rating lies below the course through ruptures, in own noise SDs.

    A patient has one rupture at a time; one that is not repaired lasts to the end of treatment,
    and a new one replaces what is left of it.
    """
    fall = np.zeros((size[0], len(series.rating)))
    age = np.full(size, -1)  # rated sessions since the rupture began, −1 without one
    until = np.zeros(size)  # age at which it is over; infinite without repair
    for position, at in enumerate(_by_position(series)):
        who = series.patient[at]
        if position == 0:
            continue
        shape = (size[0], len(at))
        now, end = age[:, who], until[:, who]
        now = np.where(now >= 0, now + 1, -1)
        now = np.where(now >= end, -1, now)
        begins = rng.random(shape) < value["rupture_rate"]
        begins &= (now < 0) | np.isinf(end)
        repaired = rng.random(shape) < value["repair_chance"]
        lasts = np.where(repaired, rng.integers(1, REPAIR_WITHIN + 1, shape), np.inf)
        now, end = np.where(begins, 0, now), np.where(begins, lasts, end)
        regained = value["recovery"] * (1 - np.exp(-np.maximum(now, 0) / RECOVERY_SESSIONS))
        left = np.where(np.isinf(end), 1 - regained, 1.0)
        fall[:, at] = np.where(now >= 0, value["drop"] * left, 0.0)
        age[:, who], until[:, who] = now, end
    return fall


def _by_position(series: Series) -> list[np.ndarray]:
    """Return the places of all first ratings, of all second ratings, and so on."""
    order = np.argsort(series.position, kind="stable")
    return np.split(order, np.cumsum(np.bincount(series.position)))[:-1]
