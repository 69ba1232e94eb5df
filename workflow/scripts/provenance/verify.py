import pandas as pd
from rupture_repair.provenance.log import logged
from rupture_repair.provenance.verification import COLUMNS, verify

with logged(snakemake.log[0]):
    tables = {
        name: pd.read_csv(snakemake.input[name])
        for name in ("cohort", "breakdown", "fixed_effects")
    }
    table = pd.DataFrame(columns=COLUMNS)
    if snakemake.input.get("published"):
        published = pd.read_csv(snakemake.input.published, dtype={"published": str})
        table = verify(published, **tables, synthetic=snakemake.params.settings["calibrated"])
    table.to_csv(snakemake.output[0], index=False, lineterminator="\n")
