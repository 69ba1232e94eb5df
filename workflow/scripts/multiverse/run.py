import pandas as pd
from rupture_repair.cohort.csv_tables import write_csv
from rupture_repair.multiverse.fits import multiverse_rows, table_of
from rupture_repair.multiverse.progress import told
from rupture_repair.multiverse.specifications import Specification
from rupture_repair.multiverse.stages import Stages
from rupture_repair.provenance.log import logged

with logged(snakemake.log[0]):
    settings = snakemake.params.settings
    chosen = [Specification(**entry) for entry in settings["specifications"]]
    stages = Stages(*map(pd.read_parquet, (snakemake.input.patients, snakemake.input.sessions)))
    rows = multiverse_rows(stages, chosen, settings["at_session"], settings["fewest_patients"])
    table = table_of(told(rows, len(chosen), "specifications"))
    write_csv(table, snakemake.output[0])
