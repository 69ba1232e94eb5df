"""Description of the cohort and the multilevel models."""


rule describe_cohort:
    input:
        patients=rules.admit_patients.output.patients,
        sessions=rules.admit_patients.output.sessions,
        patterns=rules.detect_ruptures.output.patterns,
        admission=rules.admit_patients.output.flow,
        code=code("modelling/describe.py"),
    output:
        cohort=f"{COHORT}/ruptures/counts/cohort.csv",
        flow=f"{COHORT}/ruptures/counts/patient_flow.csv",
    log:
        f"{COHORT}/logs/describe_cohort.log",
    localrule: True
    conda:
        "../../environment.yml"
    resources:
        mem_mb=1000,
    params:
        settings=section("time"),
    script:
        "../scripts/modelling/describe.py"


rule fit_model:
    input:
        patients=rules.admit_patients.output.patients,
        sessions=rules.admit_patients.output.sessions,
        patterns=rules.detect_ruptures.output.patterns,
        code=code("modelling/fit.py"),
    output:
        f"{COHORT}/models/{{model}}.json",
    log:
        f"{COHORT}/logs/fit_model_{{model}}.log",
    conda:
        "../../environment.yml"
    resources:
        mem_mb=2000,
    params:
        settings=section("fit"),
    script:
        "../scripts/modelling/fit.py"


rule tabulate_models:
    input:
        models=expand(
            f"{COHORT}/models/{{model}}.json", model=MODELS, allow_missing=True
        ),
        patients=rules.admit_patients.output.patients,
        sessions=rules.admit_patients.output.sessions,
        patterns=rules.detect_ruptures.output.patterns,
        code=code("modelling/tabulate.py"),
    output:
        model_comparison=f"{COHORT}/ruptures/counts/model_comparison.csv",
        fixed_effects=report(
            f"{COHORT}/tables/fixed_effects.csv",
            caption="../report/models.rst",
            category="Tables",
            subcategory="{cohort}",
        ),
        variance_components=f"{COHORT}/tables/variance_components.csv",
        contrasts=f"{COHORT}/tables/contrasts.csv",
        simple_slopes=f"{COHORT}/tables/simple_slopes.csv",
        moderation=f"{COHORT}/tables/moderation.csv",
        effect_sizes=f"{COHORT}/ruptures/counts/effect_sizes.csv",
        johnson_neyman=f"{COHORT}/ruptures/counts/johnson_neyman.csv",
        johnson_neyman_curve=f"{COHORT}/tables/johnson_neyman_curve.csv",
        trajectories=f"{COHORT}/tables/trajectories.csv",
        certificates=f"{COHORT}/tables/certificates.csv",
        engines=f"{COHORT}/tables/engines.csv",
        not_estimated=f"{COHORT}/tables/not_estimated.csv",
    log:
        f"{COHORT}/logs/tabulate_models.log",
    localrule: True
    conda:
        "../../environment.yml"
    resources:
        mem_mb=1000,
    params:
        settings=section("modelling"),
    script:
        "../scripts/modelling/tabulate.py"


rule resample_therapists:
    input:
        patients=rules.admit_patients.output.patients,
        sessions=rules.admit_patients.output.sessions,
        patterns=rules.detect_ruptures.output.patterns,
        code=code("modelling/resample_therapists.py"),
    output:
        robustness=f"{COHORT}/tables/robustness.csv",
        influence=f"{COHORT}/tables/influence.csv",
        therapists=f"{COHORT}/ruptures/therapist_influence.csv",
    log:
        f"{COHORT}/logs/resample_therapists.log",
    conda:
        "../../environment.yml"
    resources:
        mem_mb=2000,
    params:
        settings=section("robustness"),
    script:
        "../scripts/modelling/resample_therapists.py"


rule diagnose_fits:
    input:
        patients=rules.admit_patients.output.patients,
        sessions=rules.admit_patients.output.sessions,
        patterns=rules.detect_ruptures.output.patterns,
        code=code("modelling/diagnose.py"),
    output:
        diagnostics=f"{COHORT}/ruptures/counts/diagnostics.csv",
        diagnostic_quantiles=f"{COHORT}/tables/diagnostic_quantiles.csv",
        residual_bins=f"{COHORT}/ruptures/counts/residual_bins.csv",
    log:
        f"{COHORT}/logs/diagnose_fits.log",
    localrule: True
    conda:
        "../../environment.yml"
    resources:
        mem_mb=2000,
    params:
        settings=section("fit"),
    script:
        "../scripts/modelling/diagnose.py"


rule count_reliable_change:
    input:
        patients=rules.admit_patients.output.patients,
        sessions=rules.admit_patients.output.sessions,
        patterns=rules.detect_ruptures.output.patterns,
        code=code("modelling/count_change.py"),
    output:
        f"{COHORT}/ruptures/counts/reliable_change.csv",
    log:
        f"{COHORT}/logs/count_reliable_change.log",
    localrule: True
    conda:
        "../../environment.yml"
    resources:
        mem_mb=1000,
    params:
        settings=section("reliable_change"),
    script:
        "../scripts/modelling/count_change.py"


rule analyse_sensitivity:
    input:
        patients=rules.admit_patients.output.patients,
        sessions=rules.admit_patients.output.sessions,
        patterns=rules.detect_ruptures.output.patterns,
        events=rules.detect_ruptures.output.events,
        influence=rules.resample_therapists.output.influence,
        code=code("modelling/analyse_sensitivity.py"),
    output:
        f"{COHORT}/ruptures/counts/sensitivity.csv",
    log:
        f"{COHORT}/logs/analyse_sensitivity.log",
    conda:
        "../../environment.yml"
    resources:
        mem_mb=2000,
    params:
        settings=section("sensitivity"),
    script:
        "../scripts/modelling/analyse_sensitivity.py"
