import pandas as pd
from rupture_repair.cohort.csv_tables import write_csv
from rupture_repair.config.criteria import Criterion
from rupture_repair.detection.agreement import (
    agreement,
    breakdowns,
    consistency,
    moves,
    patterns_by_criterion,
)
from rupture_repair.provenance.log import logged

with logged(snakemake.log[0]):
    criteria = {name: Criterion(**entry) for name, entry in snakemake.params.settings.items()}
    patterns = patterns_by_criterion(pd.read_parquet(snakemake.input.sessions), criteria)
    patterns.to_parquet(snakemake.output.patterns, index=False)
    for summary in (breakdowns, agreement, moves, consistency):
        file = snakemake.output[summary.__name__]
        write_csv(summary(patterns), file)
