from importlib import import_module
from pathlib import Path

from rupture_repair.config.steps.figures import FigureSettings
from rupture_repair.figures.load import read_tables
from rupture_repair.figures.save import save_for_submission
from rupture_repair.figures.style import house_style
from rupture_repair.provenance.log import logged

with logged(snakemake.log[0]), house_style():
    settings = FigureSettings.model_validate(snakemake.params.settings)
    tables = read_tables(snakemake.input.tables)
    for figure, file in zip(snakemake.params.figures, snakemake.output.pdf, strict=True):
        module = import_module(f"rupture_repair.figures.{figure}")
        save_for_submission(module.draw(tables, settings), Path(file).with_suffix(""))
