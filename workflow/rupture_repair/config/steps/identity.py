"""Which cohort a step is about."""

from rupture_repair.config.base import Strict


class Identity(Strict):
    """A cohort's name and where its data come from.

    synthetic : no real patients. calibrated : drawn here to meet the published figures.
    """

    name: str
    title: str
    synthetic: bool
    calibrated: bool
