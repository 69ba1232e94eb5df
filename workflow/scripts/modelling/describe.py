import pandas as pd
from rupture_repair.cohort.csv_tables import read_csv, write_csv
from rupture_repair.modelling.describe import cohort_table, patient_flow
from rupture_repair.modelling.design import analysis_table
from rupture_repair.provenance.log import logged

with logged(snakemake.log[0]):
    time = snakemake.params.settings["time"]
    patients, sessions, patterns = (
        pd.read_parquet(snakemake.input[name]) for name in ("patients", "sessions", "patterns")
    )
    table = cohort_table(patients, sessions, patterns)
    write_csv(table, snakemake.output.cohort)
    modelled = analysis_table(patients, sessions, patterns, time)["patient_id"].nunique()
    flow = patient_flow(read_csv(snakemake.input.admission), patterns, modelled)
    write_csv(flow, snakemake.output.flow)
