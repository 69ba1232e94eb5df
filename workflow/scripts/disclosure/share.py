import shutil
from pathlib import Path

from rupture_repair.cohort.csv_tables import read_csv, write_csv
from rupture_repair.config.catalogue import TABLES
from rupture_repair.config.steps.disclosure import SharingSettings
from rupture_repair.disclosure.sharing import shared_tables
from rupture_repair.provenance.log import logged

with logged(snakemake.log[0]):
    files = {Path(file).stem: file for file in snakemake.input.tables}
    places = {Path(file).stem: file for file in snakemake.output}
    private = SharingSettings.model_validate(snakemake.params.settings).private
    kept = {name for name in files if not private and not TABLES[name].worded}
    for name in kept:
        shutil.copyfile(files[name], places[name])
    # without masks as text: numbers stay as they are written
    kind = None if private else str
    full = {name: read_csv(files[name], dtype=kind) for name in files.keys() - kept}
    for name, table in shared_tables(full, masked=private).items():
        write_csv(table, places[name])
