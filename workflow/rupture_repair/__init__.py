"""Alliance ruptures, repairs and psychotherapy outcome: pure functions, no Snakemake."""

__version__ = "0.1.0"
