"""What the paper depends on, beside the tables and figures that it shows."""

from rupture_repair.config.analysis import Chance, Modelling, Robustness, Sensitivity
from rupture_repair.config.criteria import Criterion, NamedCriterion
from rupture_repair.config.inclusion import Inclusion
from rupture_repair.config.instruments import Instruments
from rupture_repair.config.sessions import SessionRules
from rupture_repair.config.steps.disclosure import SharingSettings
from rupture_repair.config.synthetic import Synthetic


class ManuscriptSettings(SharingSettings):
    """For the paper; `parameters` of a cohort that was drawn here."""

    name: str
    title: str
    instruments: Instruments
    criterion: NamedCriterion
    criteria: dict[str, Criterion]
    modelling: Modelling
    inclusion: Inclusion
    sessions: SessionRules
    chance: Chance
    robustness: Robustness
    sensitivity: Sensitivity
    parameters: Synthetic | None
    second_language: str | None = None
