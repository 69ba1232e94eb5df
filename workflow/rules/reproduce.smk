"""The target of a workflow that imports this one; the root Snakefile has its own."""


rule reproduce:
    default_target: True
    input:
        everything,
    message:
        "all results are there"
