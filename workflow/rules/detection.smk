"""Ruptures, repairs and each patient's pattern."""


rule detect_ruptures:
    input:
        sessions=rules.admit_patients.output.sessions,
        published=lambda w: SETTINGS.cohorts[w.cohort].cohort.published or [],
    output:
        **tables_of("detect_ruptures"),
        events=f"{COHORT}/ruptures/events.parquet",
        patterns=f"{COHORT}/ruptures/patterns.parquet",
    log:
        f"{COHORT}/logs/detect_ruptures.log",
    localrule: True
    conda:
        ENVIRONMENT
    params:
        code=code("detection/detect.py"),
        tables=columns_of("detect_ruptures"),
        settings=section("detection"),
    message:
        "{wildcards.cohort}: ruptures, repairs and the pattern of each patient"
    script:
        "../scripts/detection/detect.py"


rule expect_by_chance:
    input:
        sessions=rules.admit_patients.output.sessions,
    output:
        **tables_of("expect_by_chance"),
    log:
        f"{COHORT}/logs/expect_by_chance.log",
    conda:
        ENVIRONMENT
    params:
        code=code("detection/expect_by_chance.py"),
        tables=columns_of("expect_by_chance"),
        settings=section("chance"),
        criteria=section("criteria_chance"),
    message:
        "{wildcards.cohort}: patterns expected by chance"
    script:
        "../scripts/detection/expect_by_chance.py"


rule audit_ruptures:
    input:
        sessions=rules.admit_patients.output.sessions,
        events=rules.detect_ruptures.output.events,
        patterns=rules.detect_ruptures.output.patterns,
        page=page("audit"),
    output:
        f"{COHORT}/ruptures/audit.html",
    log:
        f"{COHORT}/logs/audit_ruptures.log",
    localrule: True
    conda:
        ENVIRONMENT
    params:
        code=code("detection/audit.py"),
        settings=section("audit"),
    message:
        "{wildcards.cohort}: audit page, each course with its ruptures"
    script:
        "../scripts/detection/audit.py"


rule weigh_rules:
    input:
        sessions=rules.admit_patients.output.sessions,
        published=lambda w: SETTINGS.cohorts[w.cohort].cohort.published or [],
        others=lambda w: [
            study.published
            for study in SETTINGS.cohorts[w.cohort].cohort.other_studies
        ],
    output:
        **tables_of("weigh_rules"),
    log:
        f"{COHORT}/logs/weigh_rules.log",
    localrule: True
    conda:
        ENVIRONMENT
    resources:
        mem_mb=2000,
    params:
        code=code("detection/weigh_rules.py"),
        tables=columns_of("weigh_rules"),
        settings=section("compatibility"),
    message:
        "{wildcards.cohort}: rules that are compatible with published shares"
    script:
        "../scripts/detection/weigh_rules.py"


rule compare_criteria:
    input:
        sessions=rules.admit_patients.output.sessions,
    output:
        **tables_of("compare_criteria"),
        patterns=f"{COHORT}/ruptures/patterns_by_criterion.parquet",
    log:
        f"{COHORT}/logs/compare_criteria.log",
    localrule: True
    conda:
        ENVIRONMENT
    params:
        code=code("detection/compare_criteria.py"),
        tables=columns_of("compare_criteria"),
        settings=section("criteria_comparison"),
    message:
        "{wildcards.cohort}: agreement of the rupture criteria"
    script:
        "../scripts/detection/compare_criteria.py"


rule follow_exposure:
    input:
        sessions=rules.admit_patients.output.sessions,
    output:
        **tables_of("follow_exposure"),
    log:
        f"{COHORT}/logs/follow_exposure.log",
    localrule: True
    conda:
        ENVIRONMENT
    params:
        code=code("detection/follow_exposure.py"),
        tables=columns_of("follow_exposure"),
        settings=section("detection"),
    message:
        "{wildcards.cohort}: ruptures by length of treatment"
    script:
        "../scripts/detection/follow_exposure.py"
