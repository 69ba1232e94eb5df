import pandas as pd
from rupture_repair.cohort.csv_tables import write_csv
from rupture_repair.modelling.design import analysis_table
from rupture_repair.modelling.reliable_change import reliable_change
from rupture_repair.provenance.log import logged

with logged(snakemake.log[0]):
    settings = snakemake.params.settings
    patients, sessions, patterns = (
        pd.read_parquet(snakemake.input[name]) for name in ("patients", "sessions", "patterns")
    )
    table = analysis_table(patients, sessions, patterns, settings["time"])
    counted = reliable_change(table, settings["instrument"], settings["confidence"])
    write_csv(counted, snakemake.output[0])
