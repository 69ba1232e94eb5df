import pandas as pd
from rupture_repair.cohort.step_tables import write_tables
from rupture_repair.modelling.diagnostics import diagnostic_tables
from rupture_repair.modelling.fit import read_fits
from rupture_repair.modelling.headline import headline_fits
from rupture_repair.provenance.log import logged

with logged(snakemake.log[0]):
    fits = headline_fits(
        read_fits(snakemake.input.models)[0]["REML"], pd.read_parquet(snakemake.input.analysis)
    )
    tables = diagnostic_tables(fits)
    write_tables(tables, snakemake.output, snakemake.params.tables)
