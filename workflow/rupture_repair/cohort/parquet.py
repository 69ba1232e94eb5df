"""Parquet files: already typed, so only spelled."""

from pathlib import Path

import pandas as pd
import pyarrow.parquet as pq

from rupture_repair.cohort.raw_file import RawFile, RawFileError, reason_of, require_cells
from rupture_repair.cohort.statistical import spelled_table
from rupture_repair.config.reading import Reading


def read_parquet(path: Path, reading: Reading) -> RawFile:
    """Return a Parquet file; an index that was stored with a name is a column.

    Raises `RawFileError` when the file cannot be read.
    """
    try:
        with pq.ParquetFile(path) as stored:
            require_cells(str(path), stored.metadata.num_rows, stored.metadata.num_columns)
        table = pd.read_parquet(path)
        if table.index.name is not None:
            table = table.reset_index()
        return RawFile(spelled_table(str(path), table))
    except RawFileError:
        raise
    except (
        Exception
    ) as error:  # broken files raise whatever meets them: texts when they are looked at
        message = f"the file cannot be read as Parquet ({reason_of(error)})"
        raise RawFileError(str(path), message, "Export the table again.") from None
