import shutil
import tempfile
from pathlib import Path

from rupture_repair.config.steps.manuscript import ManuscriptSettings
from rupture_repair.manuscript.checks import check_output, sections_kept
from rupture_repair.manuscript.engines import find_engine, render
from rupture_repair.manuscript.stage import figures_shown, read_results, stage
from rupture_repair.provenance.log import logged

with logged(snakemake.log[0]), tempfile.TemporaryDirectory() as scratch:
    given, params = snakemake.input, snakemake.params
    figures = Path(given.captions[0]).parent
    settings = ManuscriptSettings.model_validate(params.settings)
    results = read_results(given.tables, given.verification, given.provenance, figures, settings)
    engine = find_engine(params.engine)
    project = Path(scratch) / "project"
    sources = next(Path(f).parent for f in given.sources if f.endswith("manuscript.qmd"))
    stage(results, sources, figures, project, str(engine), [Path(f) for f in given.own])
    files = render(engine, project)
    check_output(files, len(figures_shown(results)), sections_kept(given.own))
    for ending, file in files.items():
        shutil.copyfile(file, snakemake.output[ending])
