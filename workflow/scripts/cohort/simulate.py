import json
from pathlib import Path

import pandas as pd
from rupture_repair.cohort.synthetic import Targets, simulate
from rupture_repair.cohort.tables import as_delivered, instruments_of
from rupture_repair.config.criteria import Criterion
from rupture_repair.config.errors import ExpectedError
from rupture_repair.config.synthetic import Synthetic
from rupture_repair.detection.detector import classifier
from rupture_repair.provenance.log import logged

with logged(snakemake.log[0]):
    settings = snakemake.params.settings
    targets = Targets.from_published(pd.read_csv(snakemake.input.published))
    criterion = {k: v for k, v in settings["criterion"].items() if k != "name"}
    rule, spec = classifier(Criterion(**criterion)), Synthetic(**settings["synthetic"])
    try:
        found = simulate(spec, targets, instruments_of(settings["instruments"]), rule)
    except ValueError as error:
        raise ExpectedError(f"No synthetic cohort can be drawn: {error}") from None
    for kind, table in (("patients", found.patients), ("sessions", found.sessions)):
        delivered = as_delivered(table, settings["columns"][kind])
        delivered.to_csv(snakemake.output[kind], index=False, lineterminator="\n")
    Path(snakemake.output.truth).write_text(json.dumps(found.truth, indent=2) + "\n")
