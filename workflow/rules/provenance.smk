"""What was run, and how it compares with what was published."""

from rupture_repair.provenance.record import source_state


rule verify_published:
    input:
        published=lambda w: SETTINGS.cohorts[w.cohort].cohort.published or [],
        cohort=rules.describe_cohort.output.cohort,
        breakdown=rules.detect_ruptures.output.breakdown,
        fixed_effects=rules.tabulate_models.output.fixed_effects,
        code=code("provenance/verify.py"),
    output:
        f"{COHORT}/verification.csv",
    log:
        f"{COHORT}/logs/verify_published.log",
    conda:
        "../../environment.yml"
    resources:
        mem_mb=1000,
    params:
        settings=section("identity"),
    script:
        "../scripts/provenance/verify.py"


rule record_provenance:
    input:
        unpack(raw_files),
        published=lambda w: SETTINGS.cohorts[w.cohort].cohort.published or [],
        lock=os.path.relpath(WORKFLOW.parent / "requirements.lock"),
        code=code("provenance/record.py"),
    output:
        f"{COHORT}/provenance.json",
    log:
        f"{COHORT}/logs/record_provenance.log",
    conda:
        "../../environment.yml"
    resources:
        mem_mb=1000,
    params:
        settings=section("manuscript"),
        source=source_state(WORKFLOW.parent),
    script:
        "../scripts/provenance/record.py"
