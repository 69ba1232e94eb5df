import json
from pathlib import Path

import pypandoc
from rupture_repair.config.steps.disclosure import SharingSettings
from rupture_repair.manuscript.engines import find_engine
from rupture_repair.provenance.log import logged
from rupture_repair.provenance.record import provenance_record, write_records

with logged(snakemake.log[0]):
    given = snakemake.input
    run = json.loads(Path(given.run).read_text(encoding="utf-8"))
    bayes = json.loads(Path(given.posterior).read_text(encoding="utf-8"))
    engine = str(find_engine(snakemake.params.engine))
    pandoc = pypandoc.get_pandoc_version()
    files = ([], given.cohort, given.sources)
    record = provenance_record(run, engine, pandoc, *files, bayes)
    private = SharingSettings.model_validate(snakemake.params.settings).private
    write_records(record, given.outputs, snakemake.output.record, private=private)
