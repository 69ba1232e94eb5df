from rupture_repair.cohort.csv_tables import read_csv, write_csv
from rupture_repair.config.errors import ExpectedError
from rupture_repair.config.steps.validation import ValidationSettings
from rupture_repair.provenance.log import logged
from rupture_repair.validation.admission import admitted
from rupture_repair.validation.cohort_files import check_files

with logged(snakemake.log[0]):
    settings = ValidationSettings.model_validate(snakemake.params.settings)
    raw = snakemake.params.raw
    problems = read_csv(snakemake.input.problems, dtype=str)
    if (problems["severity"] == "blocking").any():
        raise ExpectedError(f"The data of {settings.title} cannot be analysed yet.")
    found = check_files(raw["patients"], raw["sessions"], settings, raw.get("symptoms"))
    patients, sessions, flow = admitted(found, settings)
    patients.to_parquet(snakemake.output.patients, index=False)
    sessions.to_parquet(snakemake.output.sessions, index=False)
    write_csv(flow, snakemake.output.flow)
