"""Conditional residuals and predicted random effects, each divided by its own standard deviation.

With Var(y) = V and P = V⁻¹ − V⁻¹X(X'V⁻¹X)⁻¹X'V⁻¹, residuals are σ²Py, predicted effects GZ'Py, so
that their variances are σ⁴P and GZ'PZG (Nobre & Singer 2007). A patient with few sessions is drawn
to the mean; without this division such shrinkage would look like a heavy-tailed distribution.
"""

from collections.abc import Iterator

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from rupture_repair.modelling.engine.results import MixedModelResults
from rupture_repair.modelling.engine.sandwich import working_covariance
from rupture_repair.modelling.engine.structure import EFFECTS
from rupture_repair.modelling.engine.summaries import Array

# a variance below this share of the residual one is zero: nothing is to be standardised
NO_VARIANCE = 1e-9


def standardised_residuals(results: MixedModelResults) -> pd.Series:
    """Return studentised conditional residuals, indexed as the rows fitted."""
    variance = np.empty(results.nobs)
    for which, projection in _projections(results):
        variance[which] = results.scale**2 * np.diag(projection)
    return results.resid / np.sqrt(variance)


def standardised_effects(results: MixedModelResults) -> dict[str, pd.DataFrame]:
    """Return predicted effects by level, columns `intercept` and `slope`, each of variance 1.

    Effects whose variance is zero, or that are not in the model, are missing.
    """
    rows = results.model.design.rows
    z = np.column_stack([np.ones(results.nobs), rows.time])
    patient, therapist = (
        results.random_covariances[level].to_numpy() for level in ("patient", "therapist")
    )
    of_patient = np.full((len(rows.patient_ids), 2), np.nan)
    of_therapist = np.full((len(rows.therapist_ids), 2), np.nan)
    carer = results.model.design.sessions.therapist[rows.patient]
    for which, projection in _projections(results):
        if len(rows.therapist_ids) > 1:
            spread = therapist @ z[which].T @ projection @ z[which] @ therapist
            of_therapist[carer[which[0]]] = np.diag(spread)
        for one in np.unique(rows.patient[which]):
            own = np.flatnonzero(rows.patient[which] == one)
            inside = projection[np.ix_(own, own)]
            of_patient[one] = np.diag(patient @ z[which[own]].T @ inside @ z[which[own]] @ patient)
    scaled = {}
    for level, variance in (("patient", of_patient), ("therapist", of_therapist)):
        known = np.where(variance > NO_VARIANCE * results.scale, variance, np.nan)
        effects = results.random_effects[level]
        scaled[level] = pd.DataFrame(effects / np.sqrt(known), index=effects.index, columns=EFFECTS)
    return scaled


def _projections(results: MixedModelResults) -> Iterator[tuple[NDArray[np.intp], Array]]:
    """Yield the rows of each independent cluster and the block of P that belongs to them."""
    rows = results.model.design.rows
    cluster = rows.patient
    if len(rows.therapist_ids) > 1:
        cluster = results.model.design.sessions.therapist[cluster]
    design = results.model.design.fixed_rows()
    order = np.argsort(cluster, kind="stable")
    for which in np.split(order, np.flatnonzero(np.diff(cluster[order])) + 1):
        inverse = np.linalg.inv(working_covariance(results, which))
        weighted = inverse @ design[which]
        yield which, inverse - weighted @ results.covariance @ weighted.T
