from pathlib import Path

import pandas as pd
from rupture_repair.config.steps.detection import AuditSettings
from rupture_repair.detection.audit import render_audit
from rupture_repair.provenance.log import logged

with logged(snakemake.log[0]):
    sessions, events, patterns = (
        pd.read_parquet(snakemake.input[name]) for name in ("sessions", "events", "patterns")
    )
    settings = AuditSettings.model_validate(snakemake.params.settings)
    page = render_audit(sessions, events, patterns, settings)
    Path(snakemake.output[0]).write_text(page, encoding="utf-8")
