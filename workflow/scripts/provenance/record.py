import json
from pathlib import Path

from rupture_repair.provenance.log import logged
from rupture_repair.provenance.record import provenance_record

with logged(snakemake.log[0]):
    inputs = [snakemake.input.patients, snakemake.input.sessions]
    if snakemake.input.get("published"):
        inputs.append(snakemake.input.published)
    record = provenance_record(snakemake.params.settings, snakemake.params.source, inputs)
    Path(snakemake.output[0]).write_text(json.dumps(record, indent=2) + "\n", encoding="utf-8")
