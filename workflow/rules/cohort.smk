"""Raw files: the clinic's own, or a synthetic cohort while those are absent."""


rule simulate_cohort:
    input:
        published=lambda w: SETTINGS.cohorts[w.cohort].cohort.published,
    output:
        patients=f"{COHORT}/synthetic/patients.csv",
        sessions=f"{COHORT}/synthetic/sessions.csv",
        truth=f"{COHORT}/synthetic/truth.json",
    log:
        f"{COHORT}/logs/simulate_cohort.log",
    localrule: True
    conda:
        ENVIRONMENT
    params:
        code=code("cohort/simulate.py"),
        settings=section("simulation"),
    message:
        "{wildcards.cohort}: synthetic patients and their sessions"
    script:
        "../scripts/cohort/simulate.py"
