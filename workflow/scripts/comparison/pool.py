from rupture_repair.cohort.csv_tables import read_csv
from rupture_repair.cohort.step_tables import write_tables
from rupture_repair.comparison.pooling import comparison_tables
from rupture_repair.config.steps.comparison import ComparedCohort
from rupture_repair.provenance.log import logged

with logged(snakemake.log[0]):
    moderations, described = (
        [read_csv(file) for file in snakemake.input[name]] for name in ("moderation", "described")
    )
    cohorts = [ComparedCohort.model_validate(cohort) for cohort in snakemake.params.cohorts]
    tables = comparison_tables(moderations, described, cohorts)
    write_tables(tables, snakemake.output, snakemake.params.tables)
