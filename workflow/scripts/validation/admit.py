from rupture_repair.cohort.csv_tables import read_csv, write_csv
from rupture_repair.config.errors import ExpectedError
from rupture_repair.provenance.log import logged
from rupture_repair.validation.admission import admit
from rupture_repair.validation.cohort_files import check_files

with logged(snakemake.log[0]):
    settings = snakemake.params.settings
    problems = read_csv(snakemake.input.problems, dtype=str)
    if (problems["severity"] == "blocking").any():
        raise ExpectedError(f"The data of {settings['title']} cannot be analysed yet.")
    found = check_files(snakemake.input.patients, snakemake.input.sessions, settings)
    minimum = settings["inclusion"]["min_sessions"]
    patients, sessions, flow = admit(
        found.patients, found.sessions, minimum, found.changed_therapist
    )
    patients.to_parquet(snakemake.output.patients, index=False)
    sessions.to_parquet(snakemake.output.sessions, index=False)
    write_csv(flow, snakemake.output.flow)
