"""What the comparison with published and planted figures depends on."""

from typing import Literal

from rupture_repair.config.base import Strict
from rupture_repair.config.synthetic import SymptomProcess


class VerificationSettings(Strict):
    """For verdicts on published figures and planted effects.

    calibrated : drawn here to meet the published figures. planted : the symptom process of such a
    cohort.
    """

    calibrated: bool
    planted: SymptomProcess | None
    time: Literal["log", "linear"]
