"""Figures with alt text and caption: a job for those of the ratings, one for those of models.

Starting a process and loading matplotlib takes longer than drawing two figures.
"""

from rupture_repair.config.wording import second_languages
from rupture_repair.figures.catalogue import (
    OF_MODELS,
    OF_RATINGS,
    in_words,
    tables_of_figures,
)


rule draw_ratings:
    input:
        tables=[
            f"{COHORT}/{shared_file(name)}" for name in tables_of_figures(OF_RATINGS)
        ],
        words=labels("en"),
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
    params:
        code=code("figures/draw.py", *(f"figures/{figure}.py" for figure in OF_RATINGS)),
        figures=list(OF_RATINGS),
        settings=section("figures"),
    message:
        f"{{wildcards.cohort}}: figures: {in_words(OF_RATINGS)}"
    script:
        "../scripts/figures/draw.py"


rule draw_models:
    input:
        tables=[
            f"{COHORT}/{shared_file(name)}" for name in tables_of_figures(OF_MODELS)
        ],
        words=labels("en"),
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
    params:
        code=code("figures/draw.py", *(f"figures/{figure}.py" for figure in OF_MODELS)),
        figures=list(OF_MODELS),
        settings=section("figures"),
    message:
        f"{{wildcards.cohort}}: figures: {in_words(OF_MODELS)}"
    script:
        "../scripts/figures/draw.py"


rule draw_second_language:
    input:
        tables=[f"{COHORT}/{shared_file(name)}" for name in tables_of_figures(FIGURES)],
        words=labels("{language}"),
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
        code=code(
            "figures/translate.py", *(f"figures/{figure}.py" for figure in FIGURES)
        ),
        figures=list(FIGURES),
        settings=section("figures"),
    message:
        f"{{wildcards.cohort}}: figures in {{wildcards.language}}"
    script:
        "../scripts/figures/translate.py"


rule draw_for_submission:
    input:
        tables=[f"{COHORT}/{shared_file(name)}" for name in tables_of_figures(FIGURES)],
        words=labels("en"),
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
        code=code("figures/submit.py", *(f"figures/{figure}.py" for figure in FIGURES)),
        figures=list(FIGURES),
        settings=section("figures"),
    message:
        f"{{wildcards.cohort}}: figures for a submission: {in_words(FIGURES)}"
    script:
        "../scripts/figures/submit.py"


rule submission:
    input:
        expand(rules.draw_for_submission.output, cohort=list(SETTINGS.cohorts)),
    localrule: True
    message:
        "figures for a submission are there"
