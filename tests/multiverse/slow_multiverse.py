"""Specifications one by one, by the workflow's own detector, table and formula: slow, obvious."""

from rupture_repair.detection.detector import detect
from rupture_repair.modelling.engine import MixedModel
from rupture_repair.multiverse.formula import GROUPS, formula_of, modelled_sessions
from rupture_repair.multiverse.samples import sample_of


def analysed(specification, patients, sessions):
    """Return the sessions that the specification's model is fitted to."""
    sample = sample_of(sessions, *specification.sample)
    patterns = detect(sample, specification.criterion).patterns
    time, baseline = specification.time, specification.baseline
    return modelled_sessions(patients, sample, patterns, time, baseline)


def fit_one(specification, patients, sessions):
    """Return the fit of one specification."""
    return MixedModel.from_formula(
        formula_of(specification),
        analysed(specification, patients, sessions),
        groups=GROUPS,
        time="time",
        patient_terms=specification.patient_terms,
        therapist_terms=specification.therapist_terms,
    ).fit()
