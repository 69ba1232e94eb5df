"""What the front page of a run depends on, beside the files that it links to."""

from rupture_repair.config.steps.disclosure import SharingSettings


class FrontPageSettings(SharingSettings):
    """For `index.html`; `calibrated`: drawn here to meet the published figures."""

    name: str
    title: str
    calibrated: bool
