import pandas as pd
from rupture_repair.cohort.step_tables import write_tables
from rupture_repair.config.analysis import Modelling
from rupture_repair.modelling.diagnostics import diagnostic_tables
from rupture_repair.modelling.fit import read_fits
from rupture_repair.modelling.headline import headline_fits
from rupture_repair.modelling.tables import model_tables
from rupture_repair.provenance.log import logged

with logged(snakemake.log[0]):
    settings = Modelling.model_validate(snakemake.params.settings)
    table = pd.read_parquet(snakemake.input.analysis)
    fits, reasons = read_fits(snakemake.input.models)
    tables = model_tables(fits, reasons, table, settings)
    tables |= diagnostic_tables(headline_fits(fits["REML"], table))
    write_tables(tables, snakemake.output, snakemake.params.tables)
