from pathlib import Path

from rupture_repair.cohort.csv_tables import read_csv, write_csv
from rupture_repair.disclosure.sharing import shared_tables
from rupture_repair.disclosure.suppression import is_private
from rupture_repair.provenance.log import logged

with logged(snakemake.log[0]):
    full = {
        Path(file).stem: read_csv(file, float_precision="round_trip")
        for file in snakemake.input.tables
    }
    shared = shared_tables(full, masked=is_private(snakemake.params.settings))
    for file in snakemake.output:
        table = shared[Path(file).stem]
        write_csv(table, file)
