import shutil
import tempfile
from pathlib import Path

from rupture_repair.config.steps.manuscript import ManuscriptSettings
from rupture_repair.manuscript.checks import check_output, sections_kept
from rupture_repair.manuscript.engines import find_engine, render
from rupture_repair.manuscript.stage import read_results, stage
from rupture_repair.provenance.log import logged

with logged(snakemake.log[0]), tempfile.TemporaryDirectory() as scratch:
    given, params, made = snakemake.input, snakemake.params, snakemake.output
    figures = Path(given.captions[0]).parent
    settings = ManuscriptSettings.model_validate(params.settings)
    results = read_results(given.tables, given.verification, given.provenance, figures, settings)
    engine, own = find_engine(params.engine), [Path(file) for file in given.own]
    sources = next(Path(f).parent for f in given.sources if f.endswith("manuscript.qmd"))
    shown = stage(results, sources, figures, Path(made.source), str(engine), own)
    project = shutil.copytree(made.source, Path(scratch) / "project")
    for document, files in render(engine, project, shown, snakemake.threads).items():
        check_output(files, shown[document], sections_kept(document, given.own))
        for file in files.values():
            shutil.copyfile(file, Path(made.html).parent / file.name)
