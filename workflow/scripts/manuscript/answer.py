from pathlib import Path

from rupture_repair.cohort.csv_tables import read_csv
from rupture_repair.cohort.step_tables import write_tables
from rupture_repair.config.steps.disclosure import SharingSettings
from rupture_repair.manuscript.answers import answer_tables
from rupture_repair.provenance.log import logged

with logged(snakemake.log[0]):
    tables = {Path(file).stem: read_csv(file) for file in snakemake.input.tables}
    private = SharingSettings.model_validate(snakemake.params.settings).private
    write_tables(answer_tables(tables, private), snakemake.output, snakemake.params.tables)
