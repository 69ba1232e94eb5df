"""Tables of counts as they may be shared; with all counts they stay in the private folder."""

from rupture_repair.config.catalogue import COUNTED


rule share_counts:
    input:
        tables=[f"{COHORT}/{full_file(name)}" for name in COUNTED],
        texts=templates("csv/*"),
    output:
        **{name: captioned(name, shared_file(name)) for name in COUNTED},
    log:
        f"{COHORT}/logs/share_counts.log",
    localrule: True
    conda:
        ENVIRONMENT
    params:
        code=code("disclosure/share.py"),
        settings=section("disclosure"),
    message:
        "{wildcards.cohort}: tables in words, small counts masked"
    script:
        "../scripts/disclosure/share.py"
