"""What the steps of the room `cohort` depend on."""

from rupture_repair.config.base import Strict
from rupture_repair.config.columns import Columns
from rupture_repair.config.criteria import Criterion
from rupture_repair.config.instruments import Instrument
from rupture_repair.config.synthetic import Synthetic


class SimulationSettings(Strict):
    """For drawing a synthetic cohort; `instruments` by what they rate."""

    synthetic: Synthetic
    columns: Columns
    instruments: dict[str, Instrument]
    criterion: Criterion
