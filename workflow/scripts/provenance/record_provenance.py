import json
from pathlib import Path

import pypandoc
from rupture_repair.manuscript.engines import find_engine
from rupture_repair.provenance.log import logged
from rupture_repair.provenance.record import provenance_record, write_record

with logged(snakemake.log[0]):
    run = json.loads(Path(snakemake.input.run).read_text(encoding="utf-8"))
    engine = str(find_engine(snakemake.params.engine))
    pandoc = pypandoc.get_pandoc_version()
    write_record(
        provenance_record(run, engine, pandoc, snakemake.input.outputs), snakemake.output[0]
    )
