"""The moderation under other defensible choices, and its joint inference."""

from rupture_repair.multiverse.jobs import (
    block_settings,
    blocks,
    chunk_settings,
    own_settings,
)
from rupture_repair.multiverse.specifications import chunk_names, specifications

CHUNKS = chunk_names(SETTINGS.multiverse)


wildcard_constraints:
    chunk=r"\d+|also\d+",
    block=r"\d+-\d+",


rule run_multiverse:
    input:
        patients=rules.admit_patients.output.patients,
        sessions=rules.admit_patients.output.sessions,
    output:
        f"{COHORT}/multiverse/{{chunk}}.csv",
    log:
        f"{COHORT}/logs/run_multiverse_{{chunk}}.log",
    conda:
        ENVIRONMENT
    params:
        code=code("multiverse/run.py"),
        settings=lambda w: chunk_settings(multiverse_of(w), w.chunk).model_dump(
            mode="json"
        ),
    message:
        "{wildcards.cohort}: multiverse, specifications of part {wildcards.chunk}"
    script:
        "../scripts/multiverse/run.py"


rule strip_thresholds:
    input:
        patients=rules.admit_patients.output.patients,
        sessions=rules.admit_patients.output.sessions,
    output:
        **tables_of("strip_thresholds"),
    log:
        f"{COHORT}/logs/strip_thresholds.log",
    conda:
        ENVIRONMENT
    params:
        code=code("multiverse/strip.py"),
        tables=columns_of("strip_thresholds"),
        settings=lambda w: own_settings(multiverse_of(w)).model_dump(mode="json"),
    message:
        "{wildcards.cohort}: multiverse, strip of thresholds"
    script:
        "../scripts/multiverse/strip.py"


rule resample_multiverse:
    input:
        patients=rules.admit_patients.output.patients,
        sessions=rules.admit_patients.output.sessions,
    output:
        f"{COHORT}/multiverse/resampled/{{chunk}}_{{block}}.parquet",
    log:
        f"{COHORT}/logs/resample_multiverse_{{chunk}}_{{block}}.log",
    conda:
        ENVIRONMENT
    params:
        code=code("multiverse/resample.py"),
        settings=lambda w: block_settings(
            multiverse_of(w),
            w.chunk,
            w.block,
            SETTINGS.project.resampled_specifications,
        ).model_dump(mode="json"),
    message:
        "{wildcards.cohort}: multiverse, replicates {wildcards.block} of part {wildcards.chunk}"
    script:
        "../scripts/multiverse/resample.py"


rule tabulate_multiverse:
    input:
        chunks=expand(rules.run_multiverse.output, chunk=CHUNKS, allow_missing=True),
        resampled=expand(
            rules.resample_multiverse.output,
            chunk=[name for name in CHUNKS if not name.startswith("also")],
            block=blocks(SETTINGS.project.resampling),
            allow_missing=True,
        ),
    output:
        **tables_of("tabulate_multiverse"),
    log:
        f"{COHORT}/logs/tabulate_multiverse.log",
    localrule: True
    conda:
        ENVIRONMENT
    params:
        code=code("multiverse/tabulate.py"),
        tables=columns_of("tabulate_multiverse"),
        specifications=lambda w: [
            item.model_dump(mode="json") for item in specifications(multiverse_of(w))
        ],
    message:
        "{wildcards.cohort}: tables of the multiverse"
    script:
        "../scripts/multiverse/tabulate.py"
