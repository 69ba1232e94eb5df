"""Raw files: the clinic's own, or a synthetic cohort while those are absent."""


rule simulate_cohort:
    input:
        published=lambda w: SETTINGS.cohorts[w.cohort].cohort.published,
        code=code("cohort/simulate.py"),
    output:
        patients=f"{COHORT}/synthetic/patients.csv",
        sessions=f"{COHORT}/synthetic/sessions.csv",
        truth=f"{COHORT}/synthetic/truth.json",
    log:
        f"{COHORT}/logs/simulate_cohort.log",
    conda:
        "../../environment.yml"
    resources:
        mem_mb=1000,
    params:
        settings=section("synthetic"),
    script:
        "../scripts/cohort/simulate.py"


def raw_files(wildcards):
    """Return the raw files: real ones as soon as they are in place."""
    settings = SETTINGS.cohorts[wildcards.cohort]
    if settings.synthetic:
        folder = f"{RESULTS}/{wildcards.cohort}/synthetic"
        return {
            "patients": f"{folder}/patients.csv",
            "sessions": f"{folder}/sessions.csv",
        }
    files = settings.cohort.files
    return {"patients": files.patients, "sessions": files.sessions}
