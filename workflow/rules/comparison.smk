"""Several cohorts side by side; a single cohort has nothing to be compared with."""

from rupture_repair.comparison.forest_parts import part_names

COMPARISON = f"{RESULTS}/comparison"
FOREST = part_names(len(SETTINGS.cohorts))
COMPARED = [SETTINGS.cohorts[name].section("comparison") for name in SETTINGS.cohorts]


rule pool_cohorts:
    input:
        moderation=expand(
            rules.tabulate_models.output.moderation, cohort=list(SETTINGS.cohorts)
        ),
        described=expand(
            rules.share_counts.output.cohort, cohort=list(SETTINGS.cohorts)
        ),
    output:
        **tables_of("pool_cohorts", COMPARISON),
    log:
        f"{COMPARISON}/logs/pool_cohorts.log",
    localrule: True
    conda:
        ENVIRONMENT
    params:
        code=code("comparison/pool.py"),
        cohorts=COMPARED,
        tables=columns_of("pool_cohorts"),
    message:
        "comparison: slopes pooled over cohorts"
    script:
        "../scripts/comparison/pool.py"


rule draw_forest_plot:
    input:
        effects=rules.pool_cohorts.output.effects,
        pooled=rules.pool_cohorts.output.pooled,
        words=labels("en"),
        texts=templates("comparison", "comparison/forest_plot"),
    output:
        svg=report(
            [f"{COMPARISON}/figures/{name}.svg" for name in FOREST],
            caption="../report/comparison.rst",
            category="Comparison",
        ),
        png=[f"{COMPARISON}/figures/{name}.png" for name in FOREST],
        alt=[f"{COMPARISON}/figures/{name}.alt.txt" for name in FOREST],
        caption=[f"{COMPARISON}/figures/{name}.caption.txt" for name in FOREST],
    log:
        f"{COMPARISON}/logs/draw_forest_plot.log",
    localrule: True
    conda:
        ENVIRONMENT
    params:
        code=code("comparison/draw_forest.py"),
        cohorts=COMPARED,
    message:
        "comparison: figure, forest plot"
    script:
        "../scripts/comparison/draw_forest.py"


rule render_comparison:
    input:
        tables=list(rules.pool_cohorts.output),
        svg=rules.draw_forest_plot.output.svg,
        png=rules.draw_forest_plot.output.png,
        alt=rules.draw_forest_plot.output.alt,
        caption=rules.draw_forest_plot.output.caption,
        records=expand(rules.record_run.output[0], cohort=list(SETTINGS.cohorts)),
        template=os.path.relpath(REPORTS / "comparison.qmd"),
        sources=report_sources(),
        texts=templates("comparison", "comparison/*", "tables/cells"),
    output:
        html=report(
            f"{COMPARISON}/comparison.html",
            caption="../report/comparison.rst",
            category="Comparison",
        ),
        pdf=f"{COMPARISON}/comparison.pdf",
        docx=f"{COMPARISON}/comparison.docx",
    log:
        f"{COMPARISON}/logs/render_comparison.log",
    localrule: True
    conda:
        ENVIRONMENT
    resources:
        mem_mb=2000,
    params:
        code=code("comparison/render_comparison.py"),
        cohorts=COMPARED,
        left_out=SETTINGS.project.left_out,
        engine=SETTINGS.project.manuscript.engine,
    message:
        "comparison: report as HTML, PDF and Word"
    script:
        "../scripts/comparison/render_comparison.py"


rule record_comparison:
    input:
        records=expand(rules.record_provenance.output[0], cohort=list(SETTINGS.cohorts)),
        outputs=[
            *rules.pool_cohorts.output,
            *rules.draw_forest_plot.output,
            *rules.render_comparison.output,
        ],
    output:
        report(
            f"{COMPARISON}/provenance.json",
            caption="../report/comparison.rst",
            category="Comparison",
        ),
    log:
        f"{COMPARISON}/logs/record_comparison.log",
    localrule: True
    conda:
        ENVIRONMENT
    params:
        code=code("comparison/record_comparison.py"),
        engine=SETTINGS.project.manuscript.engine,
    message:
        "comparison: provenance"
    script:
        "../scripts/comparison/record_comparison.py"
