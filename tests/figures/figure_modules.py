"""Every figure of the paper by its name."""

from rupture_repair.figures import (
    alliance_trajectories,
    chance_by_length,
    criteria_agreement,
    influence,
    johnson_neyman,
    patient_flow,
    pattern_breakdown,
    random_effects,
    residuals,
    rupture_hazard,
    sensitivity_forest,
    simple_slopes,
    specification_curve,
    symptom_trajectories,
)

MODULES = {
    module.__name__.rsplit(".", 1)[1]: module
    for module in (
        patient_flow,
        pattern_breakdown,
        chance_by_length,
        alliance_trajectories,
        symptom_trajectories,
        simple_slopes,
        johnson_neyman,
        criteria_agreement,
        rupture_hazard,
        residuals,
        random_effects,
        influence,
        sensitivity_forest,
        specification_curve,
    )
}
PUBLISHED = {"none": 57.8, "unrepaired": 32.9, "repaired": 9.3}
