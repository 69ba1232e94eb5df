import shutil
from pathlib import Path

from rupture_repair.cohort.csv_tables import read_csv, write_csv
from rupture_repair.config.catalogue import TABLES
from rupture_repair.config.steps.disclosure import SharingSettings
from rupture_repair.disclosure.sharing import shared_tables
from rupture_repair.disclosure.wording import worded
from rupture_repair.provenance.log import logged

with logged(snakemake.log[0]):
    files = {Path(file).stem: file for file in snakemake.input.tables}
    places = {Path(file).stem: file for file in snakemake.output}
    if SharingSettings.model_validate(snakemake.params.settings).private:
        full = {name: read_csv(file) for name, file in files.items()}
        for name, table in shared_tables(full, masked=True).items():
            write_csv(worded(table, TABLES[name], masked=True), places[name])
    else:
        for name, file in files.items():
            if TABLES[name].worded:  # as text: numbers stay as they are written
                table = worded(read_csv(file, dtype=str), TABLES[name], masked=False)
                write_csv(table, places[name])
            else:
                shutil.copyfile(file, places[name])
