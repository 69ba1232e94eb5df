"""The paper in HTML, PDF and Word, answers as a table, and the front page of a run."""

from rupture_repair.config.catalogue import IN_PAPER
from rupture_repair.config.catalogue.answers import ANSWERED


rule answer_questions:
    input:
        tables=[f"{COHORT}/{shared_file(name)}" for name in ANSWERED],
        texts=templates("answers"),
    output:
        **tables_of("answer_questions"),
    log:
        f"{COHORT}/logs/answer_questions.log",
    localrule: True
    conda:
        ENVIRONMENT
    params:
        code=code("manuscript/answer.py"),
        tables=columns_of("answer_questions"),
        settings=section("disclosure"),
    message:
        "{wildcards.cohort}: answers to the questions of the study"
    script:
        "../scripts/manuscript/answer.py"


rule render_manuscript:
    input:
        tables=[f"{COHORT}/{shared_file(name)}" for name in IN_PAPER],
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
        sources=report_sources(
            "manuscript.qmd", "supplement.qmd", "_sections/", "words/"
        ),
        own=lambda w: SETTINGS.own_texts(w.cohort),
    output:
        html=report(
            f"{COHORT}/manuscript/manuscript.html",
            caption="../report/paper.rst",
            category="Paper",
            subcategory="{cohort}",
        ),
        pdf=f"{COHORT}/manuscript/manuscript.pdf",
        docx=f"{COHORT}/manuscript/manuscript.docx",
        supplement=report(
            f"{COHORT}/manuscript/supplement.html",
            caption="../report/supplement.rst",
            category="Paper",
            subcategory="{cohort}",
        ),
        supplement_pdf=f"{COHORT}/manuscript/supplement.pdf",
        supplement_docx=f"{COHORT}/manuscript/supplement.docx",
        source=directory(f"{COHORT}/manuscript/source"),
    log:
        f"{COHORT}/logs/render_manuscript.log",
    localrule: True
    conda:
        ENVIRONMENT
    threads: 3
    resources:
        mem_mb=2000,
    params:
        code=code("manuscript/render.py"),
        settings=section("manuscript"),
        engine=SETTINGS.project.manuscript.engine,
    message:
        "{wildcards.cohort}: paper and supplement as HTML, PDF and Word"
    script:
        "../scripts/manuscript/render.py"


rule write_front_page:
    input:
        run=rules.record_run.output[0],
        verification=rules.verify_published.output[0],
        certificates=f"{COHORT}/{shared_file('certificates')}",
        not_estimated=f"{COHORT}/{shared_file('not_estimated')}",
        captions=pictures(FIGURES, "caption.txt"),
        alts=pictures(FIGURES, "alt.txt"),
        words=labels("en"),
        texts=templates("front_page"),
        page=page("front_page"),
    output:
        f"{COHORT}/index.html",
    log:
        f"{COHORT}/logs/write_front_page.log",
    localrule: True
    conda:
        ENVIRONMENT
    params:
        code=code("manuscript/front_page.py"),
        settings=section("front_page"),
    message:
        "{wildcards.cohort}: front page of the run"
    script:
        "../scripts/manuscript/front_page.py"
