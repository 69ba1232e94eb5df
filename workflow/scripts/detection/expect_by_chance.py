import pandas as pd
from rupture_repair.cohort.step_tables import write_tables
from rupture_repair.config.steps.chance import ChanceSettings, CriteriaChanceSettings
from rupture_repair.detection.chance import chance_tables, criteria_chance_tables
from rupture_repair.detection.grid import Grid
from rupture_repair.provenance.log import logged

with logged(snakemake.log[0]):
    own = ChanceSettings.model_validate(snakemake.params.settings)
    named = CriteriaChanceSettings.model_validate(snakemake.params.criteria)
    sessions = pd.read_parquet(snakemake.input.sessions)
    how = Grid.of(own.alliance), own.chance.replicates, own.chance.seed
    tables = chance_tables(sessions, own.criterion, *how)
    tables |= criteria_chance_tables(sessions, named.criteria, *how)
    write_tables(tables, snakemake.output, snakemake.params.tables)
