import json
from pathlib import Path

import pandas as pd
from rupture_repair.config.steps.modelling import FitSettings
from rupture_repair.modelling.fit import fit_both
from rupture_repair.provenance.log import logged

with logged(snakemake.log[0]):
    settings = FitSettings.model_validate(snakemake.params.settings)
    table = pd.read_parquet(snakemake.input.analysis)
    for model, place in snakemake.output.items():
        fits = fit_both(table, model, settings)
        Path(place).write_text(json.dumps(fits) + "\n")
