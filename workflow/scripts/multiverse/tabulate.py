import pandas as pd
from rupture_repair.cohort.csv_tables import read_csv, write_csv
from rupture_repair.multiverse.influence import influence
from rupture_repair.multiverse.specification_table import specification_table
from rupture_repair.multiverse.specifications import Specification
from rupture_repair.provenance.log import logged

with logged(snakemake.log[0]):
    chosen = [Specification(**entry) for entry in snakemake.params.specifications]
    specifications = specification_table(chosen)
    parts = [part for part in map(read_csv, snakemake.input.chunks) if len(part)]
    table = pd.concat(parts).set_index("id").loc[specifications["id"]].reset_index()
    tables = {
        "specifications": specifications,
        "multiverse": table,
        "influence": influence(table, specifications),
    }
    for name, content in tables.items():
        write_csv(content, snakemake.output[name])
