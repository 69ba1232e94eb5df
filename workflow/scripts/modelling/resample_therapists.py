import pandas as pd
from rupture_repair.cohort.step_tables import write_tables
from rupture_repair.config.steps.modelling import RobustnessSettings
from rupture_repair.modelling.fit import read_fits
from rupture_repair.modelling.headline import headline_fits
from rupture_repair.modelling.robustness import resampling_tables
from rupture_repair.provenance.log import logged

with logged(snakemake.log[0]):
    settings = RobustnessSettings.model_validate(snakemake.params.settings)
    table = pd.read_parquet(snakemake.input.analysis)
    fits = headline_fits(read_fits(snakemake.input.models)[0]["REML"], table)
    tables = resampling_tables(fits, table, settings)
    write_tables(tables, snakemake.output, snakemake.params.tables)
