"""Exact inference for Gaussian mixed models of sessions in patients in therapists.

    from rupture_repair.modelling.engine import MixedModel

    model = MixedModel.from_formula(
        "symptoms ~ time * pattern", data, groups=("therapist", "patient"), time="time"
    )
    results = model.fit(reml=True)
    print(results.summary())

Names are those of statsmodels' `MixedLM` where it has the same thing. Notation, formulas and
sources: docs/engine.md. What is imported here is the engine's public face; everything else in its
modules may change.
"""

from rupture_repair.modelling.engine.certificate import Certificate, CertificateError
from rupture_repair.modelling.engine.design import ModelDataError
from rupture_repair.modelling.engine.designs import Designs
from rupture_repair.modelling.engine.deviance import SingularFixedPartError
from rupture_repair.modelling.engine.extended import (
    Extension,
    residual_correlation,
    slope_variances,
)
from rupture_repair.modelling.engine.identifiability import VARIANCE_WORDS
from rupture_repair.modelling.engine.model import MixedModel
from rupture_repair.modelling.engine.resampling import (
    Resamples,
    bootstrap,
    leave_one_out,
    refit,
    refit_designs,
    refit_start,
)
from rupture_repair.modelling.engine.residuals import standardised_effects, standardised_residuals
from rupture_repair.modelling.engine.results import MixedModelResults
from rupture_repair.modelling.engine.sandwich import ClusterRobust, Unit, cluster_robust
from rupture_repair.modelling.engine.satterthwaite import degrees_of_freedom
from rupture_repair.modelling.engine.second_engine import (
    SAME_LIKELIHOOD,
    Agreement,
    compare_engines,
)
from rupture_repair.modelling.engine.student import critical_value, two_sided_p

__all__ = [
    "SAME_LIKELIHOOD",
    "VARIANCE_WORDS",
    "Agreement",
    "Certificate",
    "CertificateError",
    "ClusterRobust",
    "Designs",
    "Extension",
    "MixedModel",
    "MixedModelResults",
    "ModelDataError",
    "Resamples",
    "SingularFixedPartError",
    "Unit",
    "bootstrap",
    "cluster_robust",
    "compare_engines",
    "critical_value",
    "degrees_of_freedom",
    "leave_one_out",
    "refit",
    "refit_designs",
    "refit_start",
    "residual_correlation",
    "slope_variances",
    "standardised_effects",
    "standardised_residuals",
    "two_sided_p",
]
