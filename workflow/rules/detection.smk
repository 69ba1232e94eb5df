"""Ruptures, repairs and each patient's pattern."""


rule detect_ruptures:
    input:
        sessions=rules.admit_patients.output.sessions,
        published=lambda w: SETTINGS.cohorts[w.cohort].cohort.published or [],
        code=code("detection/detect.py"),
    output:
        events=f"{COHORT}/ruptures/events.parquet",
        patterns=f"{COHORT}/ruptures/patterns.parquet",
        breakdown=f"{COHORT}/ruptures/counts/pattern_breakdown.csv",
        summary=f"{COHORT}/ruptures/counts/detection.csv",
    log:
        f"{COHORT}/logs/detect_ruptures.log",
    localrule: True
    conda:
        "../../environment.yml"
    resources:
        mem_mb=1000,
    params:
        settings=section("detection"),
    script:
        "../scripts/detection/detect.py"


rule expect_by_chance:
    input:
        sessions=rules.admit_patients.output.sessions,
        code=code("detection/expect_by_chance.py"),
    output:
        f"{COHORT}/ruptures/counts/chance.csv",
    log:
        f"{COHORT}/logs/expect_by_chance.log",
    conda:
        "../../environment.yml"
    resources:
        mem_mb=1000,
    params:
        settings=section("chance"),
    script:
        "../scripts/detection/expect_by_chance.py"


rule audit_ruptures:
    input:
        sessions=rules.admit_patients.output.sessions,
        events=rules.detect_ruptures.output.events,
        patterns=rules.detect_ruptures.output.patterns,
        code=code("detection/audit.py"),
    output:
        f"{COHORT}/ruptures/audit.html",
    log:
        f"{COHORT}/logs/audit_ruptures.log",
    localrule: True
    conda:
        "../../environment.yml"
    resources:
        mem_mb=1000,
    params:
        settings=section("audit"),
    script:
        "../scripts/detection/audit.py"


rule expect_by_criterion:
    input:
        sessions=rules.admit_patients.output.sessions,
        code=code("detection/expect_by_criterion.py"),
    output:
        f"{COHORT}/ruptures/counts/chance_by_criterion.csv",
    log:
        f"{COHORT}/logs/expect_by_criterion.log",
    conda:
        "../../environment.yml"
    resources:
        mem_mb=1000,
    params:
        settings=section("chance_by_criterion"),
    script:
        "../scripts/detection/expect_by_criterion.py"


rule compare_criteria:
    input:
        sessions=rules.admit_patients.output.sessions,
        code=code("detection/compare_criteria.py"),
    output:
        patterns=f"{COHORT}/ruptures/patterns_by_criterion.parquet",
        breakdowns=f"{COHORT}/ruptures/counts/criteria_breakdown.csv",
        agreement=f"{COHORT}/ruptures/counts/criteria_agreement.csv",
        moves=f"{COHORT}/ruptures/counts/criteria_moves.csv",
        consistency=f"{COHORT}/ruptures/counts/criteria_consistency.csv",
    log:
        f"{COHORT}/logs/compare_criteria.log",
    localrule: True
    conda:
        "../../environment.yml"
    resources:
        mem_mb=1000,
    params:
        settings=section("criteria"),
    script:
        "../scripts/detection/compare_criteria.py"


rule follow_exposure:
    input:
        sessions=rules.admit_patients.output.sessions,
        code=code("detection/follow_exposure.py"),
    output:
        hazard=f"{COHORT}/ruptures/counts/rupture_hazard.csv",
        totals=f"{COHORT}/ruptures/counts/rupture_exposure.csv",
    log:
        f"{COHORT}/logs/follow_exposure.log",
    localrule: True
    conda:
        "../../environment.yml"
    resources:
        mem_mb=1000,
    params:
        settings=section("detection"),
    script:
        "../scripts/detection/follow_exposure.py"
