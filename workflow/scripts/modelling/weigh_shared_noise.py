import pandas as pd
from rupture_repair.cohort.step_tables import write_tables
from rupture_repair.config.steps.modelling import SharedNoiseSettings
from rupture_repair.modelling.fit import read_fits
from rupture_repair.modelling.shared_noise import shared_noise_tables
from rupture_repair.provenance.log import logged

with logged(snakemake.log[0]):
    settings = SharedNoiseSettings.model_validate(snakemake.params.settings)
    analysis, sessions = (
        pd.read_parquet(snakemake.input[name]) for name in ("analysis", "sessions")
    )
    fits = {fit.model: fit for fit in read_fits(snakemake.input.models)[0]["REML"]}
    columns = snakemake.params.tables
    found = shared_noise_tables(analysis, sessions, fits, settings)
    tables = {name: table.reindex(columns=columns[name]) for name, table in found.items()}
    write_tables(tables, snakemake.output, columns)
