import pandas as pd
from rupture_repair.cohort.csv_tables import write_csv
from rupture_repair.modelling.design import analysis_table
from rupture_repair.modelling.diagnostics import diagnostics, quantiles, residual_bins, standardised
from rupture_repair.modelling.headline import refit
from rupture_repair.provenance.log import logged

with logged(snakemake.log[0]):
    settings = snakemake.params.settings
    patients, sessions, patterns = (
        pd.read_parquet(snakemake.input[name]) for name in ("patients", "sessions", "patterns")
    )
    table = analysis_table(patients, sessions, patterns, settings["time"])
    fits = refit(table, settings["patient_terms"])
    examined = {model: standardised(found) for model, found in fits.items()}
    tables = {
        "diagnostics": diagnostics(examined),
        "diagnostic_quantiles": quantiles(examined),
        "residual_bins": residual_bins(examined),
    }
    for name, content in tables.items():
        write_csv(content, snakemake.output[name])
