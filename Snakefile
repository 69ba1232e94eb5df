configfile: "config/config.yaml"


include: "workflow/Snakefile"


# A target in an included file never becomes the default one, so it stands here.
rule all:
    input:
        everything,
    message:
        "all results are there"
