import pandas as pd
from rupture_repair.cohort.csv_tables import read_csv, write_csv
from rupture_repair.comparison.pooling import pool_slopes
from rupture_repair.comparison.slopes import cohort_rows, cohort_slopes
from rupture_repair.provenance.log import logged

with logged(snakemake.log[0]):
    cohorts = snakemake.params.cohorts
    effects, described = (
        [read_csv(file) for file in snakemake.input[name]] for name in ("effects", "described")
    )
    slopes = map(cohort_slopes, effects, described, cohorts)
    pooled, weighted = pool_slopes(pd.concat(slopes, ignore_index=True))
    tables = {"cohorts": cohort_rows(described, cohorts), "effects": weighted, "pooled": pooled}
    for name, table in tables.items():
        write_csv(table, snakemake.output[name])
