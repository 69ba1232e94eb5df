"""Problems in the data in words; bad data never reaches a model."""


rule validate_cohort:
    input:
        unpack(made_raw_files),
    output:
        problems=f"{COHORT}/validation/problems.csv",
        counts=f"{COHORT}/validation/counts.json",
    log:
        f"{COHORT}/logs/validate_cohort.log",
    localrule: True
    conda:
        ENVIRONMENT
    params:
        code=code("validation/validate.py"),
        settings=section("validation"),
        raw=raw_files,
        digests=digests,
    message:
        "{wildcards.cohort}: every problem of the raw files"
    script:
        "../scripts/validation/validate.py"


rule report_problems:
    input:
        problems=rules.validate_cohort.output.problems,
        counts=rules.validate_cohort.output.counts,
        page=page("validation"),
    output:
        f"{COHORT}/validation/report.html",
    log:
        f"{COHORT}/logs/report_problems.log",
    localrule: True
    conda:
        ENVIRONMENT
    params:
        code=code("validation/report_problems.py"),
        settings=section("report"),
    message:
        "{wildcards.cohort}: validation report"
    script:
        "../scripts/validation/report_problems.py"


rule admit_patients:
    input:
        unpack(made_raw_files),
        problems=rules.validate_cohort.output.problems,
        # written before the run stops at blocking problems; its words change no result
        report=ancient(f"{COHORT}/validation/report.html"),
    output:
        patients=f"{COHORT}/data/patients.parquet",
        sessions=f"{COHORT}/data/sessions.parquet",
        flow=f"{COHORT}/validation/admission.csv",
    log:
        f"{COHORT}/logs/admit_patients.log",
    localrule: True
    conda:
        ENVIRONMENT
    params:
        code=code("validation/admit.py"),
        settings=section("validation"),
        raw=raw_files,
        digests=digests,
    message:
        "{wildcards.cohort}: tables of the admitted patients and their sessions"
    script:
        "../scripts/validation/admit.py"
