"""Figures with alt text and caption: a job for those of the ratings, one for those of models.

Starting a process and loading matplotlib takes longer than drawing two figures.
"""

from rupture_repair.figures.catalogue import OF_MODELS, OF_RATINGS


def files_of(figures, ending):
    """Return a file of each figure."""
    return [f"{COHORT}/figures/{figure}.{ending}" for figure in figures]


def shown(file):
    """Return the picture of a figure as an output, named in Snakemake's report."""
    about = {"category": "Figures", "subcategory": "{cohort}"}
    labels = {"figure": Path(file).stem.replace("_", " ")}
    return report(file, caption="../report/figure.rst", labels=labels, **about)


def pictures(figures):
    """Return the files of figures as outputs, by what they are."""
    return {
        "svg": [shown(file) for file in files_of(figures, "svg")],
        "png": files_of(figures, "png"),
        "alt": files_of(figures, "alt.txt"),
        "caption": files_of(figures, "caption.txt"),
    }


def tables_in(figures):
    """Return the tables that figures draw, each once."""
    names = sorted({name for figure in figures for name in FIGURES[figure]})
    return [f"{COHORT}/{shared_file(name)}" for name in names]


def code_of(figures):
    """Return the script and the modules that draw figures."""
    drawing = {file for figure in figures for file in module(f"figures/{figure}.py")}
    return sorted({*drawing, *code("figures/draw.py")})


rule draw_ratings:
    input:
        tables=tables_in(OF_RATINGS),
        code=code_of(OF_RATINGS),
    output:
        **pictures(OF_RATINGS),
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
        tables=tables_in(OF_MODELS),
        code=code_of(OF_MODELS),
    output:
        **pictures(OF_MODELS),
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
