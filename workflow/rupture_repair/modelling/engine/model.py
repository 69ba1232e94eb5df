"""The linear mixed model: from formula to fitted results."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from rupture_repair.modelling.engine.batched_newton import minimise_all
from rupture_repair.modelling.engine.design import from_formula, independent_columns
from rupture_repair.modelling.engine.designs import Designs
from rupture_repair.modelling.engine.deviance import Evaluation
from rupture_repair.modelling.engine.fixed import KroneckerPart
from rupture_repair.modelling.engine.optimise import (
    Attempt,
    confirmed,
    starting_values,
)
from rupture_repair.modelling.engine.results import MixedModelResults
from rupture_repair.modelling.engine.specification import ModelSpecification
from rupture_repair.modelling.engine.structure import Structure
from rupture_repair.modelling.engine.summaries import Array, Codes

N_STARTS = 4
# as long as the best optimum is found once only, up to so many times the starts are tried
MORE_STARTS = 4


class MixedModel(ModelSpecification):
    """A Gaussian linear mixed model for sessions in patients in therapists."""

    @classmethod
    def from_formula(
        cls,
        formula: str,
        data: pd.DataFrame,
        *,
        groups: str | tuple[str, str],
        time: str,
        patient_terms: str = "correlated",
        therapist_terms: str = "intercept",
    ) -> "MixedModel":
        """Specify the model.

        formula : outcome and fixed effects in patsy's notation; data : a row per session.
        groups : column of the patients, or columns of therapists and patients, the outer first.
        time : column whose slope may vary.
        patient_terms : `intercept`, `independent` or `correlated` intercept and slope on time.
        therapist_terms : the same, or `none`.

        Raises `ModelDataError` for data that cannot carry the model, `ValueError` for unknown
        terms.
        """
        therapist, patient = (None, groups) if isinstance(groups, str) else groups
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

    def with_columns(
        self,
        formula: str,
        terms: Sequence[str],
        covariates: Array,
        power: Codes,
        covariate: Codes,
        *,
        patient_terms: str,
        therapist_terms: str,
    ) -> "MixedModel":
        """Return a model of other columns for the same sessions, whose statistics are shared.

        formula : what the other model is called. terms : names of its columns, each among those of
        this model's formula. covariates : of patients, in the order of `design.rows.patient_ids`,
        shape (r, J). Column n is row `covariate[n]` of them times time to the `power[n]`, 0 or 1;
        columns that depend on earlier ones are left out.
        """
        part, sessions = KroneckerPart(covariates, power, covariate), self.design.sessions
        names = list(self.design.info.column_names)
        places = np.array([names.index(term) for term in terms], dtype=np.intp)
        keep = independent_columns(part.accumulate(sessions.information, sessions)[0])
        design = replace(
            self.design,
            fixed=part.subset(keep) if len(keep) < len(places) else part,
            terms=[terms[n] for n in keep],
            aliased=[terms[n] for n in np.setdiff1d(np.arange(len(places)), keep)],
            columns=places[keep],
        )
        structure = self._structure(patient_terms, therapist_terms)
        return replace(self, formula=formula, design=design, structure=structure, notes=[])

    def designs(
        self,
        covariates: Array,
        power: Codes,
        covariate: Codes,
        *,
        patient_terms: str,
        therapist_terms: str,
    ) -> Designs:
        """Return versions of another fixed part for the same sessions, to be refitted together.

        covariates : patient covariates of each version, in the order of `design.rows.patient_ids`,
        shape (B, r, J). Column n is row `covariate[n]` of them times time to the `power[n]`, 0 or
        1. Unlike `with_columns` this leaves no column out, see `Designs.independent`.
        """
        part = KroneckerPart(covariates[0], power, covariate)
        design = replace(self.design, fixed=part)
        structure = self._structure(patient_terms, therapist_terms)
        problem = replace(self, design=design, structure=structure).problem()
        return Designs(problem, part, covariates)

    def _structure(self, patient_terms: str, therapist_terms: str) -> Structure:
        several = self.design.sessions.n_therapists > 1
        return Structure(patient_terms, therapist_terms if several else "none")

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

    def at(self, theta: Array, reml: bool = True) -> MixedModelResults:
        """Return the model at given parameters of the random part, without a search.

        theta : shape (m,). The `evaluation.theta` of a fit to the same data gives its numbers to
        the last digit. The certificate of such results knows of no starts; gradient and curvature
        are examined as after a search.

        Raises `SingularFixedPartError` when the data do not identify the model.
        """
        problem = self.problem(reml)
        return MixedModelResults(self, problem, problem.evaluate(theta), [])
