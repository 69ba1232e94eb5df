"""Settings of the page of every patient with a rupture."""

from rupture_repair.config.criteria import NamedCriterion
from rupture_repair.config.steps.detection import AuditSettings


def audit_settings(instruments, title="Clinic"):
    """Of a real cohort judged by the criterion with all defaults."""
    return AuditSettings(
        title=title,
        synthetic=False,
        criterion=NamedCriterion(name="igra2025_style"),
        alliance=instruments["alliance"],
        symptoms=instruments["symptoms"],
    )
