from importlib import import_module

from rupture_repair.config.steps.figures import FigureSettings
from rupture_repair.figures.load import read_tables
from rupture_repair.figures.save import save
from rupture_repair.figures.style import house_style
from rupture_repair.provenance.log import logged

with logged(snakemake.log[0]), house_style():
    module = import_module(f"rupture_repair.figures.{snakemake.wildcards.figure}")
    settings = FigureSettings.model_validate(snakemake.params.settings)
    drawing = module.draw(read_tables(snakemake.input.tables), settings)
    save(drawing, **{name: snakemake.output[name] for name in ("svg", "png", "alt", "caption")})
