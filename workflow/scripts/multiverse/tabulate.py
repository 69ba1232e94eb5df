import pandas as pd
from rupture_repair.cohort.csv_tables import read_csv
from rupture_repair.cohort.step_tables import write_tables
from rupture_repair.multiverse.specifications import Specification
from rupture_repair.multiverse.tables import multiverse_tables
from rupture_repair.provenance.log import logged

with logged(snakemake.log[0]):
    given = snakemake.input
    chosen = [Specification.model_validate(entry) for entry in snakemake.params.specifications]
    resampled = map(pd.read_parquet, given.resampled)
    tables = multiverse_tables(chosen, map(read_csv, given.chunks), resampled)
    write_tables(tables, snakemake.output, snakemake.params.tables)
