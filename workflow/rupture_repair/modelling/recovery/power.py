"""Power of the moderation test in a planned cohort, and the size that a target power needs."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from scipy import stats

from rupture_repair.config.planted import REPAIRED
from rupture_repair.config.reporting import ALPHA
from rupture_repair.modelling.recovery.run import Progress, run_studies
from rupture_repair.modelling.recovery.scenarios import Scenario, Setting
from rupture_repair.modelling.recovery.summary import share

TERM = f"time:{REPAIRED}:iip_z"
# the search ends when the power is this close to its target or within its Monte Carlo error, or
# after this many sizes
NEAR_ENOUGH, MAX_SIZES = 0.02, 6
# largest ratio of a size to the range of sizes tried before
MAX_STEP = 4.0
MIN_PATIENTS = 60


@dataclass(frozen=True)
class Power:
    """Power at one size; `mc_se` is its Monte Carlo standard error.

    unidentified : studies in which the test could not be made; they count as finding nothing.
    """

    patients: int
    therapists: int
    power: float
    mc_se: float
    replicates: int
    unidentified: int


@dataclass(frozen=True)
class Plan:
    """What is assumed of all sizes: the setting, the effect and how it is simulated.

    effect : slope that an SD of interpersonal problems adds in patients with repaired ruptures,
        points per log(session), beside patients without rupture.
    """

    setting: Setting
    effect: float
    replicates: int
    seed: int
    cores: int

    @property
    def scenario(self) -> Scenario:
        """The truth: the moderation asked for, the same at all lengths."""
        changes = {"slope_repaired_iip": self.effect, "slope_repaired_iip_length": 0.0}
        return Scenario("planned", "a planned cohort", ("M2",), changes)


def sized(setting: Setting, patients: int, therapists: int) -> Setting:
    """Return the setting for another number of patients and therapists.

    The shares of the patterns stay, to the nearest patient; lengths come from their distribution.
    Raises `ValueError` when there are fewer patients than therapists.
    """
    if not 1 <= therapists <= patients:
        raise ValueError(f"{patients} patients cannot have {therapists} therapists between them")
    targets = setting.targets
    shares = {name: n / targets.n_patients for name, n in targets.patterns.items()}
    counts = {name: round(shares[name] * patients) for name in ("unrepaired", "repaired")}
    counts = {"none": patients - sum(counts.values()), **counts}
    planned = replace(
        targets,
        n_patients=patients,
        n_therapists=therapists,
        patterns=counts,
        sessions_mean=None,
        sessions_sd=None,
    )
    return replace(setting, targets=planned)


def power_at(plan: Plan, patients: int, therapists: int, progress: Progress | None = None) -> Power:
    """Simulate cohorts of one size and return how often the moderation is found."""
    setting = sized(plan.setting, patients, therapists)
    found = run_studies(setting, [plan.scenario], plan.replicates, plan.seed, plan.cores, progress)
    tests = found.loc[found["term"] == TERM, "p"]
    power, mc_se, n = share(tests < ALPHA)
    return Power(patients, therapists, power, mc_se, n, int(tests.isna().sum()))


def search(
    target: float, first: Power, measure: Callable[[int, int], Power]
) -> tuple[list[Power], bool]:
    """Look for the size whose power is `target`, from the power of a first size.

    measure : the power at numbers of patients and therapists; caseloads stay as in `first`.
    Returns all sizes looked at, the best last, and whether that one has the target power. The
    test's mean statistic grows with the square root of the number of patients, which says where to
    look next.
    """
    caseload = first.patients / first.therapists
    seen = [first]
    while not _met(target, seen[-1]) and len(seen) < MAX_SIZES:
        patients = _next_size(target, seen)
        if patients in {one.patients for one in seen}:
            break
        seen.append(measure(patients, max(1, round(patients / caseload))))
    seen.append(seen.pop(int(np.argmin([abs(one.power - target) for one in seen]))))
    return seen, _met(target, seen[-1])


def _met(target: float, one: Power) -> bool:
    return abs(one.power - target) <= max(NEAR_ENOUGH, one.mc_se)


def _next_size(target: float, seen: list[Power]) -> int:
    """Return the size at which a statistic of mean c√n, SD 1, passes with the target power.

    c is fitted to the sizes seen by weighted least squares; the weights are the inverse variances
    of the powers' normal quantiles, so that powers near 0 or 1 count for little.
    """
    critical = stats.norm.isf(ALPHA / 2)
    sizes = np.array([one.patients for one in seen], dtype=float)
    replicates = np.array([one.replicates for one in seen])
    # powers of 0 and 1 have no finite quantile: half a replicate is taken or added
    half = 0.5 / replicates
    powers = np.clip([one.power for one in seen], np.maximum(half, ALPHA), 1 - half)
    quantiles = stats.norm.ppf(powers)
    weights = replicates * stats.norm.pdf(quantiles) ** 2 / (powers * (1 - powers))
    means = np.maximum(critical + quantiles, 0.1)
    c = float((weights * means * np.sqrt(sizes)).sum() / (weights * sizes).sum())
    wanted = ((critical + stats.norm.ppf(target)) / c) ** 2
    low, high = sizes.min() / MAX_STEP, sizes.max() * MAX_STEP
    return max(MIN_PATIENTS, round(float(np.clip(wanted, low, high))))
