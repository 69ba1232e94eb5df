import pandas as pd
from rupture_repair.cohort.csv_tables import write_csv
from rupture_repair.detection.grid import Grid
from rupture_repair.multiverse.fits import multiverse_rows, table_of
from rupture_repair.multiverse.jobs import ChunkSettings
from rupture_repair.multiverse.progress import with_progress
from rupture_repair.multiverse.stages import Stages
from rupture_repair.provenance.log import logged

with logged(snakemake.log[0]):
    settings = ChunkSettings.model_validate(snakemake.params.settings)
    tables = map(pd.read_parquet, (snakemake.input.patients, snakemake.input.sessions))
    stages = Stages.numbered(*tables, Grid.of(settings.alliance), settings.covariates)
    chosen = settings.specifications
    rows = multiverse_rows(stages, chosen, settings.at_session, settings.fewest_patients)
    found = table_of(with_progress(rows, len(chosen), "specifications"))
    write_csv(found, snakemake.output[0])
