import pandas as pd
from rupture_repair.detection.null_model import Grid
from rupture_repair.multiverse.inference import COLUMNS
from rupture_repair.multiverse.progress import told
from rupture_repair.multiverse.resampling import resampled
from rupture_repair.multiverse.specifications import Specification
from rupture_repair.multiverse.stages import Stages
from rupture_repair.provenance.log import logged

with logged(snakemake.log[0]):
    settings = snakemake.params.settings
    chosen = [Specification(**entry) for entry in settings["specifications"]]
    grid = Grid(*(settings["alliance"][key] for key in ("minimum", "maximum", "step")))
    stages = Stages(*map(pd.read_parquet, (snakemake.input.patients, snakemake.input.sessions)))
    replicates = range(*settings["replicates"])
    found = resampled(stages, chosen, grid, settings, replicates)
    rows = [row for part in told(found, len(replicates), "replicates") for row in part]
    pd.DataFrame(rows, columns=list(COLUMNS)).to_parquet(snakemake.output[0], index=False)
