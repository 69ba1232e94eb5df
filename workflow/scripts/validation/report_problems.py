import json
from pathlib import Path

from rupture_repair.config.steps.validation import ReportSettings
from rupture_repair.provenance.log import logged
from rupture_repair.validation.problems import read_problems
from rupture_repair.validation.report import render_report

with logged(snakemake.log[0]):
    settings = ReportSettings.model_validate(snakemake.params.settings)
    problems = read_problems(snakemake.input.problems)
    counts = json.loads(Path(snakemake.input.counts).read_text(encoding="utf-8"))
    page = render_report(settings.title, settings.synthetic, problems, counts)
    Path(snakemake.output[0]).write_text(page, encoding="utf-8")
