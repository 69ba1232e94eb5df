import pandas as pd
from rupture_repair.cohort.step_tables import write_tables
from rupture_repair.config.steps.chance import ChanceSettings
from rupture_repair.detection.chance import chance_tables
from rupture_repair.detection.grid import Grid
from rupture_repair.provenance.log import logged

with logged(snakemake.log[0]):
    settings = ChanceSettings.model_validate(snakemake.params.settings)
    grid, how = Grid.of(settings.alliance), settings.chance
    sessions = pd.read_parquet(snakemake.input.sessions)
    tables = chance_tables(sessions, settings.criterion, grid, how.replicates, how.seed)
    write_tables(tables, snakemake.output, snakemake.params.tables)
