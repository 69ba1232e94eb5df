"""Multilevel models M0 to M3 (docs/methods.md), fitted exactly and checked with another engine.

Random part: intercept and slope on time of patients, correlated, inside intercepts of therapists:
`(1 + time | patient) + (1 | therapist)`. The likelihood is exact; statsmodels checks it on the
same model without the correlation, which is all that it can express (`cross_check`).
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal, TypedDict, cast

import numpy as np
import pandas as pd
import patsy
from numpy.typing import NDArray

from rupture_repair.config.analysis import Clustering, PatientTerms
from rupture_repair.config.steps.modelling import FitSettings, ModelCovariate
from rupture_repair.modelling.covariates import adjusted
from rupture_repair.modelling.cross_check import cross_check
from rupture_repair.modelling.design import count_therapists
from rupture_repair.modelling.engine import (
    MixedModel,
    MixedModelResults,
    ModelDataError,
    SingularFixedPartError,
)
from rupture_repair.modelling.formulas import FORMULAS
from rupture_repair.modelling.keys import AllEqual, Cause, Key, NotCertified, Refused, failures_of

METHODS = ("ML", "REML")
# predictors that are left out where all patients have the same value
MODERATORS: tuple[Literal["iip_z", "length_c"], ...] = ("iip_z", "length_c")


class Random(TypedDict):
    """What the random part of a model depends on."""

    patient_terms: PatientTerms
    clustering: Clustering


class FitError(Exception):
    """A model cannot be estimated; the message is the key of the reason (`keys`)."""

    def __init__(self, reason: Key | str) -> None:
        """Keep the reason as a table holds it."""
        super().__init__(str(reason))


@dataclass(frozen=True)
class Fit:
    """One fitted model in plain values.

    terms : fixed effects estimated; aliased : those that depend on them in these data.
    aliases : how: coefficients of each aliased column on the columns of `terms`, shape (a, p).
    estimates, covariance : fixed effects, shape (p,) and (p, p), in symptom points.
    jacobian, parameter_covariance : shape (m, p, p) and (m, m), from which the Satterthwaite df of
        any contrast follow (`engine.satterthwaite.degrees_of_freedom`).
    variances : `therapist`, `patient`, `patient_slope`, `patient_covariance`, `residual` in
        points²; only those in the model.
    n_parameters : fixed effects, free elements of the random part, residual variance.
    n_therapists : 0 where therapists were not recorded.
    fixed_variance, random_variance : variance of the fixed part over the rows, and mean variance
        of the random part over the rows, points² (Johnson 2014), for R².
    theta : parameters of the random part at the optimum, from which the whole fit follows
        (`restored`).
    certificate : evidence for the optimum, see `engine.certificate`.
    second_engine : the comparison with statsmodels, see `cross_check`.
    notes : what the data did not allow, in words.
    clustering : `therapist`, or `patient`: the model has no term for therapists by design.
    """

    model: str
    formula: str
    reml: bool
    patient_terms: PatientTerms
    terms: list[str]
    aliased: list[str]
    aliases: list[list[float]]
    estimates: list[float]
    covariance: list[list[float]]
    jacobian: list[list[list[float]]]
    parameter_covariance: list[list[float]]
    variances: dict[str, float]
    theta: list[float]
    n_parameters: int
    llf: float
    n_obs: int
    n_patients: int
    n_therapists: int
    fixed_variance: float
    random_variance: float
    certificate: dict[str, Any]
    second_engine: dict[str, Any]
    notes: list[str]
    clustering: Clustering = "therapist"

    def as_dict(self) -> dict[str, Any]:
        """Return plain values for JSON."""
        return asdict(self)

    @property
    def method(self) -> str:
        """`REML` or `ML`."""
        return METHODS[self.reml]

    @property
    def columns(self) -> list[str]:
        """All fixed effects of the formula: `terms`, then `aliased`."""
        return self.terms + self.aliased

    @property
    def params(self) -> pd.Series:
        """Fixed effects by term."""
        return pd.Series(self.estimates, index=self.terms)

    @property
    def cov(self) -> NDArray[np.float64]:
        """Covariance of the fixed effects."""
        return np.asarray(self.covariance)


def fit_model(
    table: pd.DataFrame,
    model: str,
    *,
    reml: bool,
    patient_terms: PatientTerms = "correlated",
    clustering: Clustering = "therapist",
    covariates: Sequence[ModelCovariate] = (),
) -> Fit:
    """Fit `model` (a key of `FORMULAS`) to an analysis table.

    patient_terms : `correlated` or `independent` intercept and slope of patients, or `intercept`.
    clustering : `therapist`, or `patient` for a model without a term for therapists. covariates :
    what the model adjusts for; their columns are in the table (`covariates.covariate_columns`).

    With one therapist, or none recorded, the data say nothing of differences between therapists:
    the component is left out. Fixed effects that depend on others (a pattern that nobody has, a
    product that too few patients carry) are left out and named in `aliased`.

    Raises `FitError` when the model cannot be estimated, and `EngineDisagreement` when the two
    engines do not compute the same likelihood.
    """
    formula = adjusted(FORMULAS[model], table.columns, covariates)
    how: Random = {"patient_terms": patient_terms, "clustering": clustering}
    found = certified(formula, table, reml=reml, **how)
    certificate = found.certificate()
    return Fit(
        model=model,
        formula=formula,
        reml=reml,
        **how,
        terms=[plain_term(name) for name in found.terms],
        aliased=[plain_term(name) for name in certificate.aliased],
        aliases=aliases(found, table),
        estimates=found.params.tolist(),
        covariance=found.covariance.tolist(),
        jacobian=found.satterthwaite.jacobian.tolist(),
        parameter_covariance=found.satterthwaite.parameter_covariance.tolist(),
        variances=_in_model(found),
        theta=found.evaluation.theta.tolist(),
        n_parameters=found.n_parameters,
        llf=found.llf,
        n_obs=found.nobs,
        n_patients=found.problem.sessions.n_patients,
        n_therapists=count_therapists(table["therapist_id"]),
        fixed_variance=found.fixed_variance,
        random_variance=found.random_variance,
        certificate=certificate.as_dict(),
        second_engine=cross_check(found, table),
        notes=certificate.notes,
    )


def estimate(
    table: pd.DataFrame, model: str, *, reml: bool, patient_terms: PatientTerms
) -> MixedModelResults:
    """Return the certified optimum of `model`; `fit_model` says more.

    Raises `FitError` when the model cannot be estimated.
    """
    return certified(FORMULAS[model], table, reml=reml, patient_terms=patient_terms)


def certified(
    formula: str,
    table: pd.DataFrame,
    *,
    reml: bool,
    patient_terms: PatientTerms,
    clustering: Clustering = "therapist",
) -> MixedModelResults:
    """Return the certified optimum of a fixed part, with the random part of all models.

    Raises `FitError` when it cannot be estimated.
    """
    for column in MODERATORS:
        if column in formula and not varies(table, column):
            raise FitError(AllEqual(column))
    try:
        found = specified(formula, table, patient_terms, clustering).fit(reml=reml)
    except (ModelDataError, SingularFixedPartError) as error:
        raise FitError(refused(error)) from error
    certificate = found.certificate()
    if certificate.errors:
        raise FitError(NotCertified(failures_of(certificate.failing)))
    return found


def refused(error: ModelDataError | SingularFixedPartError) -> Refused:
    """Return the key of why the engine does not fit a model."""
    return Refused(cast(Cause, error.cause))


def varies(table: pd.DataFrame, moderator: str) -> bool:
    """Return whether patients differ in `iip_z` or `length_c`."""
    # the standard score of a constant is 0 / 0, the centred length exactly 0
    return bool(table[moderator].abs().max() > 1e-12)


def specified(
    formula: str,
    table: pd.DataFrame,
    patient_terms: PatientTerms,
    clustering: Clustering = "therapist",
) -> MixedModel:
    """Return a fixed part with the random part of all models, not fitted yet.

    Raises `ModelDataError` for a table that cannot carry the model.
    """
    return MixedModel.from_formula(
        formula,
        table,
        groups="patient_id" if clustering == "patient" else ("therapist_id", "patient_id"),
        time="time",
        patient_terms=patient_terms,
    )


def restored(fit: Fit, table: pd.DataFrame) -> MixedModelResults:
    """Return the whole fit from its stored optimum: nothing is searched again.

    table : the analysis table that the model was fitted to. The deviance is evaluated once, at the
    stored `theta`: this gives the numbers of the fit to the last digit.
    """
    model = specified(fit.formula, table, fit.patient_terms, fit.clustering)
    return model.at(np.array(fit.theta), reml=fit.reml)


def fit_both(table: pd.DataFrame, model: str, settings: FitSettings) -> dict[str, Any]:
    """Return the fits by `ML` and `REML` as plain values, or `why` there are none."""
    try:
        fits = [
            fit_model(table, model, reml=method == "REML", **dict(settings)) for method in METHODS
        ]
    except FitError as error:
        return {"model": model, "why": str(error)}
    return {"model": model} | {fit.method: fit.as_dict() for fit in fits}


def read_fits(files: Iterable[str]) -> tuple[dict[str, list[Fit]], dict[str, str]]:
    """Return the stored fits by method, in the order of the files; and why models have none."""
    stored: list[Mapping[str, Any]] = [
        json.loads(Path(file).read_text(encoding="utf-8")) for file in files
    ]
    fits = {
        method: [Fit(**both[method]) for both in stored if method in both] for method in METHODS
    }
    return fits, {both["model"]: both["why"] for both in stored if "why" in both}


def plain_term(name: str) -> str:
    """Return `pattern[repaired]` for patsy's `pattern[T.repaired]`."""
    return name.replace("[T.", "[")


def _in_model(found: MixedModelResults) -> dict[str, float]:
    """Return the variances without that of therapists, where the model has none."""
    left_out = {"therapist"} if found.problem.structure.therapist == "none" else set()
    return {name: value for name, value in found.variances.items() if name not in left_out}


def aliases(found: MixedModelResults, table: pd.DataFrame) -> list[list[float]]:
    """Return what each aliased column is of the columns kept, shape (a, p)."""
    design = found.model.design
    if not design.aliased:
        return []
    matrix = patsy.dmatrix(design.info, table, return_type="dataframe")
    solution = np.linalg.lstsq(matrix[design.terms], matrix[design.aliased], rcond=None)[0]
    return solution.T.tolist()
