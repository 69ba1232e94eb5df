"""What specifications share: detection of a sample, statistics of its sessions.

The sufficient statistics of the engine depend on sample, time, baseline and on which patients are
classified, not on their patterns: they are computed once, and each specification brings its own
fixed part.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from rupture_repair.config.analysis import Time
from rupture_repair.config.criteria import PATTERNS, Criterion
from rupture_repair.config.multiverse import Baseline
from rupture_repair.config.steps.modelling import ModelCovariate
from rupture_repair.detection.grid import Grid
from rupture_repair.detection.patterns import pattern_codes
from rupture_repair.detection.ruptures import find_ruptures
from rupture_repair.detection.series import Ints, Series, series_of
from rupture_repair.modelling.covariates import adjusted, is_covariate
from rupture_repair.modelling.engine import Designs, MixedModel
from rupture_repair.multiverse.formula import (
    GROUPS,
    factors_of,
    formula_of,
    has_term,
    largest_formula,
    modelled_sessions,
    placeholder_patterns,
)
from rupture_repair.multiverse.samples import sample_of
from rupture_repair.multiverse.specifications import Specification

Bools = NDArray[np.bool_]
Array = NDArray[np.float64]


@dataclass(frozen=True)
class Stage:
    """The data of a model before anybody has a pattern.

    largest : model of the largest formula, with patterns that stand in for the real ones.
    place : where each patient of that model, sorted by therapist, is in the series, shape (J,).
    covariates : `iip_z`, `length_c` and, where adjusted for, `baseline_z` per patient, (J,).
    """

    largest: MixedModel
    place: Ints
    covariates: Mapping[str, Array]

    @cached_property
    def names(self) -> list[str]:
        """All terms of the largest formula."""
        return list(self.largest.design.info.column_names)

    @property
    def patient_ids(self) -> NDArray[Any]:
        """Who the patients are to whom `place` and `covariates` belong, shape (J,)."""
        return self.largest.design.rows.patient_ids

    def model(
        self,
        specification: Specification,
        codes: Ints,
        covariates: Mapping[str, Array] | None = None,
    ) -> MixedModel:
        """Return the model of a specification.

        codes : each patient of the series as a place in `PATTERNS`.
        covariates : in place of the stage's own.
        """
        known = self.covariates if covariates is None else covariates
        terms = [term for term in self.names if has_term(specification, term)]
        made, power, which = _products(terms, codes[self.place], known)
        return self.largest.with_columns(
            formula_of(specification),
            terms,
            np.stack(made),
            power,
            which,
            patient_terms=specification.patient_terms,
            therapist_terms=specification.therapist_terms,
        )

    def designs(
        self, specification: Specification, codes: Ints, covariates: Mapping[str, Array]
    ) -> tuple[list[str], Designs]:
        """Return the terms and the versions of the model for several `codes`, shape (B, J).

        codes : of the patients of `patient_ids`. covariates : as of the stage, some of them a row
        per version, (B, J).
        """
        terms = [term for term in self.names if has_term(specification, term)]
        made, power, which = _products(terms, codes, covariates)
        rows = [np.broadcast_to(row, codes.shape) for row in made]
        return terms, self.largest.designs(
            np.stack(rows, axis=1),
            power,
            which,
            patient_terms=specification.patient_terms,
            therapist_terms=specification.therapist_terms,
        )


def _products(
    terms: Sequence[str], codes: Ints, covariates: Mapping[str, Array]
) -> tuple[list[Array], Ints, Ints]:
    """Return the products of covariates that terms are, their powers of time, and which it is.

    codes : each patient as a place in `PATTERNS`, shape (…, J), as the products.
    """
    known = dict(covariates)
    known |= {f"pattern[T.{name}]": (codes == n) * 1.0 for n, name in enumerate(PATTERNS)}
    factors = [factors_of(term) for term in terms]
    power = np.array([int("time" in own) for own in factors], dtype=np.intp)
    plain = [tuple(factor for factor in own if factor != "time") for own in factors]
    made: dict[tuple[str, ...], Array] = {}
    for own in dict.fromkeys(plain):
        column = np.ones(codes.shape)
        for factor in own:
            column = column * known[factor]
        made[own] = column
    places = list(made)
    return list(made.values()), power, np.array([places.index(own) for own in plain], dtype=np.intp)


@dataclass
class Stages:
    """A cohort's samples, detections and stages, each made once.

    patients, sessions : the tidy tables. grid : scores that the alliance questionnaire can give.
    covariates : what the cohort's own models adjust for.
    """

    patients: pd.DataFrame
    sessions: pd.DataFrame
    grid: Grid | None = None
    covariates: Sequence[ModelCovariate] = ()
    _samples: dict[tuple[int, float, int], tuple[pd.DataFrame, Series]] = field(
        default_factory=dict
    )
    _codes: dict[tuple[int, float, int, Criterion], Ints] = field(default_factory=dict)
    _stages: dict[tuple[Any, ...], Stage] = field(default_factory=dict)

    @classmethod
    def numbered(
        cls,
        patients: pd.DataFrame,
        sessions: pd.DataFrame,
        grid: Grid | None,
        covariates: Sequence[ModelCovariate],
    ) -> "Stages":
        """Return stages that know patients by number, in the order of their names.

        Names are slow to compare, and a cohort is joined and sorted for each stage.
        """
        names = pd.Index(patients["patient_id"].sort_values())
        known, rated = (
            table.assign(patient_id=names.get_indexer(pd.Index(table["patient_id"])))
            for table in (patients, sessions)
        )
        return cls(known, rated, grid, covariates)

    def with_alliance(self, alliance: Array) -> "Stages":
        """Return the cohort with other alliance ratings, in the order of its sessions.

        Simulated ratings are possible scores already. Stages know nothing of the alliance: they
        are shared.
        """
        sessions = self.sessions.assign(alliance=alliance)
        covariates = self.covariates
        return Stages(self.patients, sessions, covariates=covariates, _stages=self._stages)

    def sample(self, specification: Specification) -> tuple[pd.DataFrame, Series]:
        """Return the specification's sessions, and their ratings as series."""
        key = specification.sample
        if key not in self._samples:
            long_enough, ends, fewest = key
            therapist = self.patients.set_index("patient_id")["therapist_id"]
            found = sample_of(self.sessions, long_enough, ends, therapist, fewest)
            self._samples[key] = found, series_of(found, self.grid)
        return self._samples[key]

    def codes(self, specification: Specification) -> Ints:
        """Return each patient of the series as a place in `PATTERNS`, −1 unclassifiable."""
        key = (*specification.sample, specification.criterion)
        if key not in self._codes:
            series = self.sample(specification)[1]
            self._codes[key] = detected(series, specification.criterion)
        return self._codes[key]

    def stage(self, specification: Specification, codes: Ints) -> Stage:
        """Return the stage of a specification's sample, with the patients who are classified."""
        classified = codes >= 0
        time, baseline = specification.time, specification.baseline
        key = (*specification.sample, time, baseline, classified.tobytes())
        if key not in self._stages:
            sample, series = self.sample(specification)
            everybody = pd.Series(series.patients)
            self._stages[key] = self._stage(sample, everybody, classified, time, baseline)
        return self._stages[key]

    def _stage(
        self,
        sample: pd.DataFrame,
        everybody: pd.Series,
        classified: Bools,
        time: Time,
        baseline: Baseline,
    ) -> Stage:
        patterns = placeholder_patterns(everybody[classified])
        table = modelled_sessions(self.patients, sample, patterns, time, baseline, self.covariates)
        formula = adjusted(largest_formula(baseline), table.columns, self.covariates)
        largest = MixedModel.from_formula(formula, table, groups=GROUPS, time="time")
        people = pd.Index(largest.design.rows.patient_ids)
        rows = table.drop_duplicates("patient_id").set_index("patient_id").loc[people]
        names = [name for name in ("iip_z", "length_c", "baseline_z") if name in rows]
        names += [name for name in table if is_covariate(name, self.covariates)]
        covariates = {name: rows[name].to_numpy(dtype=float) for name in names}
        return Stage(largest, pd.Index(everybody).get_indexer(people), covariates)


def detected(series: Series, criterion: Criterion) -> Ints:
    """Return each patient's pattern as a place in `PATTERNS`, −1 unclassifiable."""
    return pattern_codes(series, find_ruptures(series, criterion), criterion.aggregate)
