import pandas as pd
from rupture_repair.cohort.step_tables import write_tables
from rupture_repair.config.steps.detection import CompatibilitySettings
from rupture_repair.detection.compatibility import compatibility_tables, published_studies
from rupture_repair.detection.grid import Grid
from rupture_repair.provenance.log import logged

with logged(snakemake.log[0]):
    settings = CompatibilitySettings.model_validate(snakemake.params.settings)
    own = snakemake.input.get("published")
    files = {settings.title: own} if own else {}
    files |= dict(zip(settings.labels, snakemake.input.others, strict=True))
    studies = published_studies(files)
    sessions = pd.read_parquet(snakemake.input.sessions)
    tables = compatibility_tables(
        sessions,
        Grid.of(settings.alliance),
        studies,
        settings.criteria,
        settings.criterion.name,
        settings.compatibility,
    )
    write_tables(tables, snakemake.output, snakemake.params.tables)
