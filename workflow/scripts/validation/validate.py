import json
from pathlib import Path

from rupture_repair.cohort.csv_tables import write_csv
from rupture_repair.config.steps.validation import ValidationSettings
from rupture_repair.provenance.log import logged
from rupture_repair.validation.cohort_files import check_files, counts_of
from rupture_repair.validation.problems import problem_table

with logged(snakemake.log[0]):
    settings = ValidationSettings.model_validate(snakemake.params.settings)
    raw = snakemake.params.raw
    found = check_files(raw["patients"], raw["sessions"], settings, raw.get("symptoms"))
    write_csv(problem_table(found.problems), snakemake.output.problems)
    counts = json.dumps(counts_of(found, settings))
    Path(snakemake.output.counts).write_text(f"{counts}\n", encoding="utf-8")
