"""What the steps of the room `detection` depend on."""

from rupture_repair.config.analysis import Compatibility
from rupture_repair.config.base import Strict
from rupture_repair.config.criteria import Criterion, NamedCriterion
from rupture_repair.config.instruments import Instrument


class DetectionSettings(Strict):
    """For finding ruptures."""

    criterion: Criterion
    alliance: Instrument


class AuditSettings(Strict):
    """For the page of every patient with a rupture."""

    title: str
    synthetic: bool
    criterion: NamedCriterion
    alliance: Instrument
    symptoms: Instrument


class CompatibilitySettings(Strict):
    """For weighing rules by the published shares; `labels` of the other studies, in their order."""

    title: str
    criteria: dict[str, Criterion]
    criterion: NamedCriterion
    alliance: Instrument
    compatibility: Compatibility
    labels: tuple[str, ...]


class CriteriaSettings(Strict):
    """For the same patients under every named criterion."""

    criteria: dict[str, Criterion]
    alliance: Instrument
