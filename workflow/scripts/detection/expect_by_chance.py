import pandas as pd
from rupture_repair.cohort.csv_tables import write_csv
from rupture_repair.config.criteria import Criterion
from rupture_repair.detection.chance import chance_table
from rupture_repair.detection.null_model import Grid
from rupture_repair.provenance.log import logged

with logged(snakemake.log[0]):
    settings = snakemake.params.settings
    criterion = Criterion(**{k: v for k, v in settings["criterion"].items() if k != "name"})
    grid = Grid(*(settings["alliance"][key] for key in ("minimum", "maximum", "step")))
    sessions = pd.read_parquet(snakemake.input.sessions)
    table = chance_table(sessions, criterion, grid, settings["replicates"], settings["seed"])
    write_csv(table, snakemake.output[0])
