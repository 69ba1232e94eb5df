"""A second opinion: statsmodels' MixedLM, where it can express the model."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from rupture_repair.modelling.engine.results import MixedModelResults
from rupture_repair.modelling.engine.summaries import Array

if TYPE_CHECKING:
    from statsmodels.regression.mixed_linear_model import MixedLMResults

# log-likelihoods of two engines must agree to this
SAME_LIKELIHOOD = 1e-4
# MixedLM inverts variances: one that is zero is handed over as this share of the residual one
ALMOST_ZERO = 1e-9


@dataclass(frozen=True)
class Agreement:
    """One model and method in two engines.

    llf, peer_llf : log-likelihood at each engine's own optimum.
    peer_at_ours : the peer's log-likelihood at our estimates: free of where its optimiser stops.
    shortfall : by how much the peer stops below; negative would say that we do.
    agrees : the likelihoods are the same function, and ours is not below.
    """

    peer: str
    llf: float
    peer_llf: float
    peer_at_ours: float

    @property
    def shortfall(self) -> float:
        """How much the peer's optimum lies below ours."""
        return self.llf - self.peer_llf

    @property
    def agrees(self) -> bool:
        """Whether both give the same likelihood, and ours is the optimum."""
        same = abs(self.llf - self.peer_at_ours) <= SAME_LIKELIHOOD
        return bool(same and self.shortfall >= -SAME_LIKELIHOOD)


def compare_engines(results: MixedModelResults, peer: "MixedLMResults") -> Agreement:
    """Compare with statsmodels' fit of the same model by the same method.

    The peer's groups are therapists, with variance components named `patient` and
    `patient_slope`; or patients, in a model without therapists, with the slope either in the
    random-effects formula or, where it is independent, as the component `patient_slope`.

    Raises `ValueError` when the peer cannot be the same model.
    """
    # statsmodels takes a second to import, and most who fit a model do not need it
    from statsmodels.regression.mixed_linear_model import MixedLMParams

    structure = results.problem.structure
    nested = structure.therapist != "none"
    if nested and structure.patient == "correlated":
        raise ValueError("MixedLM cannot express correlated patient terms inside therapists")
    if (peer.method == "REML") != results.problem.reml:
        raise ValueError("one fit is by REML, the other by ML")
    names = list(peer.model.exog_names)
    if peer.model.nobs != results.nobs or set(names) != set(results.terms):
        raise ValueError("the two fits differ in sessions or fixed effects")
    relative = structure.covariances(results.evaluation.theta)[int(nested)]
    components = list(peer.model.exog_vc.names)
    expected = _components(results, nested, peer.model.k_re)
    if set(components) != expected:
        raise ValueError(f"the peer's variance components are {components}, not {expected}")
    variances = np.array([results.variances[name] for name in components]) / results.scale
    at_ours = MixedLMParams.from_components(
        fe_params=results.params[names].to_numpy(),
        cov_re=_positive(relative[: peer.model.k_re, : peer.model.k_re]),
        vcomp=np.maximum(variances, ALMOST_ZERO),
    )
    peer_at_ours = float(peer.model.loglike(at_ours, profile_fe=False))
    return Agreement("statsmodels", results.llf, float(peer.llf), peer_at_ours)


def _components(results: MixedModelResults, nested: bool, k_re: int) -> set[str]:
    named = set(results.variances)
    if nested:
        return {"patient", "patient_slope"} & named
    independent = results.problem.structure.patient == "independent"
    return {"patient_slope"} & named if independent and k_re == 1 else set()


def _positive(covariance: Array) -> Array:
    values, vectors = np.linalg.eigh(covariance)
    return (vectors * np.maximum(values, ALMOST_ZERO)) @ vectors.T
