"""What the comparison of cohorts depends on, beside their tables."""

from rupture_repair.config.analysis import Time
from rupture_repair.config.base import Strict
from rupture_repair.config.instruments import Instruments


class ComparedCohort(Strict):
    """One of the cohorts; `criterion` by its name, and what it is called in print."""

    name: str
    title: str
    synthetic: bool
    time: Time
    instruments: Instruments
    criterion: str
    printed_criterion: str = ""
