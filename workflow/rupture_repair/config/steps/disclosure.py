"""What decides whether counts and single patients may be shown."""

from rupture_repair.config.base import Strict


class SharingSettings(Strict):
    """For what can be shared; `synthetic`: no real patients."""

    synthetic: bool
    confidential: bool

    @property
    def private(self) -> bool:
        """Whether small counts and single patients must not be shown: real, and confidential."""
        return self.confidential and not self.synthetic
