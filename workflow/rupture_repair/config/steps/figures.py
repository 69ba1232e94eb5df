"""What the figures depend on, beside the tables that they draw."""

from pydantic import Field

from rupture_repair.config.analysis import Modelling
from rupture_repair.config.criteria import printed_name
from rupture_repair.config.instruments import Instruments
from rupture_repair.config.steps.disclosure import SharingSettings
from rupture_repair.config.wording import MAIN_LANGUAGE


class FigureSettings(SharingSettings):
    """For every figure; `criterion` by its name, `criteria` what each is called in print.

    calibrated : the cohort was drawn to have the published shares. language : of the labels.
    """

    calibrated: bool
    instruments: Instruments
    criterion: str
    criteria: dict[str, str] = Field(default_factory=dict)
    modelling: Modelling
    language: str = MAIN_LANGUAGE

    def printed(self, criterion: str) -> str:
        """Return what a criterion is called in print."""
        return self.criteria.get(criterion) or printed_name(criterion, "")

    @property
    def own(self) -> str:
        """What the cohort's criterion is called in print."""
        return self.printed(self.criterion)
