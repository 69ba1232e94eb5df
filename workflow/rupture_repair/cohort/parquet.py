"""Parquet files: typed cells written as text."""

import re
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from rupture_repair.cohort.raw_file import (
    RawFile,
    RawFileError,
    raw_table,
    reason_of,
    require_cells,
    spelled,
    spelled_single,
)
from rupture_repair.config.reading import Reading


def read_parquet(path: Path, reading: Reading) -> RawFile:
    """Return a Parquet file; an index that was stored with a name is a column.

    Whole numbers stay whole beside missing ones; categories are their values.

    Raises `RawFileError` when the file cannot be read.
    """
    try:
        with pq.ParquetFile(path) as stored:
            require_cells(str(path), stored.metadata.num_rows, stored.metadata.num_columns)
            table = stored.read()
        names = [name for name in table.column_names if not re.match(r"__index_level_\d+__$", name)]
        columns = [_texts(table.column(name)) for name in names]
        rows = list(zip(*columns, strict=True))
        return RawFile(raw_table(str(path), names, rows, range(1, len(rows) + 1)))
    except RawFileError:
        raise
    except Exception as error:  # broken files may raise any exception, also when texts are decoded
        message = f"the file cannot be read as Parquet ({reason_of(error)})"
        raise RawFileError(str(path), message, "Export the table again.") from None


def _texts(column: pa.ChunkedArray) -> list[str]:
    if pa.types.is_float16(column.type) or pa.types.is_float32(column.type):
        return [spelled_single(value) for value in column.to_numpy().astype(np.float32)]
    return [spelled(value) for value in column.to_pylist()]
