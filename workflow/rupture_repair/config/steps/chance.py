"""What the breakdowns expected by chance depend on."""

from rupture_repair.config.analysis import Chance
from rupture_repair.config.base import Strict
from rupture_repair.config.criteria import Criterion
from rupture_repair.config.instruments import Instrument


class ChanceSettings(Strict):
    """For the breakdown expected by chance under the cohort's criterion."""

    criterion: Criterion
    chance: Chance
    alliance: Instrument


class CriteriaChanceSettings(Strict):
    """For the breakdown expected by chance under every named criterion."""

    criteria: dict[str, Criterion]
    chance: Chance
    alliance: Instrument
