from rupture_repair.cohort.csv_tables import read_csv
from rupture_repair.comparison.forest_plot import draw
from rupture_repair.config.steps.comparison import ComparedCohort
from rupture_repair.figures.save import save
from rupture_repair.figures.style import house_style
from rupture_repair.provenance.log import logged

with logged(snakemake.log[0]), house_style():
    effects, pooled = (read_csv(snakemake.input[name]) for name in ("effects", "pooled"))
    cohorts = [ComparedCohort.model_validate(cohort) for cohort in snakemake.params.cohorts]
    made = snakemake.output
    files = zip(made.svg, made.png, made.alt, made.caption, strict=True)
    for drawing, names in zip(draw(effects, pooled, cohorts), files, strict=True):
        save(drawing, *names)
