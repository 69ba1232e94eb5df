import json
from pathlib import Path

import pandas as pd
from rupture_repair.modelling.design import analysis_table
from rupture_repair.modelling.fit import fit_model
from rupture_repair.provenance.log import logged

with logged(snakemake.log[0]):
    patients, sessions, patterns = (
        pd.read_parquet(snakemake.input[name]) for name in ("patients", "sessions", "patterns")
    )
    table = analysis_table(patients, sessions, patterns, snakemake.params.settings["time"])
    fits = {
        method: fit_model(table, snakemake.wildcards.model, reml=method == "REML").as_dict()
        for method in ("ML", "REML")
    }
    Path(snakemake.output[0]).write_text(json.dumps(fits, indent=2) + "\n")
