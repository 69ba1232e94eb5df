import json
from pathlib import Path

import pandas as pd
from rupture_repair.cohort.csv_tables import read_csv
from rupture_repair.config.steps.modelling import PosteriorSettings
from rupture_repair.modelling.fit import read_fits, restored
from rupture_repair.modelling.headline import headline_model
from rupture_repair.modelling.posterior import posterior_problem
from rupture_repair.provenance.log import logged

with logged(snakemake.log[0]):
    given = snakemake.input
    table = pd.read_parquet(given.analysis)
    fits = {fit.model: fit for fit in read_fits(given.models)[0]["REML"]}
    fit = fits.get(headline_model(table))
    found = restored(fit, table) if fit else None
    settings = PosteriorSettings.model_validate(snakemake.params.settings)
    problem = posterior_problem(fit, found, table, read_csv(given.headline), settings)
    Path(snakemake.output[0]).write_text(json.dumps(problem) + "\n", encoding="utf-8")
