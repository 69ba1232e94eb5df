import pandas as pd
from rupture_repair.cohort.step_tables import write_tables
from rupture_repair.config.steps.modelling import ReliableChangeSettings
from rupture_repair.modelling.reliable_change import change_tables
from rupture_repair.provenance.log import logged

with logged(snakemake.log[0]):
    settings = ReliableChangeSettings.model_validate(snakemake.params.settings)
    table = pd.read_parquet(snakemake.input.analysis)
    tables = change_tables(table, settings.symptoms, settings.confidence)
    write_tables(tables, snakemake.output, snakemake.params.tables)
