"""Figures with alt text and caption."""


rule draw_figure:
    input:
        tables=lambda w: [
            f"{RESULTS}/{w.cohort}/{shared_file(name)}" for name in FIGURES[w.figure]
        ],
        code=lambda w: module(f"figures/{w.figure}.py") + code("figures/draw.py"),
    output:
        svg=report(
            f"{COHORT}/figures/{{figure}}.svg",
            caption="../report/figure.rst",
            category="Figures",
            subcategory="{cohort}",
        ),
        png=f"{COHORT}/figures/{{figure}}.png",
        alt=f"{COHORT}/figures/{{figure}}.alt.txt",
        caption=f"{COHORT}/figures/{{figure}}.caption.txt",
    log:
        f"{COHORT}/logs/draw_{{figure}}.log",
    wildcard_constraints:
        figure="|".join(FIGURES),
    localrule: True
    conda:
        ENVIRONMENT
    resources:
        mem_mb=1000,
    params:
        settings=section("figures"),
    script:
        "../scripts/figures/draw.py"
