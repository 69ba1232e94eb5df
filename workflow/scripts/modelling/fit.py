import json
from pathlib import Path

import pandas as pd
from rupture_repair.modelling.design import analysis_table
from rupture_repair.modelling.fit import fit_both
from rupture_repair.provenance.log import logged

with logged(snakemake.log[0]):
    settings = snakemake.params.settings
    patients, sessions, patterns = (
        pd.read_parquet(snakemake.input[name]) for name in ("patients", "sessions", "patterns")
    )
    table = analysis_table(patients, sessions, patterns, settings["time"])
    fits = fit_both(table, snakemake.wildcards.model, settings["patient_terms"])
    Path(snakemake.output[0]).write_text(json.dumps(fits) + "\n")
