import pypandoc
from rupture_repair.manuscript.engines import find_engine
from rupture_repair.provenance.log import logged
from rupture_repair.provenance.record import comparison_record, write_record

with logged(snakemake.log[0]):
    given = snakemake.input
    engine = str(find_engine(snakemake.params.engine))
    pandoc = pypandoc.get_pandoc_version()
    record = comparison_record(given.records, engine, pandoc, given.outputs)
    write_record(record, snakemake.output[0])
