from importlib import import_module
from pathlib import Path

from rupture_repair.config.steps.figures import FigureSettings
from rupture_repair.figures.load import read_tables
from rupture_repair.figures.save import save_for_submission
from rupture_repair.figures.style import house_style
from rupture_repair.provenance.log import logged

with logged(snakemake.log[0]), house_style():
    settings = FigureSettings.model_validate(snakemake.params.settings)
    results = Path(snakemake.output[0]).parents[2]
    for name, tables in snakemake.params.tables.items():
        module = import_module(f"rupture_repair.figures.{name}")
        drawing = module.draw(read_tables([str(results / table) for table in tables]), settings)
        save_for_submission(drawing, results / "figures/submission" / name)
