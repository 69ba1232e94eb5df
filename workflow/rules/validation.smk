"""Problems in the data in words; bad data never reaches a model."""


rule validate_cohort:
    input:
        unpack(made_raw_files),
        page=page("validation"),
    output:
        problems=f"{COHORT}/validation/problems.csv",
        report=f"{COHORT}/validation/report.html",
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
        "{wildcards.cohort}: validation report, every problem of the raw files"
    script:
        "../scripts/validation/validate.py"


rule admit_patients:
    input:
        unpack(made_raw_files),
        problems=rules.validate_cohort.output.problems,
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
