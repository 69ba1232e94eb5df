import pandas as pd
from rupture_repair.cohort.csv_tables import read_csv, write_csv
from rupture_repair.modelling.sensitivity import sensitivity
from rupture_repair.provenance.log import logged

with logged(snakemake.log[0]):
    given = snakemake.input
    tables = {
        name: pd.read_parquet(given[name])
        for name in ("patients", "sessions", "patterns", "events")
    }
    tables["influence"] = read_csv(given.influence, float_precision="round_trip")
    found = sensitivity(tables, snakemake.params.settings)
    write_csv(found, snakemake.output[0])
