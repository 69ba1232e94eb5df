"""What the record of a run holds of the configuration: all of it."""

from rupture_repair.config.cohort import Cohort
from rupture_repair.config.criteria import NamedCriterion
from rupture_repair.config.instruments import Instruments
from rupture_repair.config.multiverse import Multiverse
from rupture_repair.config.steps.identity import Identity


class RecordSettings(Identity):
    """For the record of a run."""

    cohort: Cohort
    instruments: Instruments
    criterion: NamedCriterion
    multiverse: Multiverse
