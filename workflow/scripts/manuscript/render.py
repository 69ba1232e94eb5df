import shutil
import tempfile
from pathlib import Path

from rupture_repair.manuscript.checks import check_output
from rupture_repair.manuscript.engines import find_engine, render
from rupture_repair.manuscript.stage import FIGURES, read_results, stage
from rupture_repair.provenance.log import logged

with logged(snakemake.log[0]), tempfile.TemporaryDirectory() as scratch:
    given, params = snakemake.input, snakemake.params
    figures = Path(given.captions[0]).parent
    results = read_results(
        given.tables, given.verification, given.provenance, figures, params.settings
    )
    engine = find_engine(params.engine)
    project = Path(scratch) / "project"
    sources = next(Path(f).parent for f in given.sources if f.endswith("manuscript.qmd"))
    stage(results, sources, figures, project, str(engine))
    files = render(engine, project)
    check_output(files, len(FIGURES))
    for ending, file in files.items():
        shutil.copyfile(file, snakemake.output[ending])
