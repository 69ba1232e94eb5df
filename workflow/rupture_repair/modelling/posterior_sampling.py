"""The posterior of the headline model, sampled with PyMC: docs/bayes.md.

This module runs in an environment of its own, which has PyMC and not the workflow's libraries
(`make bayes`), so that it imports NumPy alone; the workflow imports it for what a posterior was
made from, and for what the paper says of priors. `posterior.posterior_problem` makes its input.

All fixed effects are lines in time within a patient, and so are the patient's random effects. The
ratings of a patient therefore say nothing beyond their regression on time (intercept, slope) and
its residual sum of squares. Of these, the distribution given fixed effects and therapist is known
(Laird & Ware 1982), so that the patients' effects are integrated out, not sampled: the posterior of
all else is the same, without the correlations that make samplers slow.
"""

import argparse
import hashlib
import json
import platform
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from importlib.metadata import distributions
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

CHAINS = 4
# prior SD of a coefficient: so many SDs of the outcome for one SD of its column (Gelman et al. 2008
# scale by the predictor; the factor is that of rstanarm)
COEFFICIENT_SCALE = 2.5
LKJ_ETA = 2.0
TARGET_ACCEPT = 0.9
# a spread of times that is this share of the longest is none
SAME_TIME = 1e-9
NO_PYMC = "PyMC is not installed in this environment: `make bayes` sets one up and runs in it."
Array = NDArray[np.float64]


@dataclass(frozen=True)
class Lines:
    """Each patient's ratings, as their regression on time tells them.

    With Z = [1, t] = QR of a patient: `r11, r12, r22` is R; `first, second` is Q'y, shapes (J,).
    has_slope : whether the patient has ratings at two times or more; else `second` is nothing.
    residual, df : sum of squares about the patients' own lines, and its degrees of freedom.
    """

    r11: Array
    r12: Array
    r22: Array
    first: Array
    second: Array
    has_slope: NDArray[np.bool_]
    residual: float
    df: int

    @classmethod
    def of(cls, outcome: Array, time: Array, patient: NDArray[np.intp]) -> "Lines":
        """Reduce ratings; outcome, time, patient : shape (n,), patients coded 0, 1, ….

        Raises `ValueError` where no patient has more ratings than a line takes.
        """
        n = np.bincount(patient).astype(float)
        mean_time = np.bincount(patient, time) / n
        mean = np.bincount(patient, outcome) / n
        centred, about = time - mean_time[patient], outcome - mean[patient]
        spread = np.sqrt(np.bincount(patient, centred**2))
        has_slope = spread > SAME_TIME * np.abs(time).max()
        r22 = np.where(has_slope, spread, 0.0)
        safe = np.where(has_slope, spread, 1.0)
        second = np.where(has_slope, np.bincount(patient, centred * about) / safe, 0.0)
        left = about - (second / safe)[patient] * centred
        df = len(outcome) - len(n) - int(has_slope.sum())
        if df < 1:
            raise ValueError("no patient has more ratings than a line takes")
        root = np.sqrt(n)
        return cls(
            root, root * mean_time, r22, root * mean, second, has_slope, float(left @ left), df
        )


def scales(outcome: Array, columns: Array) -> tuple[Array, Array]:
    """Return mean and SD of the normal prior of each coefficient, shapes (p,).

    columns : of the design matrix, shape (n, p). A constant column has the outcome's mean.
    """
    spread = columns.std(axis=0, ddof=1)
    constant = spread < SAME_TIME * np.abs(columns).max(axis=0)
    wide = COEFFICIENT_SCALE * outcome.std(ddof=1)
    return np.where(constant, outcome.mean(), 0.0), wide / np.where(constant, 1.0, spread)


def model(problem: Mapping[str, Any]) -> Any:  # noqa: ANN401 - PyMC is known in one environment
    """Return the PyMC model of a problem (`posterior.posterior_problem`)."""
    import pymc as pm
    import pytensor.tensor as pt

    outcome, time = np.asarray(problem["outcome"]), np.asarray(problem["time"])
    patient = np.asarray(problem["patient"], dtype=np.intp)
    level, slope = np.asarray(problem["level"]), np.asarray(problem["slope"])
    lines = Lines.of(outcome, time, patient)
    columns = level[patient] + slope[patient] * time[:, None]
    centre, width = scales(outcome, columns)
    spread, slope_spread = outcome.std(ddof=1), outcome.std(ddof=1) / time.std(ddof=1)
    # coefficients of orthogonal columns are sampled; the prior is that of those of the design
    unrotated = np.linalg.inv(np.linalg.qr(columns)[1]) * np.sqrt(len(outcome))
    with pm.Model() as found:
        rotated = pm.Flat("rotated", shape=columns.shape[1])
        coefficients = pm.Deterministic("coefficients", pt.dot(unrotated, rotated))
        pm.Potential("prior", pm.logp(pm.Normal.dist(centre, width), coefficients).sum())
        residual_sd = pm.HalfNormal("residual_sd", spread)
        var, slope_var, covariance = _patients(problem["patient_terms"], spread, slope_spread)
        height, rise = pt.dot(level, coefficients), pt.dot(slope, coefficients)
        if problem["therapist"] is not None:
            carer = np.asarray(problem["therapist"], dtype=np.intp)
            therapist_sd = pm.HalfNormal("therapist_sd", spread)
            # not centred: the SD may be near zero
            apart = pm.Normal("therapist", 0.0, 1.0, shape=int(carer.max()) + 1)
            height = height + therapist_sd * apart[carer]
        r11, r12, r22 = lines.r11, lines.r12, lines.r22
        # R (line + patient's effects) + residual: bivariate normal, as marginal and conditional
        first = r11 * height + r12 * rise
        first_var = r11**2 * var + 2 * r11 * r12 * covariance + r12**2 * slope_var + residual_sd**2
        shared = r22 * (r11 * covariance + r12 * slope_var)
        second = r22 * rise + shared / first_var * (lines.first - first)
        second_var = r22**2 * slope_var + residual_sd**2 - shared**2 / first_var
        two = np.flatnonzero(lines.has_slope)
        pm.Normal("first", first, pt.sqrt(first_var), observed=lines.first)
        pm.Normal("second", second[two], pt.sqrt(second_var[two]), observed=lines.second[two])
        # σ² χ² with `df` degrees of freedom
        pm.Gamma("residual", alpha=lines.df / 2, beta=0.5 / residual_sd**2, observed=lines.residual)
    return found


def _patients(terms: str, spread: float, slope_spread: float) -> tuple[Any, Any, Any]:
    """Return variance of the patients' intercepts, of their slopes, and their covariance."""
    import pymc as pm

    match terms:
        case "intercept":
            sd = pm.HalfNormal("patient_sd", spread)
            return sd**2, 0.0, 0.0
        case "independent":
            sd, slope_sd = (
                pm.HalfNormal("patient_sd", spread),
                pm.HalfNormal("patient_slope_sd", slope_spread),
            )
            return sd**2, slope_sd**2, 0.0
        case "correlated":
            _, correlation, sds = pm.LKJCholeskyCov(
                "patients",
                n=2,
                eta=LKJ_ETA,
                sd_dist=pm.HalfNormal.dist(np.array([spread, slope_spread])),
                compute_corr=True,
                store_in_trace=False,
            )
            pm.Deterministic("patient_sd", sds[0])
            pm.Deterministic("patient_slope_sd", sds[1])
            r = pm.Deterministic("patient_correlation", correlation[0, 1])
            return sds[0] ** 2, sds[1] ** 2, r * sds[0] * sds[1]
        case unknown:
            raise ValueError(f"patient terms are not known: {unknown}")


def sample(problem: Mapping[str, Any], draws: int, cores: int) -> dict[str, Any]:
    """Sample the posterior and sum it up.

    draws : of each of `CHAINS` chains, after as many for tuning. cores : the numbers do not depend
    on them. Returns `sampling` (draws, divergences, the worst R-hat and effective sample sizes of
    all parameters), and `posterior`: a row per quantity of the problem. R-hat is rank-normalised;
    effective sample sizes are of bulk and tails (Vehtari et al. 2021).
    """
    import arviz as az
    import pymc as pm

    with model(problem):
        found = pm.sample(
            draws=draws, tune=draws, chains=CHAINS, cores=cores, random_seed=problem["seed"],
            target_accept=TARGET_ACCEPT, progressbar=False, compute_convergence_checks=False,
            compile_kwargs={"mode": "NUMBA"},  # needs no compiler
        )  # fmt: skip
    names = [name for name in found.posterior if name not in {"rotated", "patients"}]
    chains = {name: found.posterior[name].to_numpy().reshape(CHAINS, draws, -1) for name in names}
    checked = [_checks(az, one) for values in chains.values() for one in np.moveaxis(values, -1, 0)]
    quantities = []
    for quantity in problem["quantities"]:
        values = chains["coefficients"] @ np.asarray(quantity["weights"])
        checked.append(_checks(az, values))
        about = {name: quantity[name] for name in ("role", "length")}
        quantities.append(about | summary(values, problem["confidence"]) | checked[-1])
    sampling = {
        "chains": CHAINS,
        "draws": draws,
        "seed": problem["seed"],
        "divergences": int(found.sample_stats["diverging"].sum()),
        "rhat": float(np.max([one["rhat"] for one in checked])),
        "ess_bulk": float(np.min([one["ess_bulk"] for one in checked])),
        "ess_tail": float(np.min([one["ess_tail"] for one in checked])),
    }
    return {"sampling": sampling, "posterior": quantities}


def summary(values: Array, confidence: float) -> dict[str, float]:
    """Return mean, median, SD, equal-tailed interval and the probability below zero."""
    tail = (1 - confidence) / 2
    low, median, high = np.quantile(values, [tail, 0.5, 1 - tail])
    return {
        "mean": float(values.mean()),
        "median": float(median),
        "sd": float(values.std(ddof=1)),
        "low": float(low),
        "high": float(high),
        "below_zero": float((values < 0).mean()),
    }


def _checks(az: Any, values: Array) -> dict[str, float]:  # noqa: ANN401 - the module arviz
    """Return the checks of one quantity; values : shape (chains, draws)."""
    return {
        "rhat": float(az.rhat(values, method="rank")),
        "ess_bulk": float(az.ess(values, method="bulk")),
        "ess_tail": float(az.ess(values, method="tail")),
    }


def input_digests(problem: str, lock: str) -> dict[str, str]:
    """Return the SHA-256 of all that a posterior follows from: data, model, libraries."""
    files = {"problem": problem, "model": __file__, "libraries": lock}
    return {name: digest(file) for name, file in files.items()}


def digest(file: str) -> str:
    """Return the SHA-256 of a file."""
    return hashlib.sha256(Path(file).read_bytes()).hexdigest()


def main(words: Iterable[str] | None = None) -> None:
    """Read a problem, sample, write what was found as JSON."""
    parser = argparse.ArgumentParser(description="Sample the posterior of the headline model.")
    parser.add_argument("problem")
    parser.add_argument("lock", help="what the environment was installed from")
    parser.add_argument("output")
    parser.add_argument("--draws", type=int, required=True)
    parser.add_argument("--cores", type=int, default=1)
    given = parser.parse_args(None if words is None else list(words))
    problem = json.loads(Path(given.problem).read_text(encoding="utf-8"))
    record: dict[str, Any] = {"made_from": input_digests(given.problem, given.lock)}
    if "why" in problem:
        record["why"] = problem["why"]
    else:
        try:
            record |= sample(problem, given.draws, given.cores)
        except ImportError:
            sys.exit(f"Stopped: {NO_PYMC}")
    installed = {found.name.lower(): found.version for found in distributions() if found.name}
    record["environment"] = {
        "python": platform.python_version(),
        "packages": dict(sorted(installed.items())),
    }
    Path(given.output).write_text(json.dumps(record, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
