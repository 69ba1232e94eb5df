import pandas as pd
from rupture_repair.cohort.csv_tables import read_csv
from rupture_repair.cohort.step_tables import write_tables
from rupture_repair.modelling.describe import description_tables
from rupture_repair.provenance.log import logged

with logged(snakemake.log[0]):
    patients, sessions, patterns = (
        pd.read_parquet(snakemake.input[name]) for name in ("patients", "sessions", "patterns")
    )
    modelled = pd.read_parquet(snakemake.input.analysis)["patient_id"].nunique()
    admission = read_csv(snakemake.input.admission)
    tables = description_tables(patients, sessions, patterns, admission, modelled)
    write_tables(tables, snakemake.output, snakemake.params.tables)
