"""Ruptures, repairs and each patient's pattern."""


rule detect_ruptures:
    input:
        sessions=rules.admit_patients.output.sessions,
        published=lambda w: SETTINGS.cohorts[w.cohort].cohort.published or [],
        code=code("detection/detect.py"),
    output:
        events=f"{COHORT}/ruptures/events.parquet",
        patterns=f"{COHORT}/ruptures/patterns.parquet",
        breakdown=report(
            f"{COHORT}/tables/pattern_breakdown.csv",
            caption="../report/breakdown.rst",
            category="Tables",
            subcategory="{cohort}",
        ),
        summary=f"{COHORT}/tables/detection.csv",
    log:
        f"{COHORT}/logs/detect_ruptures.log",
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
        f"{COHORT}/tables/chance.csv",
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
    conda:
        "../../environment.yml"
    resources:
        mem_mb=1000,
    params:
        settings=section("audit"),
    script:
        "../scripts/detection/audit.py"
