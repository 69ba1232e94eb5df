import json
from pathlib import Path

from rupture_repair.cohort.csv_tables import read_csv
from rupture_repair.config.steps.front_page import FrontPageSettings
from rupture_repair.manuscript.front_page import front_page
from rupture_repair.provenance.log import logged

with logged(snakemake.log[0]):
    given = snakemake.input
    settings = FrontPageSettings.model_validate(snakemake.params.settings)
    run = json.loads(Path(given.run).read_text(encoding="utf-8"))
    tables = {name: read_csv(given[name]) for name in ("certificates", "not_estimated")}
    tables["verification"] = read_csv(given.verification, dtype={"published": str})
    page = front_page(settings, run, tables, given.captions)
    Path(snakemake.output[0]).write_text(page, encoding="utf-8")
