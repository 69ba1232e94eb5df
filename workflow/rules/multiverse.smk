"""The moderation under other defensible choices, and its joint inference."""

from rupture_repair.multiverse.jobs import block_settings, blocks, chunk_settings
from rupture_repair.multiverse.specifications import chunk_names, specifications

CHUNKS = chunk_names({"choices": SETTINGS.multiverse.plain()})


wildcard_constraints:
    chunk=r"\d+|also\d+",
    block=r"\d+-\d+",


rule run_multiverse:
    input:
        patients=rules.admit_patients.output.patients,
        sessions=rules.admit_patients.output.sessions,
        code=code("multiverse/run.py"),
    output:
        f"{COHORT}/multiverse/{{chunk}}.csv",
    log:
        f"{COHORT}/logs/run_multiverse_{{chunk}}.log",
    conda:
        "../../environment.yml"
    resources:
        mem_mb=1000,
    params:
        settings=lambda w: chunk_settings(multiverse_section(w), w.chunk),
    script:
        "../scripts/multiverse/run.py"


rule tabulate_multiverse:
    input:
        chunks=expand(rules.run_multiverse.output, chunk=CHUNKS, allow_missing=True),
        code=code("multiverse/tabulate.py"),
    output:
        specifications=f"{COHORT}/tables/multiverse_specifications.csv",
        multiverse=f"{COHORT}/ruptures/counts/multiverse.csv",
        influence=f"{COHORT}/tables/multiverse_influence.csv",
    log:
        f"{COHORT}/logs/tabulate_multiverse.log",
    localrule: True
    conda:
        "../../environment.yml"
    resources:
        mem_mb=1000,
    params:
        specifications=lambda w: [
            item.as_dict() for item in specifications(multiverse_section(w))
        ],
    script:
        "../scripts/multiverse/tabulate.py"


rule resample_multiverse:
    input:
        patients=rules.admit_patients.output.patients,
        sessions=rules.admit_patients.output.sessions,
        code=code("multiverse/resample.py"),
    output:
        f"{COHORT}/multiverse/resampled/{{chunk}}_{{block}}.parquet",
    log:
        f"{COHORT}/logs/resample_multiverse_{{chunk}}_{{block}}.log",
    conda:
        "../../environment.yml"
    resources:
        mem_mb=1000,
    params:
        settings=lambda w: block_settings(
            multiverse_section(w),
            section("chance")(w)["alliance"],
            w.chunk,
            w.block,
        ),
    script:
        "../scripts/multiverse/resample.py"


rule infer_multiverse:
    input:
        specifications=rules.tabulate_multiverse.output.specifications,
        multiverse=rules.tabulate_multiverse.output.multiverse,
        resampled=expand(
            rules.resample_multiverse.output,
            chunk=[name for name in CHUNKS if not name.startswith("also")],
            block=blocks(SETTINGS.project.resampling),
            allow_missing=True,
        ),
        code=code("multiverse/infer.py"),
    output:
        f"{COHORT}/tables/multiverse_inference.csv",
    log:
        f"{COHORT}/logs/infer_multiverse.log",
    localrule: True
    conda:
        "../../environment.yml"
    resources:
        mem_mb=1000,
    script:
        "../scripts/multiverse/infer.py"
