import pandas as pd
from rupture_repair.cohort.csv_tables import write_csv
from rupture_repair.config.criteria import Criterion
from rupture_repair.detection.breakdown import breakdown, detection_summary, published_shares
from rupture_repair.detection.detector import detect
from rupture_repair.provenance.log import logged
from rupture_repair.validation.schemas import events_schema, patterns_schema

with logged(snakemake.log[0]):
    settings = snakemake.params.settings["criterion"]
    sessions = pd.read_parquet(snakemake.input.sessions)
    criterion = Criterion(**{key: value for key, value in settings.items() if key != "name"})
    found = detect(sessions, criterion)
    events_schema().validate(found.events).to_parquet(snakemake.output.events, index=False)
    patterns_schema().validate(found.patterns).to_parquet(snakemake.output.patterns, index=False)
    published = published_shares(snakemake.input.get("published"))
    table = breakdown(found.patterns, published)
    write_csv(table, snakemake.output.breakdown)
    summary = detection_summary(found)
    write_csv(summary, snakemake.output.summary)
