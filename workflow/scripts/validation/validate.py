from pathlib import Path

from rupture_repair.cohort.csv_tables import write_csv
from rupture_repair.provenance.log import logged
from rupture_repair.validation.cohort_files import check_files, counts_of
from rupture_repair.validation.problems import problem_table
from rupture_repair.validation.report import render_report

with logged(snakemake.log[0]):
    settings = snakemake.params.settings
    found = check_files(snakemake.input.patients, snakemake.input.sessions, settings)
    table = problem_table(found.problems)
    write_csv(table, snakemake.output.problems)
    page = render_report(settings["title"], settings["synthetic"], found.problems, counts_of(found))
    Path(snakemake.output.report).write_text(page, encoding="utf-8")
