from rupture_repair.config.steps.provenance import RecordSettings
from rupture_repair.provenance.log import logged
from rupture_repair.provenance.record import run_record, write_record

with logged(snakemake.log[0]):
    given, params = snakemake.input, snakemake.params
    published = [given.published] if given.get("published") else []
    raw = params.raw.values()
    settings = RecordSettings.model_validate(params.settings)
    write_record(run_record(settings, params.source, raw, published), snakemake.output[0])
