"""What a fitted mixed model says, named as in statsmodels."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd
import patsy

from rupture_repair.modelling.engine.certificate import Certificate, certify
from rupture_repair.modelling.engine.deviance import Evaluation, Problem
from rupture_repair.modelling.engine.optimise import Attempt
from rupture_repair.modelling.engine.satterthwaite import Satterthwaite
from rupture_repair.modelling.engine.specification import ModelSpecification
from rupture_repair.modelling.engine.structure import EFFECTS
from rupture_repair.modelling.engine.student import critical_value, t_tests, two_sided_p
from rupture_repair.modelling.engine.summaries import Array


@dataclass(frozen=True)
class MixedModelResults:
    """A fit: the model, the problem solved, and the deviance where it is least."""

    model: ModelSpecification
    problem: Problem
    evaluation: Evaluation
    attempts: list[Attempt]

    # fixed effects

    @property
    def terms(self) -> list[str]:
        """Names of the fixed effects."""
        return self.model.design.terms

    @property
    def params(self) -> pd.Series:
        """Fixed effects by term."""
        return self._by_term(self.evaluation.solution.coefficients)

    @cached_property
    def covariance(self) -> Array:
        """Covariance of the fixed effects, shape (p, p)."""
        return self.scale * self.evaluation.solution.unscaled

    def cov_params(self) -> pd.DataFrame:
        """Return the covariance of the fixed effects by term."""
        return pd.DataFrame(self.covariance, index=self.terms, columns=self.terms)

    @property
    def bse(self) -> pd.Series:
        """Standard errors by term."""
        return self._by_term(np.sqrt(np.diag(self.covariance)))

    @cached_property
    def satterthwaite(self) -> Satterthwaite:
        """Curvature of the deviance and the degrees of freedom that follow from it."""
        return Satterthwaite(self.problem, self.evaluation)

    @cached_property
    def df(self) -> pd.Series:
        """Satterthwaite degrees of freedom by term."""
        return self._by_term(self.satterthwaite.degrees_of_freedom(np.eye(len(self.terms))))

    @property
    def tvalues(self) -> pd.Series:
        """Estimates by their standard errors."""
        return self.params / self.bse

    @property
    def pvalues(self) -> pd.Series:
        """Two-sided p values of t tests with Satterthwaite df."""
        return self._by_term(two_sided_p(self.tvalues, self.df))

    def conf_int(self, alpha: float = 0.05) -> pd.DataFrame:
        """Return the 1 − alpha intervals by term, columns 0 and 1."""
        margin = critical_value(alpha, self.df) * self.bse
        return pd.DataFrame({0: self.params - margin, 1: self.params + margin})

    def tests(self, rows: Array, alpha: float = 0.05) -> dict[str, Array]:
        """Return estimate, SE, df, t test and interval of each combination of fixed effects.

        rows : shape (m, p) or (p,), in the order of `terms`.
        """
        rows = np.atleast_2d(np.asarray(rows, dtype=float))
        estimate = rows @ self.evaluation.solution.coefficients
        se = np.sqrt(((rows @ self.covariance) * rows).sum(axis=1))
        return t_tests(estimate, se, self.satterthwaite.degrees_of_freedom(rows), alpha)

    def contrasts(self, rows: Array, alpha: float = 0.05) -> pd.DataFrame:
        """Return `tests` as a table."""
        return pd.DataFrame(self.tests(rows, alpha))

    # fit

    @property
    def method(self) -> str:
        """`REML` or `ML`."""
        return "REML" if self.problem.reml else "ML"

    @property
    def llf(self) -> float:
        """Log-likelihood, or restricted log-likelihood under REML."""
        return -self.evaluation.deviance / 2

    @property
    def n_parameters(self) -> int:
        """Fixed effects, elements of theta and the residual variance."""
        return len(self.terms) + len(self.evaluation.theta) + 1

    @property
    def aic(self) -> float:
        """Akaike's criterion."""
        return self.evaluation.deviance + 2 * self.n_parameters

    @property
    def bic(self) -> float:
        """Schwarz' criterion, with sessions as the sample size (as in lme4)."""
        return self.evaluation.deviance + np.log(self.nobs) * self.n_parameters

    @property
    def nobs(self) -> int:
        """Sessions, unweighted."""
        return len(self.model.design.rows.outcome)

    @property
    def converged(self) -> bool:
        """Whether the certificate passes."""
        return self.certificate().passed

    def certificate(self) -> Certificate:
        """Return the evidence for this fit."""
        model = self.model
        return certify(self.satterthwaite, self.attempts, model.design.aliased, list(model.notes))

    # variances

    @property
    def scale(self) -> float:
        """Residual variance."""
        return self.evaluation.sigma2

    @cached_property
    def random_covariances(self) -> dict[str, pd.DataFrame]:
        """Covariance of intercept and slope by level, `patient` and `therapist`."""
        matrices = self.scale * self.problem.structure.covariances(self.evaluation.theta)
        return {
            level: pd.DataFrame(matrix, index=EFFECTS, columns=EFFECTS)
            for level, matrix in zip(("patient", "therapist"), matrices, strict=True)
        }

    @property
    def variances(self) -> dict[str, float]:
        """Variances and covariances of the terms in the model, and `residual`."""
        return self.problem.structure.components(self.evaluation.theta, self.scale)

    @cached_property
    def random_variance(self) -> float:
        """Mean variance of the random part over the sessions (Johnson 2014)."""
        size, cross, square = self.problem.sessions.information.sum(axis=1) / self.nobs
        mean = np.array([[size, cross], [cross, square]])
        return float(sum((m.to_numpy() * mean).sum() for m in self.random_covariances.values()))

    @cached_property
    def fixed_variance(self) -> float:
        """Variance of the fixed part over the sessions, ddof 1."""
        return float(np.var(self._population(), ddof=1))

    @cached_property
    def random_effects(self) -> dict[str, pd.DataFrame]:
        """Best linear unbiased predictions by level; columns `intercept` and `slope`."""
        rows = self.model.design.rows
        covariances = self.problem.structure.covariances(self.evaluation.theta)
        solution = self.evaluation.solution
        scores = (solution.patient_scores, solution.therapist_scores)
        return {
            level: pd.DataFrame((matrix @ score).T, index=pd.Index(ids), columns=EFFECTS)
            for level, matrix, score, ids in zip(
                ("patient", "therapist"),
                covariances,
                scores,
                (rows.patient_ids, rows.therapist_ids),
                strict=True,
            )
        }

    # prediction

    @cached_property
    def fittedvalues(self) -> pd.Series:
        """Fixed part and predicted random effects per session."""
        rows = self.model.design.rows
        patient = self.random_effects["patient"].to_numpy()
        therapist = self.random_effects["therapist"].to_numpy()
        lines = (patient + therapist[self.problem.sessions.therapist])[rows.patient]
        fitted = self._population() + lines[:, 0] + lines[:, 1] * rows.time
        return pd.Series(fitted, index=rows.kept)

    @property
    def resid(self) -> pd.Series:
        """Outcome less `fittedvalues`."""
        return self.model.design.rows.outcome - self.fittedvalues

    def predict(self, data: pd.DataFrame | None = None, *, random: bool = False) -> pd.Series:
        """Predict the outcome for `data` (default: the sessions fitted) from the fixed part.

        random : add predicted random effects of patients and therapists; unknown ones get 0.
        """
        if data is None:
            return self.fittedvalues if random else self._series(self._population())
        matrix = patsy.dmatrix(self.model.design.info, data, NA_action="raise")
        columns = np.asarray(matrix)[:, self.model.design.columns]
        predicted = columns @ self.evaluation.solution.coefficients
        if random:
            names = {"patient": self.model.patient, "therapist": self.model.therapist}
            time = data[self.model.time].to_numpy(dtype=float)
            for level, column in names.items():
                if column is not None:
                    known = self.random_effects[level].reindex(data[column]).fillna(0.0).to_numpy()
                    predicted = predicted + known[:, 0] + known[:, 1] * time
        return pd.Series(predicted, index=data.index)

    def summary(self) -> str:
        """Return the fit as text."""
        sessions = self.problem.sessions
        head = (
            f"Linear mixed model by {self.method}: {self.model.formula}\n"
            f"{self.nobs} sessions, {sessions.n_patients} patients, "
            f"{sessions.n_therapists} therapists; log-likelihood {self.llf:.4f}\n"
        )
        interval = self.conf_int()
        table = pd.DataFrame(
            {
                "estimate": self.params,
                "se": self.bse,
                "df": self.df,
                "t": self.tvalues,
                "p": self.pvalues,
                "ci_low": interval[0],
                "ci_high": interval[1],
            }
        )
        variances = pd.Series(self.variances, name="variance").to_frame()
        lines = [
            head,
            table.to_string(float_format="%.4g"),
            "",
            variances.to_string(float_format="%.4g"),
        ]
        certificate = self.certificate()
        lines += ["", *(f"note: {note}" for note in certificate.notes)]
        lines += [f"boundary: {name}" for name in certificate.boundary]
        lines += [f"CERTIFICATE FAILED: {failure}" for failure in certificate.failures]
        return "\n".join(lines)

    def _population(self) -> Array:
        design = self.model.design
        b = self.evaluation.solution.coefficients
        level, slope = design.fixed.predict(b[None])[0]
        rows = design.rows
        fitted = level[rows.patient] + slope[rows.patient] * rows.time
        return fitted if rows.remainder is None else fitted + b @ rows.remainder

    def _by_term(self, values: Sequence[float] | Array) -> pd.Series:
        return pd.Series(values, index=self.terms, dtype=float)

    def _series(self, values: Array) -> pd.Series:
        return pd.Series(values, index=self.model.design.rows.kept)
