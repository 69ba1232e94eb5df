"""Description of the cohort and the multilevel models."""

from rupture_repair.modelling.formulas import FORMULAS, KEY_TERMS

# of the models that carry the study's questions
HEADLINE_FITS = [f"{COHORT}/models/{model}.json" for model in KEY_TERMS]


rule build_analysis_table:
    input:
        patients=rules.admit_patients.output.patients,
        sessions=rules.admit_patients.output.sessions,
        patterns=rules.detect_ruptures.output.patterns,
        refit=os.path.relpath(WORKFLOW / "scripts/modelling/refit.R"),
    output:
        parquet=f"{COHORT}/data/analysis.parquet",
        csv=f"{COHORT}/data/analysis.csv",
        columns=f"{COHORT}/data/analysis_columns.csv",
        refit=f"{COHORT}/models/refit.R",
    log:
        f"{COHORT}/logs/build_analysis_table.log",
    localrule: True
    conda:
        ENVIRONMENT
    params:
        code=code("modelling/build_analysis_table.py"),
        settings=section("time"),
    message:
        "{wildcards.cohort}: analysis table and its script for R"
    script:
        "../scripts/modelling/build_analysis_table.py"


rule describe_cohort:
    input:
        patients=rules.admit_patients.output.patients,
        sessions=rules.admit_patients.output.sessions,
        patterns=rules.detect_ruptures.output.patterns,
        analysis=rules.build_analysis_table.output.parquet,
        admission=rules.admit_patients.output.flow,
    output:
        **tables_of("describe_cohort"),
    log:
        f"{COHORT}/logs/describe_cohort.log",
    localrule: True
    conda:
        ENVIRONMENT
    params:
        code=code("modelling/describe.py"),
        tables=columns_of("describe_cohort"),
    message:
        "{wildcards.cohort}: description of the cohort"
    script:
        "../scripts/modelling/describe.py"


rule fit_models:
    input:
        analysis=rules.build_analysis_table.output.parquet,
    output:
        **{model: f"{COHORT}/models/{model}.json" for model in FORMULAS},
    log:
        f"{COHORT}/logs/fit_models.log",
    conda:
        ENVIRONMENT
    resources:
        mem_mb=2000,
    params:
        code=code("modelling/fit.py"),
        settings=section("fit"),
    message:
        "{wildcards.cohort}: multilevel models"
    script:
        "../scripts/modelling/fit.py"


rule tabulate_models:
    input:
        models=list(rules.fit_models.output),
        analysis=rules.build_analysis_table.output.parquet,
    output:
        **tables_of("tabulate_models"),
    log:
        f"{COHORT}/logs/tabulate_models.log",
    localrule: True
    conda:
        ENVIRONMENT
    params:
        code=code("modelling/tabulate.py"),
        tables=columns_of("tabulate_models"),
        settings=section("modelling"),
    message:
        "{wildcards.cohort}: tables of the multilevel models"
    script:
        "../scripts/modelling/tabulate.py"


rule resample_therapists:
    input:
        analysis=rules.build_analysis_table.output.parquet,
        models=HEADLINE_FITS,
    output:
        **tables_of("resample_therapists"),
    log:
        f"{COHORT}/logs/resample_therapists.log",
    conda:
        ENVIRONMENT
    resources:
        mem_mb=2000,
    params:
        code=code("modelling/resample_therapists.py"),
        tables=columns_of("resample_therapists"),
        settings=section("robustness"),
    message:
        "{wildcards.cohort}: robust inference, therapists resampled"
    script:
        "../scripts/modelling/resample_therapists.py"


rule count_reliable_change:
    input:
        analysis=rules.build_analysis_table.output.parquet,
    output:
        **tables_of("count_reliable_change"),
    log:
        f"{COHORT}/logs/count_reliable_change.log",
    localrule: True
    conda:
        ENVIRONMENT
    params:
        code=code("modelling/count_change.py"),
        tables=columns_of("count_reliable_change"),
        settings=section("reliable_change"),
    message:
        "{wildcards.cohort}: reliable change by pattern"
    script:
        "../scripts/modelling/count_change.py"


rule analyse_sensitivity:
    input:
        analysis=rules.build_analysis_table.output.parquet,
        models=HEADLINE_FITS,
        patients=rules.admit_patients.output.patients,
        sessions=rules.admit_patients.output.sessions,
        patterns=rules.detect_ruptures.output.patterns,
        events=rules.detect_ruptures.output.events,
        influence=rules.resample_therapists.output.influence,
    output:
        **tables_of("analyse_sensitivity"),
    log:
        f"{COHORT}/logs/analyse_sensitivity.log",
    conda:
        ENVIRONMENT
    resources:
        mem_mb=2000,
    params:
        code=code("modelling/analyse_sensitivity.py"),
        tables=columns_of("analyse_sensitivity"),
        settings=section("sensitivity"),
    message:
        "{wildcards.cohort}: sensitivity analyses"
    script:
        "../scripts/modelling/analyse_sensitivity.py"


rule weigh_shared_noise:
    input:
        analysis=rules.build_analysis_table.output.parquet,
        sessions=rules.admit_patients.output.sessions,
        models=list(rules.fit_models.output),
    output:
        **tables_of("weigh_shared_noise"),
    log:
        f"{COHORT}/logs/weigh_shared_noise.log",
    conda:
        ENVIRONMENT
    resources:
        mem_mb=2000,
    params:
        code=code("modelling/weigh_shared_noise.py"),
        tables=columns_of("weigh_shared_noise"),
        settings=section("shared_noise"),
    message:
        "{wildcards.cohort}: what shared measurement error alone would give"
    script:
        "../scripts/modelling/weigh_shared_noise.py"


rule pose_posterior:
    input:
        analysis=rules.build_analysis_table.output.parquet,
        models=HEADLINE_FITS,
        headline=rules.tabulate_models.output.headline,
    output:
        PROBLEM,
    log:
        f"{COHORT}/logs/pose_posterior.log",
    localrule: True
    conda:
        ENVIRONMENT
    params:
        code=code("modelling/pose_posterior.py"),
        settings=section("posterior"),
    message:
        "{wildcards.cohort}: problem for the posterior"
    script:
        "../scripts/modelling/pose_posterior.py"


if SETTINGS.project.posterior_draws:

    rule sample_posterior:
        input:
            problem=rules.pose_posterior.output[0],
            lock=BAYES_LOCK,
        output:
            POSTERIOR,
        log:
            f"{COHORT}/logs/sample_posterior.log",
        conda:
            ENVIRONMENT.replace("environment.yml", "environment-bayes.yml")
        threads: 4
        resources:
            mem_mb=4000,
        params:
            code=code_digest(module_files("modelling/posterior_sampling.py")),
            draws=SETTINGS.project.posterior_draws,
            package=str(WORKFLOW),
            python=python_of_bayes(),
        message:
            "{wildcards.cohort}: draws from the posterior"
        shell:
            "PYTHONPATH={params.package:q} {params.python:q} "
            "-m rupture_repair.modelling.posterior_sampling {input.problem:q} {input.lock:q} "
            "{output:q} --draws {params.draws} --cores {threads} 2> {log:q}"


rule compare_posterior:
    input:
        unpack(posterior_of),
        headline=rules.tabulate_models.output.headline,
        lock=BAYES_LOCK,
    output:
        **tables_of("compare_posterior"),
        environment=f"{COHORT}/models/posterior_environment.json",
    log:
        f"{COHORT}/logs/compare_posterior.log",
    localrule: True
    conda:
        ENVIRONMENT
    params:
        code=code("modelling/compare_posterior.py"),
        tables=columns_of("compare_posterior"),
    message:
        "{wildcards.cohort}: posterior beside REML"
    script:
        "../scripts/modelling/compare_posterior.py"
