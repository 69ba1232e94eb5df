import json
from pathlib import Path

from rupture_repair.cohort.csv_tables import read_csv
from rupture_repair.cohort.step_tables import write_tables
from rupture_repair.modelling.posterior import is_current, posterior_tables
from rupture_repair.provenance.log import logged

with logged(snakemake.log[0]):
    given, made, columns = snakemake.input, snakemake.output, snakemake.params.tables
    sampled = None
    if given.get("sampled"):
        sampled = json.loads(Path(given.sampled).read_text(encoding="utf-8"))
        if not is_current(sampled, given.problem, given.lock):
            print("The posterior is of other data, or another model: `make bayes` makes it again.")
            sampled = None
    environment = sampled["environment"] if sampled else {}
    text = json.dumps(environment, indent=1) + "\n"
    Path(made.environment).write_text(text, encoding="utf-8")
    tables = posterior_tables(read_csv(given.headline), sampled)
    write_tables(tables, {name: made[name] for name in columns}, columns)
