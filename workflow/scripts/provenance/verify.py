import pandas as pd
from rupture_repair.cohort.csv_tables import read_csv, write_csv
from rupture_repair.provenance.log import logged
from rupture_repair.provenance.verification import COLUMNS, verify

with logged(snakemake.log[0]):
    tables = {
        name: read_csv(snakemake.input[name]) for name in ("cohort", "breakdown", "fixed_effects")
    }
    table = pd.DataFrame(columns=COLUMNS)
    if snakemake.input.get("published"):
        published = pd.read_csv(snakemake.input.published, dtype={"published": str})
        table = verify(published, **tables, synthetic=snakemake.params.settings["calibrated"])
    write_csv(table, snakemake.output[0])
