import json
from pathlib import Path

import pandas as pd
from rupture_repair.cohort.synthetic import Targets, simulate
from rupture_repair.cohort.tables import as_delivered, instruments_of
from rupture_repair.config.criteria import Criterion
from rupture_repair.config.synthetic import Synthetic
from rupture_repair.detection.detector import classifier
from rupture_repair.provenance.log import logged

with logged(snakemake.log[0]):
    settings = snakemake.params.settings
    tools = instruments_of(settings["instruments"])
    targets = Targets.from_published(pd.read_csv(snakemake.input.published))
    criterion = {k: v for k, v in settings["criterion"].items() if k != "name"}
    found = simulate(
        Synthetic(**settings["synthetic"]), targets, tools, classifier(Criterion(**criterion))
    )
    for kind, table in (("patients", found.patients), ("sessions", found.sessions)):
        delivered = as_delivered(table, settings["columns"][kind])
        delivered.to_csv(snakemake.output[kind], index=False, lineterminator="\n")
    Path(snakemake.output.truth).write_text(json.dumps(found.truth, indent=2) + "\n")
