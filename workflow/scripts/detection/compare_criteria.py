import pandas as pd
from rupture_repair.cohort.step_tables import write_tables
from rupture_repair.config.steps.detection import CriteriaSettings
from rupture_repair.detection.agreement import criteria_tables, patterns_by_criterion
from rupture_repair.provenance.log import logged

with logged(snakemake.log[0]):
    settings = CriteriaSettings.model_validate(snakemake.params.settings)
    sessions = pd.read_parquet(snakemake.input.sessions)
    patterns = patterns_by_criterion(sessions, settings.criteria, settings.alliance)
    patterns.to_parquet(snakemake.output.patterns, index=False)
    tables = criteria_tables(patterns)
    write_tables(tables, snakemake.output, snakemake.params.tables)
