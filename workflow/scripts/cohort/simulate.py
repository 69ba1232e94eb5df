import json
from pathlib import Path

import pandas as pd
from rupture_repair.cohort.synthetic import Targets, simulate
from rupture_repair.cohort.tables import as_delivered
from rupture_repair.config.errors import ExpectedError
from rupture_repair.config.steps.cohort import SimulationSettings
from rupture_repair.detection.detector import classifier
from rupture_repair.provenance.log import logged

with logged(snakemake.log[0]):
    settings = SimulationSettings.model_validate(snakemake.params.settings)
    targets = Targets.from_published(pd.read_csv(snakemake.input.published))
    rule = classifier(settings.criterion, settings.instruments["alliance"])
    try:
        found = simulate(settings.synthetic, targets, settings.instruments, rule)
    except ValueError as error:
        raise ExpectedError(f"No synthetic cohort can be drawn: {error}") from None
    for kind, table in (("patients", found.patients), ("sessions", found.sessions)):
        delivered = as_delivered(table, dict(getattr(settings.columns, kind)))
        delivered.to_csv(snakemake.output[kind], index=False, lineterminator="\n")
    Path(snakemake.output.truth).write_text(json.dumps(found.truth, indent=2) + "\n")
