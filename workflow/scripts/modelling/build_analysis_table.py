import shutil

import pandas as pd
from rupture_repair.cohort.csv_tables import write_csv
from rupture_repair.config.steps.modelling import TimeSettings
from rupture_repair.modelling.design import analysis_table, column_guide
from rupture_repair.provenance.log import logged

with logged(snakemake.log[0]):
    made = snakemake.output
    patients, sessions, patterns = (
        pd.read_parquet(snakemake.input[name]) for name in ("patients", "sessions", "patterns")
    )
    settings = TimeSettings.model_validate(snakemake.params.settings)
    table = analysis_table(patients, sessions, patterns, settings.time, settings.covariates)
    table.to_parquet(made.parquet, index=False)
    write_csv(table, made.csv)
    write_csv(column_guide(table.columns), made.columns)
    shutil.copyfile(snakemake.input.refit, made.refit)
