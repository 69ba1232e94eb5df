"""What the specifications of a cohort follow from."""

from rupture_repair.config.analysis import Clustering, PatientTerms, Time
from rupture_repair.config.base import Strict
from rupture_repair.config.criteria import Criterion
from rupture_repair.config.instruments import Instrument
from rupture_repair.config.multiverse import Multiverse
from rupture_repair.config.steps.modelling import ModelCovariate


class MultiverseSettings(Strict):
    """The cohort's own analysis, and what is varied."""

    criterion: Criterion
    alliance: Instrument
    time: Time
    patient_terms: PatientTerms
    clustering: Clustering = "therapist"
    covariates: tuple[ModelCovariate, ...] = ()
    min_sessions: int
    min_patients_per_therapist: int = 1
    multiverse: Multiverse
