"""Tables of counts as they may be shared; with all counts they stay in the private folder."""

COUNTED = (
    "pattern_breakdown",
    "detection",
    "chance",
    "cohort",
    "patient_flow",
    "model_comparison",
    "johnson_neyman",
    "chance_by_criterion",
    "criteria_breakdown",
    "criteria_agreement",
    "criteria_moves",
    "criteria_consistency",
    "rupture_hazard",
    "rupture_exposure",
    "multiverse",
    "effect_sizes",
    "reliable_change",
    "diagnostics",
    "residual_bins",
    "sensitivity",
)


rule share_counts:
    input:
        tables=expand(
            f"{COHORT}/ruptures/counts/{{table}}.csv",
            table=COUNTED,
            allow_missing=True,
        ),
        code=code("disclosure/share.py"),
    output:
        report(
            f"{COHORT}/tables/pattern_breakdown.csv",
            caption="../report/breakdown.rst",
            category="Tables",
            subcategory="{cohort}",
        ),
        **{name: f"{COHORT}/tables/{name}.csv" for name in COUNTED[1:]},
    log:
        f"{COHORT}/logs/share_counts.log",
    localrule: True
    conda:
        "../../environment.yml"
    resources:
        mem_mb=1000,
    params:
        settings=section("disclosure"),
    script:
        "../scripts/disclosure/share.py"
