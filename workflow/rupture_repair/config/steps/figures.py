"""What the figures depend on, beside the tables that they draw."""

from rupture_repair.config.analysis import Modelling
from rupture_repair.config.instruments import Instruments
from rupture_repair.config.steps.disclosure import SharingSettings
from rupture_repair.config.wording import MAIN_LANGUAGE


class FigureSettings(SharingSettings):
    """For every figure; `criterion` by its name.

    calibrated : the cohort was drawn to have the published shares. language : of the labels.
    """

    calibrated: bool
    instruments: Instruments
    criterion: str
    modelling: Modelling
    language: str = MAIN_LANGUAGE
