"""The paper in HTML, PDF and Word."""

PAPER_TABLES = (
    "cohort",
    "patient_flow",
    "pattern_breakdown",
    "detection",
    "chance",
    "chance_by_criterion",
    "criteria_breakdown",
    "criteria_agreement",
    "criteria_consistency",
    "rupture_hazard",
    "rupture_exposure",
    "model_comparison",
    "fixed_effects",
    "variance_components",
    "contrasts",
    "moderation",
    "effect_sizes",
    "reliable_change",
    "robustness",
    "influence",
    "diagnostics",
    "sensitivity",
    "johnson_neyman",
    "certificates",
    "engines",
    "not_estimated",
    "multiverse",
    "multiverse_specifications",
    "multiverse_influence",
    "multiverse_inference",
)


rule render_manuscript:
    input:
        tables=expand(
            f"{COHORT}/tables/{{table}}.csv", table=PAPER_TABLES, allow_missing=True
        ),
        captions=expand(
            f"{COHORT}/figures/{{figure}}.caption.txt",
            figure=FIGURES,
            allow_missing=True,
        ),
        figures=expand(
            f"{COHORT}/figures/{{figure}}.{{kind}}",
            figure=FIGURES,
            kind=["svg", "png", "alt.txt"],
            allow_missing=True,
        ),
        verification=rules.verify_published.output[0],
        provenance=rules.record_run.output[0],
        sources=report_sources("manuscript.qmd", "_sections/"),
        code=code("manuscript/render.py"),
    output:
        html=report(
            f"{COHORT}/manuscript/manuscript.html",
            caption="../report/paper.rst",
            category="Paper",
            subcategory="{cohort}",
        ),
        pdf=f"{COHORT}/manuscript/manuscript.pdf",
        docx=f"{COHORT}/manuscript/manuscript.docx",
    log:
        f"{COHORT}/logs/render_manuscript.log",
    localrule: True
    conda:
        "../../environment.yml"
    resources:
        mem_mb=2000,
    params:
        settings=section("manuscript"),
        engine=SETTINGS.project.manuscript.engine,
    script:
        "../scripts/manuscript/render.py"
