from importlib import import_module

from rupture_repair.config.steps.figures import FigureSettings
from rupture_repair.figures.load import read_tables
from rupture_repair.figures.save import save_pictures
from rupture_repair.figures.style import house_style
from rupture_repair.provenance.log import logged

with logged(snakemake.log[0]), house_style():
    settings = FigureSettings.model_validate(snakemake.params.settings)
    settings = settings.model_copy(update={"language": snakemake.wildcards.language})
    tables = read_tables(snakemake.input.tables)
    for place, figure in enumerate(snakemake.params.figures):
        module = import_module(f"rupture_repair.figures.{figure}")
        drawing = module.draw(tables, settings)
        save_pictures(drawing, snakemake.output.svg[place], snakemake.output.png[place])
