"""Figures with alt text and caption: a job for those of the ratings, one for those of models.

Starting a process and loading matplotlib takes longer than drawing two figures.
"""

from rupture_repair.config.wording import second_languages
from rupture_repair.figures.catalogue import (
    OF_MODELS,
    OF_RATINGS,
    tables_of_figures,
)


rule draw_ratings:
    input:
        tables=[
            f"{COHORT}/{shared_file(name)}" for name in tables_of_figures(OF_RATINGS)
        ],
        words=labels("en"),
        code=modules(*(f"figures/{figure}.py" for figure in OF_RATINGS))
        + code("figures/draw.py"),
        texts=templates(*(f"figures/{figure}" for figure in OF_RATINGS)),
    output:
        svg=report(
            pictures(OF_RATINGS, "svg"),
            caption="../report/figure.rst",
            category="Figures",
            subcategory="{cohort}",
        ),
        png=pictures(OF_RATINGS, "png"),
        alt=pictures(OF_RATINGS, "alt.txt"),
        caption=pictures(OF_RATINGS, "caption.txt"),
    log:
        f"{COHORT}/logs/draw_ratings.log",
    localrule: True
    conda:
        ENVIRONMENT
    resources:
        mem_mb=1000,
    params:
        figures=list(OF_RATINGS),
        settings=section("figures"),
    script:
        "../scripts/figures/draw.py"


rule draw_models:
    input:
        tables=[
            f"{COHORT}/{shared_file(name)}" for name in tables_of_figures(OF_MODELS)
        ],
        words=labels("en"),
        code=modules(*(f"figures/{figure}.py" for figure in OF_MODELS))
        + code("figures/draw.py"),
        texts=templates(*(f"figures/{figure}" for figure in OF_MODELS)),
    output:
        svg=report(
            pictures(OF_MODELS, "svg"),
            caption="../report/figure.rst",
            category="Figures",
            subcategory="{cohort}",
        ),
        png=pictures(OF_MODELS, "png"),
        alt=pictures(OF_MODELS, "alt.txt"),
        caption=pictures(OF_MODELS, "caption.txt"),
    log:
        f"{COHORT}/logs/draw_models.log",
    localrule: True
    conda:
        ENVIRONMENT
    resources:
        mem_mb=1000,
    params:
        figures=list(OF_MODELS),
        settings=section("figures"),
    script:
        "../scripts/figures/draw.py"


rule draw_second_language:
    input:
        tables=[f"{COHORT}/{shared_file(name)}" for name in tables_of_figures(FIGURES)],
        words=labels("{language}"),
        code=modules(*(f"figures/{figure}.py" for figure in FIGURES))
        + code("figures/translate.py"),
    output:
        svg=pictures([f"{{language}}/{figure}" for figure in FIGURES], "svg"),
        png=pictures([f"{{language}}/{figure}" for figure in FIGURES], "png"),
    log:
        f"{COHORT}/logs/draw_second_language_{{language}}.log",
    wildcard_constraints:
        language="|".join(second_languages()),
    localrule: True
    conda:
        ENVIRONMENT
    resources:
        mem_mb=1000,
    params:
        figures=list(FIGURES),
        settings=section("figures"),
    script:
        "../scripts/figures/translate.py"


rule draw_for_submission:
    input:
        tables=[f"{COHORT}/{shared_file(name)}" for name in tables_of_figures(FIGURES)],
        words=labels("en"),
        code=modules(*(f"figures/{figure}.py" for figure in FIGURES))
        + code("figures/submit.py"),
        texts=templates("figures/*"),
    output:
        pdf=pictures([f"submission/{figure}" for figure in FIGURES], "pdf"),
        tiff=pictures([f"submission/{figure}" for figure in FIGURES], "tiff"),
    log:
        f"{COHORT}/logs/draw_for_submission.log",
    localrule: True
    conda:
        ENVIRONMENT
    resources:
        mem_mb=2000,
    params:
        figures=list(FIGURES),
        settings=section("figures"),
    script:
        "../scripts/figures/submit.py"


rule submission:
    input:
        expand(rules.draw_for_submission.output, cohort=list(SETTINGS.cohorts)),
    localrule: True
