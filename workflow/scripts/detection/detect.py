import pandas as pd
from rupture_repair.cohort.step_tables import write_tables
from rupture_repair.config.steps.detection import DetectionSettings
from rupture_repair.detection.breakdown import breakdown_tables, published_shares
from rupture_repair.detection.detector import detect
from rupture_repair.provenance.log import logged
from rupture_repair.validation.schemas import events_schema, patterns_schema

with logged(snakemake.log[0]):
    settings = DetectionSettings.model_validate(snakemake.params.settings)
    sessions = pd.read_parquet(snakemake.input.sessions)
    found = detect(sessions, settings.criterion, instrument=settings.alliance)
    events_schema().validate(found.events).to_parquet(snakemake.output.events, index=False)
    patterns_schema().validate(found.patterns).to_parquet(snakemake.output.patterns, index=False)
    published = published_shares(snakemake.input.get("published"))
    tables = breakdown_tables(found, published)
    write_tables(tables, snakemake.output, snakemake.params.tables)
