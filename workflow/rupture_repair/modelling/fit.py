"""Multilevel models M0 to M3, fitted with statsmodels' MixedLM (METHODS §4).

Random part: therapist intercept; patient intercept and patient slope on time as independent
variance components inside therapists. MixedLM cannot correlate the two, so the fit depends on
where time has its zero: session 1, for all models.
"""

import json
import warnings
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import statsmodels.formula.api as smf
from numpy.typing import NDArray
from statsmodels.regression.mixed_linear_model import MixedLMResults

from rupture_repair.modelling.engine.model import MixedModel
from rupture_repair.modelling.engine.second_engine import compare_engines

FORMULAS = {
    "M0": "symptoms ~ time",
    "M1": "symptoms ~ time * pattern",
    "M2": "symptoms ~ time * pattern * iip_z",
    "M3": "symptoms ~ time * pattern * iip_z * length_c",
}
OPTIMISERS = ("bfgs", "lbfgs", "powell", "cg")
# log-likelihoods this close are one optimum
SAME_OPTIMUM = 1e-3


class FitError(Exception):
    """No optimiser ended with a finite likelihood."""


@dataclass(frozen=True)
class Fit:
    """One fitted model in plain values.

    estimates, covariance : fixed effects, shape (p,) and (p, p), in symptom points.
    variances : `therapist`, `patient`, `patient_slope`, `residual`, in points².
    attempts : a record per optimiser: `optimiser`, `llf`, `converged`, `shortfall`, `message`.
    agreement : whether at least two optimisers reached the same optimum.
    second_engine : the same model in the exact engine, see `check_with_second_engine`.
    fixed_variance, random_variance : variance of the fixed part over the rows, and mean variance
        of the random part over the rows, points² (Johnson 2014), for R².
    """

    model: str
    formula: str
    reml: bool
    terms: list[str]
    estimates: list[float]
    covariance: list[list[float]]
    variances: dict[str, float]
    llf: float
    n_obs: int
    n_patients: int
    n_therapists: int
    optimiser: str
    attempts: list[dict[str, Any]]
    agreement: bool
    fixed_variance: float
    random_variance: float
    second_engine: dict[str, Any]

    def as_dict(self) -> dict[str, Any]:
        """Return plain values for JSON."""
        return asdict(self)

    @property
    def params(self) -> pd.Series:
        """Fixed effects by term."""
        return pd.Series(self.estimates, index=self.terms)

    @property
    def cov(self) -> NDArray[np.float64]:
        """Covariance of the fixed effects."""
        return np.asarray(self.covariance)

    @property
    def n_parameters(self) -> int:
        """Fixed effects and variance components."""
        return len(self.terms) + len(self.variances)


def fit_model(
    table: pd.DataFrame, model: str, *, reml: bool, optimisers: tuple[str, ...] = OPTIMISERS
) -> Fit:
    """Fit `model` (a key of `FORMULAS`) with every optimiser and keep the best.

    With one therapist the data say nothing of differences between therapists: the component is
    left out, and its variance is given as 0. A pattern that nobody has gives no terms.

    Raises `FitError` when no optimiser ends with a finite likelihood, and when a predictor of the
    model has one value only.
    """
    formula = FORMULAS[model]
    for name in ("iip_z", "length_c"):
        # the standard score of a constant is 0 / 0, the centred length exactly 0
        if name in formula and not table[name].abs().max() > 1e-12:
            what = {"iip_z": "interpersonal problems", "length_c": "treatment lengths"}[name]
            raise FitError(f"{model} cannot be estimated: all {what} are equal")
    table = table.assign(pattern=table["pattern"].cat.remove_unused_categories())
    one_therapist = len(table["therapist_id"].unique()) == 1
    specification = smf.mixedlm(
        formula,
        table,
        groups="patient_id" if one_therapist else "therapist_id",
        re_formula="1",
        vc_formula={"patient_slope": "0 + time"}
        if one_therapist
        else {"patient": "0 + C(patient_id)", "patient_slope": "0 + C(patient_id):time"},
    )
    attempts: list[dict[str, Any]] = []
    best: MixedLMResults | None = None
    for optimiser in optimisers:
        result, record = _attempt(specification, optimiser, reml)
        attempts.append(record)
        if result is not None and (best is None or result.llf > best.llf):
            best, chosen = result, optimiser
    if best is None:
        said = "; ".join(f"{record['optimiser']}: {record['message']}" for record in attempts)
        raise FitError(f"{model} could not be fitted: {said}")
    for record in attempts:
        if record["llf"] is not None:
            record["shortfall"] = float(best.llf - record["llf"])
    reached = [r for r in attempts if r["shortfall"] is not None and r["shortfall"] < SAME_OPTIMUM]
    # vcomp follows the sorted names of the components
    components = dict(zip(specification.exog_vc.names, best.vcomp, strict=True))
    of_groups = float(best.cov_re.iloc[0, 0])
    variances = {
        "therapist": 0.0 if one_therapist else of_groups,
        "patient": of_groups if one_therapist else float(components["patient"]),
        "patient_slope": float(components["patient_slope"]),
        "residual": float(best.scale),
    }
    n_fixed = len(best.fe_params)
    fitted = np.asarray(specification.exog) @ best.fe_params.to_numpy()
    time = table["time"].to_numpy()
    random = variances["therapist"] + variances["patient"]
    return Fit(
        model=model,
        formula=formula,
        reml=reml,
        terms=[name.replace("[T.", "[") for name in best.fe_params.index],
        estimates=best.fe_params.tolist(),
        covariance=np.asarray(best.cov_params())[:n_fixed, :n_fixed].tolist(),
        variances=variances,
        llf=float(best.llf),
        n_obs=len(table),
        n_patients=int(table["patient_id"].nunique()),
        n_therapists=int(table["therapist_id"].nunique()),
        optimiser=chosen,
        attempts=attempts,
        agreement=len(reached) >= 2,
        fixed_variance=float(np.var(fitted, ddof=1)),
        random_variance=float(random + variances["patient_slope"] * np.mean(time**2)),
        second_engine=check_with_second_engine(table, best, formula, reml),
    )


def read_fits(files: Iterable[str]) -> dict[str, list[Fit]]:
    """Return the stored fits by method, `ML` and `REML`, in the order of the files."""
    stored = [json.loads(Path(file).read_text(encoding="utf-8")) for file in files]
    return {method: [Fit(**fits[method]) for fits in stored] for method in ("ML", "REML")}


def check_with_second_engine(
    table: pd.DataFrame, kept: MixedLMResults, formula: str, reml: bool
) -> dict[str, Any]:
    """Return `llf`, `shortfall`, `largest_shift` and `agrees` of the exact engine.

    shortfall : by how much MixedLM's maximum lies below the exact one.
    largest_shift : largest difference of a coefficient, in units of its SE.
    agrees : both engines compute the same likelihood, and MixedLM reached its maximum.

    Raises `FitError` when the two engines do not compute the same likelihood.
    """
    exact = MixedModel.from_formula(
        formula,
        table,
        patient="patient_id",
        time="time",
        therapist="therapist_id",
        patient_terms="independent",
    ).fit(reml=reml)
    compared = compare_engines(exact, kept)
    if abs(compared.llf - compared.peer_at_ours) > SAME_OPTIMUM:
        raise FitError(
            f"two engines give different likelihoods to `{formula}`: {compared.llf:.6f} and "
            f"{compared.peer_at_ours:.6f}; no result of this model can be trusted"
        )
    shift = (exact.params - kept.fe_params.reindex(exact.params.index)).abs() / exact.bse
    return {
        "llf": float(compared.llf),
        "shortfall": float(compared.shortfall),
        "largest_shift": float(shift.max()),
        "agrees": bool(compared.agrees and compared.shortfall < SAME_OPTIMUM),
    }


def _attempt(
    specification: smf.mixedlm, optimiser: str, reml: bool
) -> tuple[MixedLMResults | None, dict[str, Any]]:
    """One optimiser; its warnings become the record's message instead of noise."""
    record: dict[str, Any] = {
        "optimiser": optimiser,
        "llf": None,
        "converged": False,
        "shortfall": None,
        "message": "",
    }
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            result = specification.fit(reml=reml, method=[optimiser])
        except (np.linalg.LinAlgError, ValueError, FloatingPointError) as error:
            return None, {**record, "message": str(error)}
    record["message"] = "; ".join(sorted({str(w.message).split("\n")[0] for w in caught}))
    record["converged"] = bool(result.converged)
    if not np.isfinite(result.llf):
        return None, {**record, "message": "the likelihood is not finite"}
    return result, {**record, "llf": float(result.llf)}
