"""What was run, and how it compares with what was published."""

from rupture_repair.provenance.citation import address_of
from rupture_repair.provenance.source import source_state


rule verify_published:
    input:
        published=lambda w: SETTINGS.cohorts[w.cohort].cohort.published or [],
        cohort=rules.share_counts.output.cohort,
        breakdown=rules.share_counts.output[0],
        fixed_effects=rules.tabulate_models.output.fixed_effects,
        code=code("provenance/verify.py"),
    output:
        report(
            f"{COHORT}/verification.csv",
            caption="../report/verification.rst",
            category="Verification and provenance",
            subcategory="{cohort}",
        ),
    log:
        f"{COHORT}/logs/verify_published.log",
    localrule: True
    conda:
        "../../environment.yml"
    resources:
        mem_mb=1000,
    params:
        settings=section("identity"),
    script:
        "../scripts/provenance/verify.py"


rule record_run:
    input:
        unpack(raw_files),
        published=lambda w: SETTINGS.cohorts[w.cohort].cohort.published or [],
        lock=os.path.relpath(WORKFLOW.parent / "requirements.lock"),
        code=code("provenance/record_run.py"),
    output:
        f"{COHORT}/run.json",
    log:
        f"{COHORT}/logs/record_run.log",
    localrule: True
    conda:
        "../../environment.yml"
    resources:
        mem_mb=1000,
    params:
        settings=lambda w: {
            **section("everything")(w),
            "multiverse": SETTINGS.multiverse.plain(),
        },
        source={
            **source_state(WORKFLOW.parent),
            "address": address_of(WORKFLOW.parent / "CITATION.cff"),
        },
    script:
        "../scripts/provenance/record_run.py"


rule record_provenance:
    input:
        run=rules.record_run.output[0],
        outputs=lambda w: made_of(w.cohort),
        code=code("provenance/record_provenance.py"),
    output:
        report(
            f"{COHORT}/provenance.json",
            caption="../report/provenance.rst",
            category="Verification and provenance",
            subcategory="{cohort}",
        ),
    log:
        f"{COHORT}/logs/record_provenance.log",
    localrule: True
    conda:
        "../../environment.yml"
    resources:
        mem_mb=1000,
    params:
        engine=SETTINGS.project.manuscript.engine,
    script:
        "../scripts/provenance/record_provenance.py"
