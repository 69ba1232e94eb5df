from pathlib import Path

from rupture_repair.cohort.csv_tables import write_csv
from rupture_repair.config.steps.validation import ValidationSettings
from rupture_repair.provenance.log import logged
from rupture_repair.validation.cohort_files import check_files, counts_of
from rupture_repair.validation.problems import problem_table
from rupture_repair.validation.report import render_report

with logged(snakemake.log[0]):
    settings = ValidationSettings.model_validate(snakemake.params.settings)
    raw = snakemake.params.raw
    found = check_files(raw["patients"], raw["sessions"], settings, raw.get("symptoms"))
    table = problem_table(found.problems)
    write_csv(table, snakemake.output.problems)
    counts = counts_of(found, settings)
    page = render_report(settings.title, settings.synthetic, found.problems, counts)
    Path(snakemake.output.report).write_text(page, encoding="utf-8")
