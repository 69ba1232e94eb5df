"""What a model is before it is fitted: data, fixed part and random part."""

from dataclasses import dataclass

import numpy as np

from rupture_repair.modelling.engine.design import Design
from rupture_repair.modelling.engine.deviance import Problem, Remainders
from rupture_repair.modelling.engine.structure import Structure
from rupture_repair.modelling.engine.summaries import Array, Sessions


@dataclass(frozen=True)
class ModelSpecification:
    """A Gaussian linear mixed model for sessions in patients in therapists.

    notes : what was changed to make the model estimable, in words.
    patient, time, therapist : names of columns; no therapist, where patients are in no groups.
    """

    formula: str
    design: Design
    structure: Structure
    notes: list[str]
    patient: str
    time: str
    therapist: str | None = None

    @property
    def groups(self) -> str | tuple[str, str]:
        """Column of the patients, or those of therapists and patients."""
        return self.patient if self.therapist is None else (self.therapist, self.patient)

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

    def _remainders(self, sessions: Sessions) -> Remainders:
        """Return what lines leave of X and y; of X nothing, for columns that are lines."""
        rows, weights = self.design.rows, sessions.weights
        if rows.remainder is not None:
            return rows.remainders(rows.remainder, weights)
        n = self.design.fixed.n_columns
        yy = sessions.residual.sum() if weights is None else weights @ sessions.residual
        return Remainders(np.zeros((n, n)), np.zeros(n), float(yy))
