import pandas as pd
from rupture_repair.cohort.csv_tables import read_csv
from rupture_repair.cohort.step_tables import write_tables
from rupture_repair.config.steps.modelling import SensitivitySettings
from rupture_repair.modelling.fit import read_fits
from rupture_repair.modelling.headline import headline_fits
from rupture_repair.modelling.sensitivity import sensitivity_tables
from rupture_repair.provenance.log import logged

with logged(snakemake.log[0]):
    given = snakemake.input
    data = {
        name: pd.read_parquet(given[name])
        for name in ("analysis", "patients", "sessions", "patterns", "events")
    }
    data["influence"] = read_csv(given.influence)
    stored, reasons = read_fits(given.models)
    fits = headline_fits(stored["REML"], data["analysis"])
    settings = SensitivitySettings.model_validate(snakemake.params.settings)
    tables = sensitivity_tables(data, fits, reasons, settings)
    write_tables(tables, snakemake.output, snakemake.params.tables)
