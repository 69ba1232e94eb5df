"""The linear mixed model: from formula to fitted results."""

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from rupture_repair.modelling.engine.approach import minimise_all
from rupture_repair.modelling.engine.design import Design, from_formula
from rupture_repair.modelling.engine.deviance import Evaluation, Problem, Remainders
from rupture_repair.modelling.engine.optimise import (
    Attempt,
    confirmed,
    starting_values,
)
from rupture_repair.modelling.engine.results import MixedModelResults
from rupture_repair.modelling.engine.structure import Structure
from rupture_repair.modelling.engine.summaries import Array, Sessions

N_STARTS = 4
# as long as the best optimum is found once only, up to so many times the starts are tried
MORE_STARTS = 4


@dataclass(frozen=True)
class MixedModel:
    """A Gaussian linear mixed model for sessions in patients in therapists.

    notes : what was changed to make the model estimable, in words.
    """

    formula: str
    design: Design
    structure: Structure
    notes: list[str]
    patient: str
    time: str
    therapist: str | None = None

    @classmethod
    def from_formula(
        cls,
        formula: str,
        data: pd.DataFrame,
        *,
        patient: str,
        time: str,
        therapist: str | None = None,
        patient_terms: str = "correlated",
        therapist_terms: str = "intercept",
    ) -> "MixedModel":
        """Specify the model; `data` has a row per session.

        patient_terms : `intercept`, `independent` or `correlated` intercept and slope on time.
        therapist_terms : the same, or `none`.

        Raises `ModelDataError` for data that cannot carry the model.
        """
        design = from_formula(formula, data, patient=patient, therapist=therapist, time=time)
        structure = Structure(patient_terms, therapist_terms)
        notes = []
        if design.aliased:
            notes.append(f"aliased with earlier terms and dropped: {', '.join(design.aliased)}")
        if design.dropped:
            notes.append(f"{design.dropped} sessions with missing values left out")
        if design.sessions.n_therapists < 2 and therapist_terms != "none":
            structure = replace(structure, therapist="none")
            many = "no therapists are named" if therapist is None else "there is one therapist"
            notes.append(f"{many}: the variance of therapists is fixed at 0")
        return cls(formula, design, structure, notes, patient, time, therapist)

    def problem(
        self,
        reml: bool = True,
        patient_weights: Array | None = None,
        therapist_weights: Array | None = None,
    ) -> Problem:
        """Return the deviance problem at the given multiplicities of patients and therapists."""
        sessions = self.design.sessions.reweighted(patient_weights, therapist_weights)
        rest = self._remainders(sessions)
        return Problem(sessions, self.design.fixed, rest, self.structure, reml)

    def resampled(self, reml: bool, multiplicities: Array, by_therapist: bool) -> Problem:
        """Return the problem at multiplicities of therapists, or patients; zeros are cut out."""
        design = self.design
        sessions, n_columns = design.sessions, design.fixed.n_columns
        present = multiplicities > 0
        kept = present[sessions.therapist] if by_therapist else present
        part = design.fixed.subset(np.arange(n_columns), np.flatnonzero(kept))
        weights = (None, multiplicities) if by_therapist else (multiplicities, None)
        whole = sessions.reweighted(*weights)
        return Problem(whole.subset(kept), part, self._remainders(whole), self.structure, reml)

    def fit(
        self,
        reml: bool = True,
        *,
        n_starts: int = N_STARTS,
        start: Array | None = None,
        patient_weights: Array | None = None,
        therapist_weights: Array | None = None,
    ) -> MixedModelResults:
        """Fit by REML, or ML, from `n_starts` starting values, and from `start` where given.

        Two starts or more must reach the best optimum, else more are tried.

        Raises `SingularFixedPartError` when the weighted data do not identify the model.
        """
        problem = self.problem(reml, patient_weights, therapist_weights)
        starts = ([] if start is None else [start]) + starting_values(problem, n_starts)
        attempts: list[Attempt] = []
        ends: list[Evaluation] = []
        while starts and len(attempts) < MORE_STARTS * n_starts:
            tried, end = minimise_all(problem, starts)
            attempts += tried
            ends.append(end)
            done = n_starts == 1 or confirmed(attempts)
            more = [] if done else starting_values(problem, len(attempts) + n_starts)
            starts = more[len(attempts) :]
        best = min(ends, key=lambda end: end.deviance)
        return MixedModelResults(self, problem, best, attempts)

    def _remainders(self, sessions: Sessions) -> Remainders:
        """Return what lines leave of X and y; of X nothing, for columns that are lines."""
        rows, weights = self.design.rows, sessions.weights
        if rows.remainder is not None:
            return rows.remainders(rows.remainder, weights)
        n = self.design.fixed.n_columns
        yy = sessions.residual.sum() if weights is None else weights @ sessions.residual
        return Remainders(np.zeros((n, n)), np.zeros(n), float(yy))
