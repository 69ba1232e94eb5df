import shutil
import tempfile
from pathlib import Path

from rupture_repair.comparison.report import DOCUMENT, SECTIONS, stage
from rupture_repair.comparison.results import read_comparison
from rupture_repair.config.steps.comparison import ComparedCohort
from rupture_repair.manuscript.checks import check_output
from rupture_repair.manuscript.engines import find_engine, render
from rupture_repair.provenance.log import logged

with logged(snakemake.log[0]), tempfile.TemporaryDirectory() as scratch:
    given, params = snakemake.input, snakemake.params
    texts = list(zip(given.caption, given.alt, strict=True))
    cohorts = [ComparedCohort.model_validate(cohort) for cohort in params.cohorts]
    comparison = read_comparison(given.tables, given.records, texts, cohorts, params.left_out)
    engine = find_engine(params.engine)
    project = Path(scratch) / "project"
    pictures = [*given.svg, *given.png]
    stage(comparison, Path(given.template).parent, pictures, project, str(engine))
    files = render(engine, project, [DOCUMENT])[DOCUMENT]
    check_output(files, len(texts), SECTIONS)
    for ending, file in files.items():
        shutil.copyfile(file, snakemake.output[ending])
