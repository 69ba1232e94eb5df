import pandas as pd
from rupture_repair.cohort.csv_tables import read_csv
from rupture_repair.cohort.step_tables import write_tables
from rupture_repair.multiverse.tables import inference_tables
from rupture_repair.provenance.log import logged

with logged(snakemake.log[0]):
    given = snakemake.input
    resampled = map(pd.read_parquet, given.resampled)
    tables = inference_tables(read_csv(given.specifications), read_csv(given.multiverse), resampled)
    write_tables(tables, snakemake.output, snakemake.params.tables)
