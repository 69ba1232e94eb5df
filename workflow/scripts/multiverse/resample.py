import pandas as pd
from rupture_repair.detection.grid import Grid
from rupture_repair.multiverse.inference import resampled_rows
from rupture_repair.multiverse.jobs import BlockSettings
from rupture_repair.multiverse.progress import with_progress
from rupture_repair.multiverse.resampling import resampled
from rupture_repair.multiverse.stages import Stages
from rupture_repair.provenance.log import logged

with logged(snakemake.log[0]):
    settings = BlockSettings.model_validate(snakemake.params.settings)
    tables = map(pd.read_parquet, (snakemake.input.patients, snakemake.input.sessions))
    stages = Stages.numbered(*tables, Grid.of(settings.alliance), settings.covariates)
    n = len(range(*settings.replicates))
    rows = [
        row for part in with_progress(resampled(stages, settings), n, "replicates") for row in part
    ]
    resampled_rows(rows).to_parquet(snakemake.output[0], index=False)
