import pandas as pd
from rupture_repair.cohort.step_tables import write_tables
from rupture_repair.config.steps.detection import DetectionSettings
from rupture_repair.detection.exposure import exposure_tables
from rupture_repair.detection.grid import Grid
from rupture_repair.provenance.log import logged

with logged(snakemake.log[0]):
    settings = DetectionSettings.model_validate(snakemake.params.settings)
    sessions = pd.read_parquet(snakemake.input.sessions)
    tables = exposure_tables(sessions, settings.criterion, Grid.of(settings.alliance))
    write_tables(tables, snakemake.output, snakemake.params.tables)
