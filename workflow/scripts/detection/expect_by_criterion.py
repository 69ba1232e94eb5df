import pandas as pd
from rupture_repair.cohort.step_tables import write_tables
from rupture_repair.config.steps.chance import CriteriaChanceSettings
from rupture_repair.detection.chance import criteria_chance_tables
from rupture_repair.detection.grid import Grid
from rupture_repair.provenance.log import logged

with logged(snakemake.log[0]):
    settings = CriteriaChanceSettings.model_validate(snakemake.params.settings)
    grid, how = Grid.of(settings.alliance), settings.chance
    sessions = pd.read_parquet(snakemake.input.sessions)
    tables = criteria_chance_tables(sessions, settings.criteria, grid, how.replicates, how.seed)
    write_tables(tables, snakemake.output, snakemake.params.tables)
