"""What the steps of the room `validation` depend on."""

from rupture_repair.config.base import Strict
from rupture_repair.config.columns import Columns
from rupture_repair.config.inclusion import Inclusion
from rupture_repair.config.instruments import Instrument
from rupture_repair.config.reading import Readings
from rupture_repair.config.sessions import SessionRules
from rupture_repair.config.wording import Labels


class ValidationSettings(Strict):
    """For reading and checking the raw files; `instruments` by what they rate."""

    title: str
    synthetic: bool
    columns: Columns
    reading: Readings
    labels: Labels = Labels()
    missing_codes: tuple[str, ...]
    sessions: SessionRules = SessionRules()
    instruments: dict[str, Instrument]
    inclusion: Inclusion
    covariates: tuple[str, ...] = ()


class ReportSettings(Strict):
    """For the validation report."""

    title: str
    synthetic: bool
