"""The figures and the results each of them needs."""

FIGURES: dict[str, tuple[str, ...]] = {
    "patient_flow": ("tables/patient_flow.csv", "tables/pattern_breakdown.csv"),
    "pattern_breakdown": ("tables/pattern_breakdown.csv", "tables/chance.csv"),
    "chance_by_length": ("tables/chance.csv",),
    "alliance_trajectories": (
        "data/sessions.parquet",
        "ruptures/events.parquet",
        "ruptures/patterns.parquet",
        "tables/pattern_breakdown.csv",
    ),
    "symptom_trajectories": ("tables/trajectories.csv",),
    "simple_slopes": ("tables/simple_slopes.csv",),
    "johnson_neyman": (
        "tables/johnson_neyman.csv",
        "tables/johnson_neyman_curve.csv",
        "data/patients.parquet",
        "ruptures/patterns.parquet",
    ),
    "criteria_agreement": ("tables/criteria_breakdown.csv", "tables/criteria_agreement.csv"),
    "residuals": ("tables/diagnostic_quantiles.csv", "tables/residual_bins.csv"),
    "random_effects": ("tables/diagnostic_quantiles.csv",),
    "influence": ("tables/influence.csv", "tables/robustness.csv"),
    "sensitivity_forest": ("tables/sensitivity.csv",),
    "rupture_hazard": ("tables/rupture_hazard.csv",),
    "specification_curve": (
        "tables/multiverse_specifications.csv",
        "tables/multiverse.csv",
        "tables/multiverse_influence.csv",
    ),
}
