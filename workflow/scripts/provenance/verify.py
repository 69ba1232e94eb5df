import pandas as pd
from rupture_repair.cohort.csv_tables import read_csv, write_csv
from rupture_repair.config.steps.verification import VerificationSettings
from rupture_repair.provenance.log import logged
from rupture_repair.provenance.planted_effects import planted_effects
from rupture_repair.provenance.verification import COLUMNS, verify

with logged(snakemake.log[0]):
    settings = VerificationSettings.model_validate(snakemake.params.settings)
    tables = {name: read_csv(snakemake.input[name]) for name in ("cohort", "breakdown", "headline")}
    table = pd.DataFrame(columns=COLUMNS)
    if snakemake.input.get("published"):
        published = pd.read_csv(snakemake.input.published, dtype={"published": str})
        table = verify(published, **tables, synthetic=settings.calibrated)
    write_csv(table, snakemake.output.verification)
    process = settings.planted if settings.time == "log" else None
    effects = read_csv(snakemake.input.fixed_effects)
    write_csv(planted_effects(effects, process), snakemake.output.planted_effects)
