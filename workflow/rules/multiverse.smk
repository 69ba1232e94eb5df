"""The moderation under other defensible choices, and its joint inference."""

from rupture_repair.multiverse.specifications import chunk_names, chunks, specifications

# replicates of a job: a stopped run goes on after the last that were finished
BLOCK = 25
CHOICES = SETTINGS.multiverse.plain()
CHUNKS = chunk_names({"choices": CHOICES})
BLOCKS = [
    f"{first}-{min(first + BLOCK, SETTINGS.project.resampling)}"
    for first in range(0, SETTINGS.project.resampling, BLOCK)
]


wildcard_constraints:
    chunk=r"\d+|also\d+",
    block=r"\d+-\d+",


def multiverse_section(wildcards):
    """Return what the specifications of a cohort follow from."""
    own = SETTINGS.cohorts[wildcards.cohort].section("multiverse")
    return {**own, "choices": CHOICES}


def chunk_settings(wildcards):
    """Return the specifications of a job, and what is told of them."""
    chosen = chunks(multiverse_section(wildcards))[wildcards.chunk]
    told = {name: CHOICES[name] for name in ("at_session", "fewest_patients")}
    return {"specifications": [item.as_dict() for item in chosen], **told}


def block_settings(wildcards):
    """Return the specifications and the replicates of a job."""
    section = SETTINGS.cohorts[wildcards.cohort].section("chance")
    return {
        **chunk_settings(wildcards),
        "seed": CHOICES["seed"],
        "alliance": section["alliance"],
        "replicates": [int(end) for end in wildcards.block.split("-")],
    }


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
        settings=chunk_settings,
    script:
        "../scripts/multiverse/run.py"


rule tabulate_multiverse:
    input:
        chunks=expand(rules.run_multiverse.output, chunk=CHUNKS, allow_missing=True),
        code=code("multiverse/tabulate.py"),
    output:
        specifications=f"{COHORT}/tables/multiverse_specifications.csv",
        multiverse=f"{COHORT}/tables/multiverse.csv",
        influence=f"{COHORT}/tables/multiverse_influence.csv",
    log:
        f"{COHORT}/logs/tabulate_multiverse.log",
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
        settings=block_settings,
    script:
        "../scripts/multiverse/resample.py"


rule infer_multiverse:
    input:
        specifications=rules.tabulate_multiverse.output.specifications,
        multiverse=rules.tabulate_multiverse.output.multiverse,
        resampled=expand(
            rules.resample_multiverse.output,
            chunk=[name for name in CHUNKS if not name.startswith("also")],
            block=BLOCKS,
            allow_missing=True,
        ),
        code=code("multiverse/infer.py"),
    output:
        f"{COHORT}/tables/multiverse_inference.csv",
    log:
        f"{COHORT}/logs/infer_multiverse.log",
    conda:
        "../../environment.yml"
    resources:
        mem_mb=1000,
    script:
        "../scripts/multiverse/infer.py"
