"""What was run, and how it compares with what was published."""

from rupture_repair.provenance.citation import address_of
from rupture_repair.provenance.source import source_state


rule verify_published:
    input:
        published=lambda w: SETTINGS.cohorts[w.cohort].cohort.published or [],
        cohort=rules.share_counts.output.cohort,
        breakdown=rules.share_counts.output.pattern_breakdown,
        headline=rules.tabulate_models.output.headline,
        fixed_effects=rules.tabulate_models.output.fixed_effects,
    output:
        verification=report(
            f"{COHORT}/verification.csv",
            caption="../report/verification.rst",
            category="Verification and provenance",
            subcategory="{cohort}",
        ),
        planted_effects=f"{COHORT}/tables/planted_effects.csv",
    log:
        f"{COHORT}/logs/verify_published.log",
    localrule: True
    conda:
        ENVIRONMENT
    params:
        code=code("provenance/verify.py"),
        settings=section("verification"),
    message:
        "{wildcards.cohort}: published figures beside the recomputed ones"
    script:
        "../scripts/provenance/verify.py"


rule record_run:
    input:
        unpack(made_raw_files),
        published=lambda w: SETTINGS.cohorts[w.cohort].cohort.published or [],
        lock=os.path.relpath(WORKFLOW.parent / "requirements.lock"),
    output:
        f"{COHORT}/run.json",
    log:
        f"{COHORT}/logs/record_run.log",
    localrule: True
    conda:
        ENVIRONMENT
    params:
        code=code("provenance/record_run.py"),
        raw=raw_files,
        digests=digests,
        settings=lambda w: SETTINGS.cohorts[w.cohort]
        .record(SETTINGS.multiverse)
        .model_dump(mode="json"),
        source={
            **source_state(WORKFLOW.parent),
            "address": address_of(WORKFLOW.parent / "CITATION.cff"),
        },
    message:
        "{wildcards.cohort}: record of what is run"
    script:
        "../scripts/provenance/record_run.py"


rule record_provenance:
    input:
        run=rules.record_run.output[0],
        outputs=lambda w: made_of(w.cohort),
        cohort=lambda w: [
            SETTINGS.cohorts[w.cohort].file,
            *SETTINGS.own_texts(w.cohort),
        ],
        sources=sources(),
        posterior=rules.compare_posterior.output.environment,
    output:
        record=report(
            f"{COHORT}/provenance.json",
            caption="../report/provenance.rst",
            category="Verification and provenance",
            subcategory="{cohort}",
        ),
        private=f"{COHORT}/ruptures/outputs.json",
    log:
        f"{COHORT}/logs/record_provenance.log",
    localrule: True
    conda:
        ENVIRONMENT
    params:
        code=code("provenance/record_provenance.py"),
        settings=section("disclosure"),
        engine=SETTINGS.project.manuscript.engine,
    message:
        "{wildcards.cohort}: provenance, checksums of every file"
    script:
        "../scripts/provenance/record_provenance.py"
