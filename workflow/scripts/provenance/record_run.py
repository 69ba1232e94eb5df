from rupture_repair.provenance.log import logged
from rupture_repair.provenance.record import run_record, write_record

with logged(snakemake.log[0]):
    inputs = [snakemake.input.patients, snakemake.input.sessions]
    if snakemake.input.get("published"):
        inputs.append(snakemake.input.published)
    record = run_record(snakemake.params.settings, snakemake.params.source, inputs)
    write_record(record, snakemake.output[0])
