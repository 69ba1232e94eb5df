"""Parquet files: typed cells written as text."""

import re
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from rupture_repair.cohort.memory import require_memory
from rupture_repair.cohort.raw_file import (
    RawFile,
    RawFileError,
    reason_of,
    spelled,
    spelled_single,
)
from rupture_repair.cohort.text_columns import CELL, CHECKING, TextColumns
from rupture_repair.config.reading import Reading

CELLS_AT_ONCE = 1_000_000


def read_parquet(path: Path, reading: Reading) -> RawFile:
    """Return a Parquet file; an index that was stored with a name is a column.

    Whole numbers stay whole beside missing ones; categories are their values. Read part by part;
    what the file states of its size and what it turns out to hold must both fit into memory.

    Raises `RawFileError` when the file cannot be read, or not in the memory that there is.
    """
    name = str(path)
    try:
        with pq.ParquetFile(path) as stored:
            n, width = stored.metadata.num_rows, max(stored.metadata.num_columns, 1)
            require_memory(name, CHECKING * CELL * n * width, f"its {n:,} rows")
            schema = stored.schema_arrow
            texts = [field.name for field in schema if _is_text(field.type)]
        # a text that is stored once and named a billion times stays so until its size is known
        with pq.ParquetFile(path, read_dictionary=texts, buffer_size=1_000_000) as stored:
            chosen = [c for c in schema.names if not re.match(r"__index_level_\d+__$", c)]
            places = [schema.names.index(c) for c in chosen]
            nested = [schema.names[at] for at in places if _depth(schema.field(at).type) > 1]
            if nested:
                message = f"the column {nested[0]} holds tables within cells"
                raise RawFileError(name, message, "Export the table with one value in each cell.")
            cells, seen = TextColumns(name, len(chosen)), 0
            for batch in stored.iter_batches(max(1, CELLS_AT_ONCE // width)):
                columns = [_texts(name, batch.column(at)) for at in places]
                lines = np.arange(seen + 1, seen + len(batch) + 1)
                seen += len(batch)
                cells.add(columns, lines)
        return RawFile(cells.table(chosen))
    except (RawFileError, MemoryError):
        raise
    except Exception as error:  # broken files may raise any exception, also when texts are decoded
        message = f"the file cannot be read as Parquet ({reason_of(error)})"
        raise RawFileError(name, message, "Export the table again.") from None


def _is_text(kind: pa.DataType) -> bool:
    return pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_binary(kind)


def _depth(kind: pa.DataType) -> int:
    """Return how many types are within a type, one in another, up to 2."""
    depth, within = 0, [kind]
    while within and depth < 2:
        within = [t.field(i).type for t in within for i in range(t.num_fields)]
        depth += bool(within)
    return depth


def _texts(file: str, column: pa.Array) -> pa.Array:
    """Return cells as large strings; each different value is spelled once."""
    try:
        coded = column if pa.types.is_dictionary(column.type) else column.dictionary_encode()
    except pa.ArrowNotImplementedError:  # lists, and types without an order
        return pa.array([spelled(value) for value in column.to_pylist()], pa.large_string())
    values = coded.dictionary
    if pa.types.is_float16(values.type) or pa.types.is_float32(values.type):
        values = values.to_numpy(zero_copy_only=False).astype(np.float32)
        words = [spelled_single(value) for value in values]
    else:
        words = [spelled(value) for value in values.to_pylist()]
    spellings = pa.array([*words, ""], pa.large_string())
    places = pc.fill_null(coded.indices.cast(pa.int64()), len(words))
    size = pc.sum(pc.binary_length(spellings).take(places)).as_py() or 0
    require_memory(file, CHECKING * size, "its texts")
    return spellings.take(places)
