"""What a batch of evaluations shares: the data of a problem, arranged once."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy import sparse

from rupture_repair.modelling.engine.deviance import Problem
from rupture_repair.modelling.engine.fixed import KroneckerPart
from rupture_repair.modelling.engine.summaries import Array, Codes


@dataclass(frozen=True)
class Batch:
    """A problem without multiplicities, and the fixed effects that residuals are taken from."""

    problem: Problem
    fixed: KroneckerPart
    reference: Array

    @classmethod
    def of(cls, problem: Problem, reference: Array) -> "Batch | None":
        """Return the batch, or None where a fixed part or multiplicities do not allow it."""
        fixed = problem.fixed
        if not isinstance(fixed, KroneckerPart) or problem.sessions.weights is not None:
            return None
        return cls(problem, fixed, reference)

    @cached_property
    def residual(self) -> Array:
        """Lines of the outcome less the reference's, (J, 2, 1)."""
        fitted = self.fixed.predict(self.reference[None])[0]
        return (self.problem.sessions.lines - fitted).T[:, :, None]

    @cached_property
    def information(self) -> Array:
        """Z_j'Z_j as rows (00, 01, 11), (J, 3)."""
        return np.ascontiguousarray(self.problem.sessions.information.T)

    @cached_property
    def pair(self) -> tuple[Codes, Codes]:
        """Covariates of each pair of covariates, the first not after the second."""
        return np.triu_indices(len(self.fixed.covariates))

    @cached_property
    def which_pair(self) -> Codes:
        """The pair that any two columns take, (p, p)."""
        first, second = self.pair
        n = len(self.fixed.covariates)
        number = np.empty((n, n), dtype=np.intp)
        number[first, second] = number[second, first] = np.arange(len(first))
        covariate = self.fixed.covariate
        return number[covariate[:, None], covariate]

    @cached_property
    def products(self) -> Array:
        """Products of pairs of covariates, (pairs, J)."""
        covariates = self.fixed.covariates
        first, second = self.pair
        return covariates[first] * covariates[second]

    @cached_property
    def by_therapist(self) -> sparse.csr_array:
        """The matrix that sums each covariate over patients by therapist, (rK, J)."""
        sessions, covariates = self.problem.sessions, self.fixed.covariates
        n_rows, n_patients = covariates.shape
        row = np.arange(n_rows)[:, None] * sessions.n_therapists + sessions.therapist
        column = np.broadcast_to(np.arange(n_patients), row.shape)
        shape = (n_rows * sessions.n_therapists, n_patients)
        return sparse.csr_array((covariates.ravel(), (row.ravel(), column.ravel())), shape)

    @cached_property
    def to_patients(self) -> sparse.csr_array:
        """The transpose of `by_therapist`, (J, rK)."""
        return self.by_therapist.T.tocsr()

    @cached_property
    def outside(self) -> Array:
        """Sessions, and squares that lines leave of the outcome, by therapist, (2, K)."""
        sessions = self.problem.sessions
        return sessions.by_therapist(np.stack([sessions.information[0], sessions.residual]))
