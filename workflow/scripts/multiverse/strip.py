import pandas as pd
from rupture_repair.cohort.step_tables import write_tables
from rupture_repair.detection.grid import Grid
from rupture_repair.multiverse.jobs import ChunkSettings
from rupture_repair.multiverse.stages import Stages
from rupture_repair.multiverse.threshold_strip import strip_tables
from rupture_repair.provenance.log import logged

with logged(snakemake.log[0]):
    settings = ChunkSettings.model_validate(snakemake.params.settings)
    tables = map(pd.read_parquet, (snakemake.input.patients, snakemake.input.sessions))
    stages = Stages.numbered(*tables, Grid.of(settings.alliance), settings.covariates)
    (own,) = settings.specifications
    columns = snakemake.params.tables
    found = strip_tables(
        stages, own, settings.at_session, settings.fewest_patients, columns["threshold_strip"]
    )
    write_tables(found, snakemake.output, columns)
