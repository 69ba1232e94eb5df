import pandas as pd
from rupture_repair.cohort.csv_tables import write_csv
from rupture_repair.modelling.design import analysis_table
from rupture_repair.modelling.fit import read_fits
from rupture_repair.modelling.tables import model_tables
from rupture_repair.provenance.log import logged

with logged(snakemake.log[0]):
    settings = snakemake.params.settings
    patients, sessions, patterns = (
        pd.read_parquet(snakemake.input[name]) for name in ("patients", "sessions", "patterns")
    )
    table = analysis_table(patients, sessions, patterns, settings["time"])
    fits, reasons = read_fits(snakemake.input.models)
    tables = model_tables(fits, reasons, table, settings)
    for name, content in tables.items():
        write_csv(content, snakemake.output[name])
