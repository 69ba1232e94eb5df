import pandas as pd
from rupture_repair.cohort.csv_tables import write_csv
from rupture_repair.config.criteria import Criterion
from rupture_repair.detection.exposure import exposure
from rupture_repair.provenance.log import logged

with logged(snakemake.log[0]):
    settings = snakemake.params.settings["criterion"]
    criterion = Criterion(**{key: value for key, value in settings.items() if key != "name"})
    hazard, totals = exposure(pd.read_parquet(snakemake.input.sessions), criterion)
    write_csv(hazard, snakemake.output.hazard)
    write_csv(totals, snakemake.output.totals)
