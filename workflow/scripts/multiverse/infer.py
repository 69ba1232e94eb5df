import pandas as pd
from rupture_repair.cohort.csv_tables import read_csv, write_csv
from rupture_repair.multiverse.inference import COLUMNS, joint_inference
from rupture_repair.provenance.log import logged

with logged(snakemake.log[0]):
    specifications = read_csv(snakemake.input.specifications)
    drawn = specifications.loc[specifications["origin"] != "also", "id"]
    table = read_csv(snakemake.input.multiverse)
    parts = [pd.read_parquet(file) for file in snakemake.input.resampled]
    resampled = pd.concat(parts) if parts else pd.DataFrame(columns=list(COLUMNS))
    found = joint_inference(table[table["id"].isin(drawn)], resampled)
    write_csv(found, snakemake.output[0])
