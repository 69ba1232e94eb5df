import pandas as pd
from rupture_repair.modelling.sensitivity import sensitivity
from rupture_repair.provenance.log import logged

with logged(snakemake.log[0]):
    given = snakemake.input
    tables = {
        name: pd.read_parquet(given[name])
        for name in ("patients", "sessions", "patterns", "events")
    }
    tables["influence"] = pd.read_csv(given.influence, float_precision="round_trip")
    found = sensitivity(tables, snakemake.params.settings)
    found.to_csv(snakemake.output[0], index=False, lineterminator="\n")
